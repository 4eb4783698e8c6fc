"""A screen that moves as screens do, with the time on it: a page that stands still, is typed, or scrolls.

    python -m tests.bench.moving_screen CONTENT

draws on the server that DISPLAY names until it is killed.
"""

import random
import sys
import time
from typing import Any

import cv2
import numpy as np
import xcffib
import xcffib.xproto
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

WIDTH, HEIGHT = 1920, 1080
CONTENTS = ("static", "typing", "scrolling")
TICK = 1 / 60  # seconds
LETTERS = 8  # typed in a second
SPEED = 240  # rows scrolled in a second
BITS, BIT = 32, 16  # of the time in milliseconds, and pixels of each in the first rows
_ROW, _LETTER = 22, 10  # pixels
_STRIP = 32  # rows sent at once
_ROWS = 3 * HEIGHT
_WORDS = str.split(
    "def running_mean(values: Iterable[float], width: int = 7) -> list[float]: # 报 return the sum of"
)


def page() -> Pixels:
    """Return three screens of coloured code, BGRX, the same every time."""
    dice = random.Random(7)
    paper = np.full((_ROWS, WIDTH, 4), 250, np.uint8)
    for y in range(BIT + _ROW, _ROWS, _ROW):
        x = 20 + 40 * dice.randrange(4)
        while x < WIDTH - 300 and dice.random() > 0.07:
            word = dice.choice(_WORDS)
            ink = tuple(dice.randrange(150) for _ in range(3))
            cv2.putText(paper, word, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.5, ink, 1, cv2.LINE_AA)
            x += len(word) * _LETTER + 12
    return paper


def shown(content: str, paper: Pixels, seconds: float) -> Pixels:
    """Return what the screen shows at a time, without the time on it."""
    top = offset(seconds) if content == "scrolling" else 0
    picture = paper[top : top + HEIGHT].copy()
    if content == "typing":
        x, y = cell(int(seconds * LETTERS))
        picture[y:, x:] = 250
        picture[y + _ROW :] = 250
    return picture


def offset(seconds: float) -> int:
    """Return which row of the page is the first on the screen."""
    return int(seconds * SPEED) % (_ROWS - HEIGHT)


def cell(number: int) -> tuple[int, int]:
    """Return where a letter stands that is typed, from the middle of the page on."""
    columns = (WIDTH - 40) // _LETTER
    return 20 + number % columns * _LETTER, HEIGHT // 2 + number // columns % 20 * _ROW


def time_on(picture: Pixels) -> int:
    """Return the milliseconds that are written on a decoded frame."""
    bits = picture[BIT // 2, BIT // 2 : BITS * BIT : BIT].mean(axis=-1) > 128
    return int(sum(1 << place for place, bit in enumerate(bits) if bit))


class _Painter:
    """Paints on the root window from a page that the server holds."""

    def __init__(self) -> None:
        self._server: Any = xcffib.connect()
        self._core = self._server.core
        self._root = self._server.setup.roots[0].root
        self._paper, self._pen = self._server.generate_id(), self._server.generate_id()
        self._core.CreatePixmap(24, self._paper, self._root, WIDTH, _ROWS)
        self._strip = self._server.generate_id()
        self._core.CreatePixmap(24, self._strip, self._root, BITS * BIT, BIT)
        self._core.CreateGC(self._pen, self._root, 0, [])
        paper = page()
        for top in range(0, _ROWS, _STRIP):
            rows = paper[top : top + _STRIP]
            self._core.PutImage(
                2, self._paper, self._pen, WIDTH, len(rows), 0, top, 0, 24, rows.nbytes, rows.tobytes()
            )
        self.copy(0, 0, 0, WIDTH, HEIGHT)

    def copy(self, top: int, x: int, y: int, width: int, height: int) -> None:
        """Copy a part of the page, `top` rows further down there, to the screen."""
        self._core.CopyArea(self._paper, self._root, self._pen, x, y + top, x, y, width, height)

    def blank(self, y: int) -> None:
        """Have nothing from this row on."""
        self._fill(self._root, 0xFAFAFA, [(0, y, WIDTH, HEIGHT - y)])

    def write_time(self) -> None:
        """Write the time, black and white, at once: whoever looks must not see half of it."""
        now = int(time.monotonic() * 1000) % 2**BITS
        for white in (False, True):
            bits = [place for place in range(BITS) if bool(now >> place & 1) is white]
            self._fill(self._strip, 0xFFFFFF * white, [(place * BIT, 0, BIT, BIT) for place in bits])
        self._core.CopyArea(self._strip, self._root, self._pen, 0, 0, 0, 0, BITS * BIT, BIT)

    def show(self) -> None:
        """Have the server do all that."""
        self._core.GetInputFocus().reply()

    def _fill(self, where: int, colour: int, boxes: list[tuple[int, int, int, int]]) -> None:
        self._core.ChangeGC(self._pen, xcffib.xproto.GC.Foreground, [colour])
        areas = [xcffib.xproto.RECTANGLE.synthetic(*box) for box in boxes]
        self._core.PolyFillRectangle(where, self._pen, len(areas), areas)


def main(content: str) -> None:
    """Move until killed; says so when it begins."""
    painter = _Painter()
    if content == "typing":
        painter.blank(HEIGHT // 2)
    painter.show()
    print("moving", flush=True)
    began, typed, tick = time.monotonic(), 0, 0
    while True:
        tick += 1
        time.sleep(max(0, began + tick * TICK - time.monotonic()))
        seconds = time.monotonic() - began
        if content == "scrolling":
            painter.copy(offset(seconds), 0, BIT, WIDTH, HEIGHT - BIT)
        while content == "typing" and typed < seconds * LETTERS:
            painter.copy(0, *cell(typed), _LETTER, _ROW)
            typed += 1
        if content != "static":
            painter.write_time()
        painter.show()


if __name__ == "__main__":
    main(sys.argv[1])
