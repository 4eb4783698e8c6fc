"""Click-throughs that a script made: it is known when each step can first be seen, and what around it is only noise.

Pages, menus, dialogs, forms and single words change; a caret blinks, a spinner turns and a film plays meanwhile.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, RATE = 1920, 1080, 10
STEPS = 32
SHORT, LONG, THINKS = (1.1, 2.5), (6.0, 10.0), 0.08  # seconds between two steps, and how often it is longer
WORDS = (
    *("Invoice", "Customer", "Saved", "Northwind", "Settings", "Export", "Total 48,20", "Berlin", "Retry"),
    *("Approve", "Pending", "Delivery", "Language", "Summary", "Archive", "Account", "Shipping", "Deleted"),
)
KINDS = ("page", "menu", "dialog", "word", "word", "field", "tick", "line")

Screen = NDArray[np.uint8]


@dataclass
class ClickThrough:
    """One film: `begun` tells when each step can first be seen, in seconds."""

    seed: int
    begun: list[float] = field(default_factory=list)

    def frames(self) -> Iterator[tuple[float, Screen]]:
        """Yield each frame, height × width × BGR, with its time."""
        chance = random.Random(self.seed)
        screen, number = _page(chance), 0
        ad = np.random.default_rng(self.seed).integers(0, 255, (40, 60, 3), np.uint8)
        caret = (chance.randrange(500, 1300), chance.randrange(300, 800))
        self.begun.append(0.0)
        for step in range(STEPS):
            if step:
                screen, caret = _next(screen, caret, chance)
                self.begun.append(number / RATE)
            reads = chance.random() < THINKS
            for _ in range(round(chance.uniform(*(LONG if reads else SHORT)) * RATE)):
                yield number / RATE, _noisy(screen, number, caret, ad)
                number += 1


def _noisy(screen: Screen, number: int, caret: tuple[int, int], ad: Screen) -> Screen:
    shown = screen.copy()
    if number * 1000 // RATE // 530 % 2:
        cv2.rectangle(shown, caret, (caret[0] + 1, caret[1] + 19), (20, 20, 20), -1)
    begin = number * 36 % 360
    cv2.ellipse(shown, (1840, 60), (18, 18), 0, begin, begin + 270, (200, 90, 30), 4, cv2.LINE_AA)
    moved = np.roll(ad, (number * 3, number * 5), (0, 1))
    shown[700:980, 1560:1880] = cv2.resize(moved, (320, 280), interpolation=cv2.INTER_CUBIC)
    return shown


def _next(screen: Screen, caret: tuple[int, int], chance: random.Random) -> tuple[Screen, tuple[int, int]]:
    kind = chance.choice(KINDS)
    shown = _page(chance) if kind == "page" else screen.copy()
    x, y = chance.randrange(60, 1150), chance.randrange(170, 950)
    if kind == "menu":
        _panel(shown, (x, y, 260, 34 * 5), [_word(chance) for _ in range(4)])
    elif kind == "dialog":
        _panel(shown, (520, 330, 640, 330), [_word(chance) + " " + _word(chance) for _ in range(6)])
    elif kind == "word":  # a label that says something else now
        cv2.rectangle(shown, (x, y - 20), (x + 170, y + 8), (255, 255, 255), -1)
        _write(shown, _word(chance) + str(chance.randrange(100)), (x, y), (20, 20, 20))
    elif kind == "field":  # typed into: the caret stands behind
        text = _word(chance)
        cv2.rectangle(shown, (x, y - 26), (x + 320, y + 12), (255, 255, 255), -1)
        cv2.rectangle(shown, (x, y - 26), (x + 320, y + 12), (120, 120, 120), 1)
        _write(shown, text + str(chance.randrange(1000)), (x + 8, y), (20, 20, 20))
        caret = (x + 14 * len(text) + 60, y - 18)
    elif kind == "tick":
        cv2.rectangle(shown, (x, y), (x + 22, y + 22), (chance.randrange(140), 99, chance.randrange(99)), -1)
    elif kind == "line":  # one more row of a list
        cv2.rectangle(shown, (x, y - 24), (x + 420, y + 12), (chance.randrange(225, 256), 245, 235), -1)
        _write(shown, " ".join(_word(chance) for _ in range(3)), (x + 6, y), (60, 60, 60))
    return shown, caret


def _page(chance: random.Random) -> Screen:
    page = np.full((HEIGHT, WIDTH, 3), chance.randrange(236, 255), np.uint8)
    cv2.rectangle(page, (0, 0), (WIDTH, 120), (chance.randrange(60, 220), chance.randrange(60, 220), 150), -1)
    _write(page, _word(chance) + " · " + _word(chance), (60, 76), (255, 255, 255), 1.4)
    for row in range(chance.randrange(6, 20)):
        words = " ".join(_word(chance) for _ in range(chance.randrange(3, 9)))
        _write(page, words, (60, 180 + 42 * row), (40, 40, 40))
    return page


def _panel(shown: Screen, box: tuple[int, int, int, int], lines: list[str]) -> None:
    x, y, width, height = box
    cv2.rectangle(shown, (x, y), (x + width, y + height), (250, 250, 250), -1)
    cv2.rectangle(shown, (x, y), (x + width, y + height), (150, 150, 150), 1)
    for row, line in enumerate(lines):
        _write(shown, line, (x + 16, y + 36 + 34 * row), (30, 30, 30))


def _word(chance: random.Random) -> str:
    return chance.choice(WORDS)


def _write(
    shown: Screen, text: str, place: tuple[int, int], colour: tuple[int, int, int], size: float = 0.7
) -> None:
    cv2.putText(shown, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, colour, 1, cv2.LINE_AA)
