"""The pixels around the pointer, large, with a grid, the colour of the middle one and where it is."""

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from ui import theme

_SPAN = 15  # pixels across, the pointer's in the middle
_CELL = 8  # logical pixels for each
_LINE = 18
_PAD = 6
_AWAY = 20  # from the pointer
_GRID = QColor(0, 0, 0, 40)
_SIDE = _SPAN * _CELL


def size(lines: int) -> QSizeF:
    """Return how large it is with so many lines below the picture and the line of the colour."""
    return QSizeF(_SIDE, _SIDE + 2 * _PAD + _LINE * (lines + 1))


def beside(point: QPointF, size: QSizeF, room: QRectF) -> QRectF:
    """Return its place: right below the point, on the other side where there is no room, never off the screen."""
    left, top = point.x() + _AWAY, point.y() + _AWAY
    if left + size.width() > room.right():
        left = point.x() - _AWAY - size.width()
    if top + size.height() > room.bottom():
        top = point.y() - _AWAY - size.height()
    left = max(min(left, room.right() - size.width()), room.left())
    top = max(min(top, room.bottom() - size.height()), room.top())
    return QRectF(QPointF(left, top), size)


def paint(painter: QPainter, place: QRectF, image: QImage, x: int, y: int, told: Sequence[str]) -> None:
    """Draw it at `place`, for the pixel x, y of `image`."""
    picture = QRectF(place.topLeft(), QSizeF(_SIDE, _SIDE))
    painter.fillRect(place, QColor(theme.DARK.panel))
    _paint_pixels(painter, picture.topLeft(), image, x, y)
    _paint_grid(painter, picture)
    line = QRectF(place.left() + _PAD, picture.bottom() + _PAD, place.width() - 2 * _PAD, _LINE)
    painter.setPen(QColor(theme.DARK.text))
    for words in told:
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, words)
        line.translate(0, _LINE)
    colour = image.pixelColor(x, y)
    swatch = QRectF(line.left(), line.top() + 4, _LINE - 8, _LINE - 8)
    painter.fillRect(swatch, colour)
    painter.drawText(line.adjusted(_LINE, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, colour.name())
    painter.setPen(QPen(QColor(theme.DARK.edge), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(place.adjusted(0.5, 0.5, -0.5, -0.5))
    painter.drawRect(swatch)


def _paint_pixels(painter: QPainter, corner: QPointF, image: QImage, x: int, y: int) -> None:
    first = QRect(x - _SPAN // 2, y - _SPAN // 2, _SPAN, _SPAN)
    there = first.intersected(image.rect())
    offset = QPointF((there.topLeft() - first.topLeft()) * _CELL)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    target = QRectF(corner + offset, QSizeF(there.size() * _CELL))
    painter.drawImage(target, image, QRectF(there))


def _paint_grid(painter: QPainter, picture: QRectF) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(_GRID, 1))
    steps = [step * _CELL for step in range(1, _SPAN)]
    across = [QLineF(picture.left(), picture.top() + s, picture.right(), picture.top() + s) for s in steps]
    down = [QLineF(picture.left() + s, picture.top(), picture.left() + s, picture.bottom()) for s in steps]
    painter.drawLines(across + down)
    middle = QRectF(0, 0, _CELL, _CELL)
    middle.moveCenter(picture.center())
    painter.setBrush(Qt.BrushStyle.NoBrush)
    # Two rings, so that one of them is seen on any colour.
    for grown, colour in ((1, QColor("white")), (2, QColor("black"))):
        painter.setPen(QPen(colour, 1))
        painter.drawRect(middle.adjusted(-grown, -grown, grown - 1, grown - 1))
