"""Draws a frozen screen and what is chosen on it."""

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QRegion

from app.boxes import overlap
from app.model.screens import Box
from ui import magnifier, theme
from ui.region_look import BORDER, HANDLE, HOVER, WRAPPED, Frame, Look, physical, rects
from ui.selection import HANDLES, handle_at

_DIM = QColor(0, 0, 0, 115)
_INSET = 12  # of the words in a pill, in logical pixels


def paint(painter: QPainter, dirty: QRegion, image: QImage, frame: Frame, look: Look) -> None:
    """Draw the dirty parts of an overlay."""
    painter.save()
    # In pixels of the picture: then they are copied and not scaled.
    painter.scale(1 / frame.density, 1 / frame.density)
    parts = [physical(rect, frame.density).intersected(image.rect()) for rect in rects(dirty)]
    _paint_picture(painter, parts, image, _local(look.clear, frame.box))
    if look.clear is not None and overlap(look.clear, frame.box) is not None:
        _paint_border(painter, look, frame)
    painter.restore()
    for place, words in ((frame.pill(look), look.label), (frame.hint(look), look.hint)):
        if not place.isEmpty():
            _paint_pill(painter, place, words)
    if look.lens is not None:
        x, y = look.lens[0] - frame.box.left, look.lens[1] - frame.box.top
        magnifier.paint(painter, frame.lens(look), image, x, y, look.told)


def _paint_picture(painter: QPainter, parts: Iterable[QRect], image: QImage, clear: QRect) -> None:
    for part in parts:
        painter.drawImage(part.topLeft(), image, part)
        for shade in rects(QRegion(part) - QRegion(clear)):
            painter.fillRect(shade, _DIM)


def _paint_border(painter: QPainter, look: Look, frame: Frame) -> None:
    if look.clear is None:
        return
    width = max(round((HOVER if look.hovered else BORDER) * frame.density), 1)
    box = _local(look.clear, frame.box)
    # Around a region, because every pixel inside is what will be sent; inside a window, which may fill the screen.
    outer = box if look.hovered else box.adjusted(-width, -width, width, width)
    inner = outer.adjusted(width, width, -width, -width)
    colour = QColor(theme.DARK.focus)
    for strip in rects(QRegion(outer) - (QRegion(inner) if inner.isValid() else QRegion())):
        painter.fillRect(strip, colour)
    if look.held:
        _paint_handles(painter, look.clear, frame)


def _paint_handles(painter: QPainter, box: Box, frame: Frame) -> None:
    side = round(HANDLE * frame.density)
    painter.setPen(QPen(QColor(theme.DARK.focus), max(round(frame.density), 1)))
    painter.setBrush(QColor("white"))
    for handle in HANDLES:
        x, y = handle_at(box, handle)
        corner = QPoint(x - frame.box.left - side // 2, y - frame.box.top - side // 2)
        painter.drawRect(QRect(corner.x(), corner.y(), side - 1, side - 1))


def _local(box: Box | None, origin: Box) -> QRect:
    """Return a box of the desktop in the picture's own pixels."""
    if box is None:
        return QRect()
    return QRect(box.left - origin.left, box.top - origin.top, box.width, box.height)


def _paint_pill(painter: QPainter, rect: QRectF, words: str) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.DARK.panel))
    painter.drawRoundedRect(rect, 8, 8)
    painter.setPen(QColor(theme.DARK.text))
    painter.drawText(rect.adjusted(_INSET, 0, -_INSET, 0), WRAPPED, words)
