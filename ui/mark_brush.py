"""What is drawn next: a shape, its colour and how broad, and how it grows under the hand."""

from dataclasses import replace

from PySide6.QtCore import QPointF

from app.model.marks import POINT_LIMIT, Mark, Shape

RED, YELLOW, BLACK = "#e5484d", "#ffd60a", "#000000"
COLOURS = {
    "red": RED,
    "yellow": YELLOW,
    "green": "#2f9e44",
    "blue": "#2563eb",
    "black": "#111111",
    "white": "#ffffff",
}


class Brush:
    """`shape` is what is drawn, None while marks are chosen and moved; `width` the stroke in pixels of the picture."""

    def __init__(self) -> None:
        self.shape: Shape | None = None
        self.width = 1.0
        self._colour, self._tint = RED, YELLOW

    def colour(self) -> str:
        """Return the colour of what is drawn; a redaction is always black."""
        if self.shape is Shape.REDACTION:
            return BLACK
        return self._tint if self.shape is Shape.HIGHLIGHT else self._colour

    def use_colour(self, colour: str) -> None:
        """Draw in this colour from now on; highlights have one of their own."""
        if self.shape is Shape.HIGHLIGHT:
            self._tint = colour
        elif self.shape is not Shape.REDACTION:
            self._colour = colour

    def mark(self, *points: QPointF) -> Mark:
        """Return a new mark at these pixels."""
        if self.shape is None:
            raise RuntimeError("nothing is being drawn")
        return Mark(self.shape, tuple((p.x(), p.y()) for p in points), self.colour(), self.width)

    def begun(self, at: QPointF) -> Mark:
        """Return the mark that begins at this pixel."""
        return self.mark(at) if self.shape is Shape.STEP else self.mark(at, at)


def extended(mark: Mark, to: QPointF) -> Mark:
    """Return a mark that was begun, with the hand at this pixel now."""
    point = (to.x(), to.y())
    if mark.shape is Shape.STEP:
        return replace(mark, points=(point,))
    if mark.shape is Shape.PEN and len(mark.points) < POINT_LIMIT:
        return replace(mark, points=(*mark.points, point))
    return replace(mark, points=(*mark.points[:-1], point))


def extent(mark: Mark) -> float:
    """Return how far a mark reaches, across or down, in pixels."""
    across, down = zip(*mark.points, strict=True)
    reach: float = max(max(across) - min(across), max(down) - min(down))
    return reach
