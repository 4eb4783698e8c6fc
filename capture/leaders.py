"""Leaders: the runs of dots that lead the eye to a page number, or that a program prints while it works.

The recogniser takes a run of equal dots for a space, and what stands between two runs with it.  Dots are easily
seen, though: small, alike, low on the line, at an even pitch.  So a line with a run is cut there, and the dots counted.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cv2
import numpy as np

FEWEST = 7  # dots that make a run; "..." and "……" are read well as they are
SMALL = 0.25  # of the line's height a dot is at most, both ways
ROUND = 2  # times as wide as tall, or as tall as wide, a dot is at most
LOW = 0.5  # of the line's height a dot is below
PITCH = 1.0  # line heights from one dot to the next at most
UNEVEN = 1.5  # pixels that two distances in one run may differ


@dataclass(frozen=True, slots=True)
class Run:
    """Dots in a row: from which column to which, in pixels, and how many."""

    left: int
    right: int
    dots: int


def runs(line: Any) -> list[Run]:
    """Return the runs of dots in the picture of one line (BGR), from left to right."""
    grey = cv2.cvtColor(line, cv2.COLOR_BGR2GRAY)
    light_on_dark = np.median(grey) < 128  # noqa: PLR2004  half of 255
    kind = cv2.THRESH_BINARY if light_on_dark else cv2.THRESH_BINARY_INV
    _, ink = cv2.threshold(grey, 0, 255, kind | cv2.THRESH_OTSU)
    _, _, pieces, _ = cv2.connectedComponentsWithStats(ink)
    height = grey.shape[0]
    dots = [
        (int(left), int(width))
        for left, top, width, tall, _ in sorted(pieces[1:].tolist())
        if max(width, tall) <= min(SMALL * height, ROUND * min(width, tall)) and top >= LOW * height
    ]
    found = [Run(run[0][0], sum(run[-1]), len(run)) for run in _even(dots, height) if len(run) >= FEWEST]
    upper = ink[: round(LOW * height)]
    return [run for run in found if not upper[:, run.left : run.right].any()]  # colons have more above


def _even(dots: list[tuple[int, int]], height: int) -> list[list[tuple[int, int]]]:
    """Part the dots where one is farther from the last than the others are."""
    parted = [dots[:1]]
    for (before, _), dot in pairwise(dots):
        run, step = parted[-1], dot[0] - before
        pitch = run[1][0] - run[0][0] if len(run) > 1 else step
        if abs(step - pitch) <= UNEVEN and step <= PITCH * height:
            run.append(dot)
        else:
            parted.append([dot])
    return parted
