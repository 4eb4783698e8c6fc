"""What is drawn over a picture before it is sent, and how that is undone.  Lengths are the picture's pixels."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum

Point = tuple[float, float]

POINT_LIMIT = 5000  # points of one line: a hand draws no more
STEPS_BACK = 200  # that can be undone


class Shape(StrEnum):
    """What a mark is.

    REDACTION hides what is below, for good; HIGHLIGHT tints it.  A STEP is a number in a disc: the first is 1.
    """

    ARROW = "arrow"
    BOX = "box"
    STEP = "step"
    PEN = "pen"
    TEXT = "text"
    HIGHLIGHT = "highlight"
    REDACTION = "redaction"


SPANNED = (Shape.BOX, Shape.HIGHLIGHT, Shape.REDACTION)  # between two corners


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark.

    `points` are the tail and the tip of an arrow, two opposite corners of what is spanned, the middle of a step, the
    left upper corner of a text, and the way of a pen.  `width` is that of its stroke, by which a text and a step are
    sized too; a redaction has none and is always black.
    """

    shape: Shape
    points: tuple[Point, ...]
    colour: str = "#000000"
    width: float = 0
    text: str = ""

    def moved(self, dx: float, dy: float) -> "Mark":
        """Return the mark somewhere else."""
        return replace(self, points=tuple((x + dx, y + dy) for x, y in self.points))

    def covered(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Return left, top, width and height of the whole pixels between its points, inside a picture of this size.

        A pixel that is touched is covered.
        """
        left = _inside(math.floor(min(x for x, _ in self.points)), width)
        top = _inside(math.floor(min(y for _, y in self.points)), height)
        right = _inside(math.ceil(max(x for x, _ in self.points)), width)
        bottom = _inside(math.ceil(max(y for _, y in self.points)), height)
        return left, top, right - left, bottom - top


def _inside(value: int, end: int) -> int:
    return min(max(value, 0), end)


def hides(marks: tuple[Mark, ...]) -> bool:
    """Tell whether some of the picture is hidden by these marks."""
    return any(mark.shape is Shape.REDACTION for mark in marks)


@dataclass(frozen=True, slots=True)
class Markup:
    """The marks of one picture, the lowest first, with those that were and those that were undone."""

    marks: tuple[Mark, ...] = ()
    past: tuple[tuple[Mark, ...], ...] = ()
    future: tuple[tuple[Mark, ...], ...] = ()

    def change(self, marks: tuple[Mark, ...]) -> "Markup":
        """Return it with these marks instead; what was undone before is forgotten."""
        if marks == self.marks:
            return self
        return Markup(marks, (*self.past, self.marks)[-STEPS_BACK:])

    def add(self, mark: Mark) -> "Markup":
        """Return it with one more mark, over the others."""
        return self.change((*self.marks, mark))

    def put(self, index: int, mark: Mark) -> "Markup":
        """Return it with another mark in this place."""
        return self.change((*self.marks[:index], mark, *self.marks[index + 1 :]))

    def remove(self, index: int) -> "Markup":
        """Return it without the mark in this place."""
        return self.change((*self.marks[:index], *self.marks[index + 1 :]))

    def undo(self) -> "Markup":
        """Return it as it was before the last change; itself when there was none."""
        if not self.past:
            return self
        return Markup(self.past[-1], self.past[:-1], (*self.future, self.marks))

    def redo(self) -> "Markup":
        """Return it as it was before the last undoing; itself when there was none."""
        if not self.future:
            return self
        return Markup(self.future[-1], (*self.past, self.marks), self.future[:-1])
