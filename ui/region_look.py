"""How one overlay looks, and which parts of it change with that.  Lengths are its own logical pixels."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QRegion

from app.boxes import overlap
from app.model.screens import Box
from ui import magnifier
from ui.selection import INSIDE, Grip
from ui.theme import SPACE

HANDLE = 9
BORDER = 2
HOVER = 3  # the same of a window under the pointer
_PILL = 28
# How words stand in a pill: in the middle, on several lines where one is not enough.
WRAPPED = (Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap).value
_AROUND = HANDLE // 2 + HOVER  # what is drawn beside an edge
_REACH = 8  # how near a handle must be to be got hold of
CURSORS: dict[Grip | None, Qt.CursorShape] = {
    None: Qt.CursorShape.CrossCursor,
    INSIDE: Qt.CursorShape.SizeAllCursor,
    (-1, -1): Qt.CursorShape.SizeFDiagCursor,
    (1, 1): Qt.CursorShape.SizeFDiagCursor,
    (1, -1): Qt.CursorShape.SizeBDiagCursor,
    (-1, 1): Qt.CursorShape.SizeBDiagCursor,
    (0, -1): Qt.CursorShape.SizeVerCursor,
    (0, 1): Qt.CursorShape.SizeVerCursor,
    (-1, 0): Qt.CursorShape.SizeHorCursor,
    (1, 0): Qt.CursorShape.SizeHorCursor,
}


@dataclass(frozen=True, slots=True)
class Look:
    """What an overlay shows over its frozen picture; boxes and the lens are in pixels of the desktop.

    `clear` is not dimmed and `label` stands at it: the region, with handles when it is `held`, or the window
    that is `hovered`.  `lens` is the pixel that is magnified, with `told` below it.  `hint` stands at the lower edge, or
    at the upper one.  `cursor` is the shape of the pointer.
    """

    clear: Box | None = None
    hovered: bool = False
    held: bool = False
    label: str = ""
    lens: tuple[int, int] | None = None
    told: tuple[str, ...] = ()
    hint: str = ""
    hint_above: bool = False
    cursor: Qt.CursorShape = Qt.CursorShape.CrossCursor


@dataclass(frozen=True, slots=True)
class Frame:
    """Where one overlay lies: the pixels of the desktop it covers, and what it measures with."""

    box: Box
    density: float
    room: QRectF
    letters: QFontMetricsF

    def logical(self, box: Box) -> QRectF:
        """Return a box of the desktop in the overlay's coordinates."""
        d = self.density
        corner = QPointF((box.left - self.box.left) / d, (box.top - self.box.top) / d)
        return QRectF(corner, QSizeF(box.width / d, box.height / d))

    def pixel(self, point: QPointF) -> tuple[int, int]:
        """Return the pixel of the desktop under a point, which may lie beyond the overlay while a button is held."""
        d = self.density
        return self.box.left + math.floor(point.x() * d), self.box.top + math.floor(point.y() * d)

    def reach(self) -> int:
        """Return how near a handle must be to be got hold of, in pixels of the desktop."""
        return round(_REACH * self.density)

    def pill(self, look: Look) -> QRectF:
        """Return where the label stands: above the region, else below it, else inside; not at the very edge."""
        if look.clear is None or not look.label or overlap(look.clear, self.box) is None:
            return QRectF()
        at, room = self.logical(look.clear), self.room.adjusted(SPACE, SPACE, -SPACE, -SPACE)
        pill = QRectF(0, 0, self.letters.horizontalAdvance(look.label) + 3 * SPACE, _PILL)
        pill.moveBottomLeft(QPointF(at.left() - 1, at.top() - SPACE))
        if pill.top() < room.top():
            pill.moveTop(at.bottom() + SPACE)
        pill.moveBottom(max(min(pill.bottom(), room.bottom()), room.top() + _PILL))
        pill.moveLeft(max(min(pill.left(), room.right() - pill.width()), room.left()))
        return pill

    def lens(self, look: Look) -> QRectF:
        """Return where the magnifier stands."""
        if look.lens is None:
            return QRectF()
        point = self.logical(Box(*look.lens, 1, 1)).center()
        return magnifier.beside(point, magnifier.size(len(look.told)), self.room)

    def hint(self, look: Look) -> QRectF:
        """Return where the line with the keys stands."""
        if not look.hint:
            return QRectF()
        room = self.room.adjusted(4 * SPACE, 2 * SPACE, -4 * SPACE, -2 * SPACE)
        words = self.letters.boundingRect(room, WRAPPED, look.hint)
        hint = QRectF(0, 0, words.width() + 4 * SPACE, max(words.height() + SPACE, _PILL))
        hint.moveCenter(room.center())
        if look.hint_above:
            hint.moveTop(room.top())
        else:
            hint.moveBottom(room.bottom())
        return hint

    def changed(self, before: Look, now: Look) -> QRegion:
        """Return what has to be painted when one look follows another."""
        dirty = QRegion()
        if (before.clear, before.held, before.hovered) != (now.clear, now.held, now.hovered):
            dirty += self._area(before).xored(self._area(now)) + self._edges(before) + self._edges(now)
        if (before.clear, before.label) != (now.clear, now.label):
            dirty += outside(self.pill(before)) + outside(self.pill(now))
        if (before.lens, before.told) != (now.lens, now.told):
            dirty += outside(self.lens(before)) + outside(self.lens(now))
        if (before.hint, before.hint_above) != (now.hint, now.hint_above):
            dirty += outside(self.hint(before)) + outside(self.hint(now))
        return dirty

    def _area(self, look: Look) -> QRegion:
        return QRegion() if look.clear is None else QRegion(self.logical(look.clear).toAlignedRect())

    def _edges(self, look: Look) -> QRegion:
        if look.clear is None:
            return QRegion()
        rect = self.logical(look.clear).toAlignedRect()
        outer = rect.adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND)
        inner = rect.adjusted(_AROUND, _AROUND, -_AROUND, -_AROUND)
        return QRegion(outer) - (QRegion(inner) if inner.isValid() else QRegion())


def outside(rect: QRectF) -> QRegion:
    """Return the whole pixels that a rectangle touches, its smooth edge included."""
    return QRegion(rect.toAlignedRect().adjusted(-1, -1, 1, 1)) if not rect.isEmpty() else QRegion()


def rects(region: QRegion) -> list[QRect]:
    """Return the rectangles of a region."""
    found: list[QRect] = list(region)  # type: ignore[call-overload]  # a sequence, which the stubs do not know
    return found


def physical(rect: QRect, density: float) -> QRect:
    """Return the pixels that a logical rectangle touches."""
    left, top = math.floor(rect.left() * density), math.floor(rect.top() * density)
    right = math.ceil((rect.left() + rect.width()) * density)
    bottom = math.ceil((rect.top() + rect.height()) * density)
    return QRect(QPoint(left, top), QPoint(right - 1, bottom - 1))
