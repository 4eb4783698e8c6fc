"""A whole video as a strip of small frames, with a handle at each end of the part that is taken."""

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from ui import theme

Glance = Callable[[float], QPixmap | None]

_HEIGHT, _FOOT = 56, 10  # of the frames, and of the marks below
_HANDLE, _REACH = 10, 14  # how wide a handle is, and how near is near enough
_LEAST = 0.1  # seconds that are left at least
_WASH = 190  # of 255: how much of what is not taken is covered


class StripTrack(QWidget):
    """`trimmed` gives start and end while a handle is moved, `sought` the moment that was clicked on; in seconds."""

    trimmed = Signal(float, float)
    sought = Signal(float)

    def __init__(self, seconds: float, shape: float, glance: Glance, parent: QWidget | None = None) -> None:
        """`shape` is width by height of a frame; `glance` gives a small one, or None and has it made."""
        super().__init__(parent)
        self._seconds = max(seconds, _LEAST)
        self._shape = min(max(shape, 0.3), 4.0)
        self._glance = glance
        self._start, self._end, self._now = 0.0, self._seconds, 0.0
        self._moments: tuple[float, ...] = ()
        self._held: str = ""
        self.setFixedHeight(_HEIGHT + _FOOT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_part(self, start: float, end: float) -> None:
        """Show this part as taken."""
        self._start, self._end = start, end
        self.update()

    def show_now(self, seconds: float) -> None:
        """Show which frame is shown large."""
        self._now = seconds
        self.update()

    def show_moments(self, moments: tuple[float, ...]) -> None:
        """Mark the frames that a model will see."""
        self._moments = moments
        self.update()

    def sizeHint(self) -> QSize:
        """Return a comfortable width."""
        return QSize(720, _HEIGHT + _FOOT)

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the frames, what is not taken of them, the handles and the marks."""
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        room = self._room()
        outline = QPainterPath()
        outline.addRoundedRect(room, 6, 6)
        painter.save()
        painter.setClipPath(outline)
        painter.fillRect(room, QColor(now.card))
        self._paint_frames(painter, room)
        self._paint_wash(painter, room)
        painter.restore()
        self._paint_marks(painter)
        self._paint_handles(painter, room)

    def _paint_frames(self, painter: QPainter, room: QRectF) -> None:
        count = max(1, math.ceil(room.width() / (_HEIGHT * self._shape)))
        wide = room.width() / count
        for number in range(count):
            picture = self._glance((number + 0.5) / count * self._seconds)
            if picture is not None and not picture.isNull():
                cell = QRectF(room.left() + number * wide, room.top(), wide, room.height())
                painter.drawPixmap(cell, picture, _covering(picture, cell))

    def _paint_wash(self, painter: QPainter, room: QRectF) -> None:
        wash = QColor(theme.current().window)
        wash.setAlpha(_WASH)
        left, right = self._x(self._start), self._x(self._end)
        painter.fillRect(QRectF(room.left(), room.top(), left - room.left(), room.height()), wash)
        painter.fillRect(QRectF(right, room.top(), room.right() - right, room.height()), wash)

    def _paint_marks(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(theme.current().muted), 1.5))
        for moment in self._moments:
            x = self._x(moment)
            painter.drawLine(QPointF(x, _HEIGHT + 4), QPointF(x, _HEIGHT + _FOOT - 1))

    def _paint_handles(self, painter: QPainter, room: QRectF) -> None:
        now = theme.current()
        left, right = self._x(self._start), self._x(self._end)
        painter.setPen(QPen(QColor(now.accent), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(left, room.top() + 1, right - left, room.height() - 2), 4, 4)
        for x in (left - _HANDLE / 2, right - _HANDLE / 2):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(now.accent))
            painter.drawRoundedRect(QRectF(x, room.top(), _HANDLE, room.height()), 4, 4)
            painter.setPen(QPen(QColor(now.on_accent), 1.5))
            middle = x + _HANDLE / 2
            painter.drawLine(QPointF(middle, _HEIGHT / 2 - 7), QPointF(middle, _HEIGHT / 2 + 7))
        x = self._x(self._now)
        painter.setPen(QPen(QColor(now.window), 4))
        painter.drawLine(QPointF(x, 1), QPointF(x, _HEIGHT - 1))
        painter.setPen(QPen(QColor(now.text), 2))
        painter.drawLine(QPointF(x, 0), QPointF(x, _HEIGHT))
        if self.hasFocus():
            painter.setPen(QPen(QColor(now.focus), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    # The hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a handle, or look at the moment under the pointer."""
        x = event.position().x()
        to_start, to_end = abs(x - self._x(self._start)), abs(x - self._x(self._end))
        near = min(to_start, to_end) <= _REACH
        self._held = ("start" if to_start < to_end else "end") if near else "now"
        self._pull(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move what is held."""
        if self._held:
            self._pull(event.position().x())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go."""
        self._held = ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the beginning or the end of the part that is taken."""
        if event.key() == Qt.Key.Key_Home:
            self.sought.emit(self._start)
        elif event.key() == Qt.Key.Key_End:
            self.sought.emit(self._end)
        else:
            super().keyPressEvent(event)

    def _pull(self, x: float) -> None:
        room = self._room()
        moment = min(max((x - room.left()) / room.width(), 0.0), 1.0) * self._seconds
        if self._held == "start":
            self._start = min(moment, self._end - _LEAST) if self._end > _LEAST else 0.0
            self.trimmed.emit(max(self._start, 0.0), self._end)
            moment = self._start
        elif self._held == "end":
            self._end = max(moment, min(self._start + _LEAST, self._seconds))
            self.trimmed.emit(self._start, self._end)
            moment = self._end
        self.sought.emit(max(moment, 0.0))
        self.update()

    def _room(self) -> QRectF:
        return QRectF(_HANDLE, 0, max(self.width() - 2 * _HANDLE, 1), _HEIGHT)

    def _x(self, seconds: float) -> float:
        room = self._room()
        return room.left() + min(max(seconds / self._seconds, 0.0), 1.0) * room.width()


def _covering(picture: QPixmap, cell: QRectF) -> QRectF:
    """Return the middle part of a picture that has the shape of a cell."""
    width, height = float(picture.width()), float(picture.height())
    shape = cell.width() / cell.height()
    if width / height > shape:
        return QRectF((width - height * shape) / 2, 0, height * shape, height)
    return QRectF(0, (height - width / shape) / 2, width, width / shape)
