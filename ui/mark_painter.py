"""Marks as pixels: the one painter of what is seen while a picture is marked and of what is sent of it.

Everything here works on any thread: it touches images, never a widget.
"""

import math
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPen,
)

from app.model.marks import SPANNED, Mark, Shape
from ui import theme

_LETTERS = 6  # times the stroke: the height of a text's font
_DISC = 4.5  # times the stroke: the radius of a step
_HEAD = 5.5  # times the stroke: the length of an arrow's head
_TINT = 0.38
_LIGHT = 150  # of 255: a colour so light that dark letters stand out from it
_FINEST, _BROADEST, _PART = 3.0, 12.0, 330  # the stroke is this part of the side of a square as large


def stroke_for(size: QSize) -> float:
    """Return how wide a stroke suits a picture of this size."""
    return min(max(round(math.sqrt(size.width() * size.height()) / _PART), _FINEST), _BROADEST)


def drawn(image: QImage, marks: Sequence[Mark]) -> QImage:
    """Return the picture with the marks on it, opaque, the size it had."""
    made = image.convertToFormat(QImage.Format.Format_RGB32).copy()
    painter = QPainter(made)
    paint(painter, marks, made.size())
    painter.end()
    return made


def paint(painter: QPainter, marks: Sequence[Mark], size: QSize, first: int = 1) -> None:
    """Paint the marks in the pixels of a picture of this size; `first` is the number of the first step."""
    number = first
    for mark in marks:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(mark.colour))
        _PAINTERS.get(mark.shape, _paint_outline)(painter, mark, size, number)
        painter.restore()
        number += mark.shape is Shape.STEP


def outline(mark: Mark) -> QPainterPath:
    """Return the area that a mark fills."""
    path = QPainterPath()
    first, last = QPointF(*mark.points[0]), QPointF(*mark.points[-1])
    if mark.shape is Shape.ARROW:
        return _arrow(first, last, mark.width)
    if mark.shape is Shape.PEN:
        return _stroked(_way(mark), mark.width)
    if mark.shape is Shape.BOX:
        path.addRect(QRectF(first, last).normalized())
        return _stroked(path, mark.width)
    if mark.shape in SPANNED:
        path.addRect(QRectF(first, last).normalized())
    elif mark.shape is Shape.STEP:
        path.addEllipse(first, _DISC * mark.width, _DISC * mark.width)
    else:
        path.addRoundedRect(_plate(mark), mark.width, mark.width)
    return path


def text_font(mark: Mark) -> QFont:
    """Return the font of a mark with words, in pixels of the picture."""
    return _font(max(round(_LETTERS * mark.width), 1))


@cache
def _font(height: int) -> QFont:
    font = QFont()
    font.setFamilies(list(theme.SANS))
    font.setPixelSize(height)
    font.setWeight(QFont.Weight.DemiBold)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def ground_for(colour: str) -> str:
    """Return the colour on which letters of this colour are easily read."""
    seen = QColor(colour)
    light = 0.3 * seen.red() + 0.59 * seen.green() + 0.11 * seen.blue()  # as eyes weigh them
    return "#1f2328" if light > _LIGHT else "#ffffff"


def _paint_outline(painter: QPainter, mark: Mark, _size: QSize, _number: int) -> None:
    painter.drawPath(outline(mark))


def _paint_redaction(painter: QPainter, mark: Mark, size: QSize, _number: int) -> None:
    # Whole pixels and no smooth edge: nothing of what was below may shine through, at its rim neither.
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    painter.fillRect(QRect(*mark.covered(size.width(), size.height())), Qt.GlobalColor.black)


def _paint_highlight(painter: QPainter, mark: Mark, size: QSize, _number: int) -> None:
    # See-through rather than multiplied: on a dark screen, too, it must be seen.
    tint = QColor(mark.colour)
    tint.setAlphaF(_TINT)
    painter.fillRect(QRect(*mark.covered(size.width(), size.height())), tint)


def _paint_step(painter: QPainter, mark: Mark, _size: QSize, number: int) -> None:
    ground = QColor(ground_for(mark.colour))
    painter.setPen(QPen(ground, mark.width / 2))
    path = outline(mark)
    painter.drawPath(path)
    painter.setFont(_font(max(round((_DISC + (number < 10)) * mark.width), 1)))  # noqa: PLR2004 - two digits
    painter.setPen(ground)
    painter.drawText(path.boundingRect(), Qt.AlignmentFlag.AlignCenter, str(number))


def _paint_text(painter: QPainter, mark: Mark, _size: QSize, _number: int) -> None:
    painter.setBrush(QColor(ground_for(mark.colour)))
    painter.drawPath(outline(mark))
    painter.setFont(text_font(mark))
    painter.setPen(QColor(mark.colour))
    painter.drawText(_plate(mark), Qt.AlignmentFlag.AlignCenter, mark.text)


_PAINTERS = {
    Shape.REDACTION: _paint_redaction,
    Shape.HIGHLIGHT: _paint_highlight,
    Shape.STEP: _paint_step,
    Shape.TEXT: _paint_text,
}


def _plate(mark: Mark) -> QRectF:
    """Return the plate on which the words of a mark stand."""
    metrics = QFontMetricsF(text_font(mark))
    width = metrics.horizontalAdvance(mark.text) + 4 * mark.width
    return QRectF(*mark.points[0], max(width, 1), metrics.height() + mark.width)


def _stroked(path: QPainterPath, width: float) -> QPainterPath:
    stroker = QPainterPathStroker()
    stroker.setWidth(width)
    stroker.setCapStyle(Qt.PenCapStyle.RoundCap)
    stroker.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    made = stroker.createStroke(path)
    made.setFillRule(Qt.FillRule.WindingFill)
    return made


def _way(mark: Mark) -> QPainterPath:
    """Return the way of a pen, its corners rounded off."""
    points = [QPointF(*point) for point in mark.points]
    path = QPainterPath(points[0])
    for corner, after in pairwise(points[1:]):
        path.quadTo(corner, (corner + after) / 2)
    path.lineTo(points[-1])
    return path


def _arrow(tail: QPointF, tip: QPointF, width: float) -> QPainterPath:
    """Return an arrow: a shaft and a head, which is no longer than the arrow."""
    way = tip - tail
    length = math.hypot(way.x(), way.y())
    if length == 0:
        return QPainterPath()
    along = way / length
    across = QPointF(-along.y(), along.x())
    head = min(_HEAD * width, length)
    neck = tip - along * head
    shaft = QPainterPath(tail)
    shaft.lineTo(neck + along * (head / 3))
    path = _stroked(shaft, width)
    wings = QPainterPath(tip)
    wings.lineTo(neck + across * (head / 2))
    wings.lineTo(neck + along * (head / 5))
    wings.lineTo(neck - across * (head / 2))
    wings.closeSubpath()
    return path.united(wings)
