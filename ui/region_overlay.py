"""One monitor's frozen picture, on which a region is drawn in physical pixels.

Qt leaves a screen's origin in physical pixels and divides only its size, so a point is mapped by
``origin + (point - origin) * density``: never by scaling the origin.
"""

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QScreen,
)
from PySide6.QtWidgets import QWidget

from app.i18n import say
from app.model.screens import Box, Monitor, Shot
from ui import theme
from ui.theme import SPACE

_DIM = QColor(0, 0, 0, 115)
_MARGIN = 40  # around the region: its border, handles and label
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Overlay(QWidget):
    """One monitor's frozen picture, dimmed but for the region; lies over everything."""

    taken = Signal(object)
    cancelled = Signal()
    begun = Signal()
    entered = Signal()

    def __init__(self, screen: QScreen) -> None:
        super().__init__(None)
        self._own_screen = screen
        self._monitor = Monitor(Box(0, 0, 1, 1))
        self._image = QImage()
        self._density = 1.0
        self._owner: bytes | bytearray = b""
        self._region = QRect()
        self._anchor: QPoint | None = None
        flags = Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        if QGuiApplication.platformName() == "xcb":
            # Past the window manager it is on the screen four times as fast, and on every desktop alike.
            flags |= Qt.WindowType.BypassWindowManagerHint
        self.setWindowFlags(flags | Qt.WindowType.Tool)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMouseTracking(True)
        self.winId()  # made now, so that showing it is quick

    def own_screen(self) -> QScreen:
        """Return the screen it covers."""
        return self._own_screen

    def freeze(self, shot: Shot) -> None:
        """Cover the screen with this picture of it."""
        self._monitor = shot.monitor
        # The image is a view of these bytes, which must live as long as it does.
        self._owner = shot.pixels
        self._image = QImage(shot.pixels, shot.width, shot.height, 4 * shot.width, QImage.Format.Format_RGB32)
        self._density = shot.width / max(self._own_screen.geometry().width(), 1)
        self._region, self._anchor = QRect(), None
        self.setAccessibleName(say("window.region_picker"))
        self.setWindowTitle(say("window.region_picker"))
        self.setGeometry(self._own_screen.geometry())
        if QGuiApplication.platformName() == "wayland":
            self.windowHandle().setScreen(self._own_screen)
            self.showFullScreen()
        else:
            self.show()
        self.raise_()

    def thaw(self) -> None:
        """Uncover the screen and let go of the picture."""
        self.hide()
        self._image = QImage()
        self._owner = b""

    def box(self) -> Box:
        """Return the region on the desktop; the whole monitor while there is none."""
        if self._region.isEmpty():
            return self._monitor.box
        at, origin = self._region, self._monitor.box
        return Box(origin.left + at.x(), origin.top + at.y(), at.width(), at.height())

    def has_region(self) -> bool:
        """Return whether a region has been drawn here."""
        return not self._region.isEmpty()

    def forget(self) -> None:
        """Give up the region, because another monitor has one now."""
        self._change(QRect())

    # Pixels and points

    def _pixel(self, point: QPointF) -> QPoint:
        """Return the pixel under a point of the widget, kept inside the picture."""
        x, y = int(point.x() * self._density), int(point.y() * self._density)
        return QPoint(min(max(x, 0), self._image.width() - 1), min(max(y, 0), self._image.height() - 1))

    def _logical(self, region: QRect) -> QRectF:
        d = self._density
        return QRectF(region.x() / d, region.y() / d, region.width() / d, region.height() / d)

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a region; the right button cancels."""
        if event.button() is Qt.MouseButton.RightButton:
            self.cancelled.emit()
        elif event.button() is Qt.MouseButton.LeftButton:
            self.begun.emit()
            self._anchor = self._pixel(event.position())
            self.update()  # now it says less than it did

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw the region to here."""
        if self._anchor is not None:
            here = self._pixel(event.position())
            left, right = sorted((self._anchor.x(), here.x()))
            top, bottom = sorted((self._anchor.y(), here.y()))
            if (left, top) != (right, bottom):
                self._change(QRect(left, top, right - left + 1, bottom - top + 1))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Leave the region as it is; a click beside it gives it up."""
        if event.button() is Qt.MouseButton.LeftButton and self._anchor is not None:
            at = self._pixel(event.position())
            if at == self._anchor and not self._region.contains(at):
                self._change(QRect())
            self._anchor = None
            self.update()  # now it says what can be done with the region

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take the region, or the monitor when there is none."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.taken.emit(self.box())

    def enterEvent(self, event: QEnterEvent) -> None:
        """Say that the pointer is here."""
        self.entered.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take with Enter, cancel with Esc, move by a pixel with the arrows, resize with Shift."""
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.taken.emit(self.box())
        elif key in _ARROWS and not self._region.isEmpty():
            resize = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._nudge(*_ARROWS[Qt.Key(key)], resize=resize)

    def _nudge(self, dx: int, dy: int, *, resize: bool) -> None:
        if resize:
            region = self._region.adjusted(0, 0, dx, dy).intersected(self._image.rect())
        else:
            region = self._region.translated(dx, dy)
        if self._image.rect().contains(region) and not region.isEmpty():
            self._change(region)

    def _change(self, region: QRect) -> None:
        if region == self._region:
            return
        if self._region.isEmpty() or region.isEmpty():
            self.update()
        else:
            both = self._logical(self._region).united(self._logical(region))
            self.update(both.toAlignedRect().adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN))
            self.update(self._label_rect(self._region).united(self._label_rect(region)).toAlignedRect())
        self._region = region

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, the dimming, the region and what to press."""
        painter = QPainter(self)
        part, d = QRectF(event.rect()), self._density
        painter.drawImage(
            part, self._image, QRectF(part.x() * d, part.y() * d, part.width() * d, part.height() * d)
        )
        painter.fillRect(part, _DIM)
        if self._region.isEmpty():
            self._draw_pill(painter, self._hint_rect(painter), say("window.region_hint"))
            return
        clear = self._logical(self._region)
        painter.drawImage(clear, self._image, QRectF(self._region))
        # The border lies outside the region: every pixel inside is what will be sent.
        painter.setPen(QPen(QColor(theme.DARK.focus), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(clear.adjusted(-1, -1, 1, 1))
        self._draw_pill(painter, self._label_rect(self._region), self._label(self._region))

    def _label(self, region: QRect) -> str:
        key = "window.size" if self._anchor is not None else "window.size_to_take"
        return say(key, width=region.width(), height=region.height())

    def _label_rect(self, region: QRect) -> QRectF:
        """Return where its size is said: above the region, else below it, else inside; not at the very edge."""
        at, room = self._logical(region), QRectF(self.rect()).adjusted(SPACE, SPACE, -SPACE, -SPACE)
        label = QRectF(0, 0, self.fontMetrics().horizontalAdvance(self._label(region)) + 3 * SPACE, 28)
        label.moveBottomLeft(QPointF(at.left() - 1, at.top() - SPACE))
        if label.top() < room.top():
            label.moveTop(at.bottom() + SPACE)
        label.moveBottom(min(label.bottom(), room.bottom()))
        label.moveLeft(max(min(label.left(), room.right() - label.width()), room.left()))
        return label

    def _hint_rect(self, painter: QPainter) -> QRectF:
        hint = QRectF(
            0, 0, painter.fontMetrics().horizontalAdvance(say("window.region_hint")) + 4 * SPACE, 36
        )
        hint.moveCenter(QPointF(self.width() / 2, self.height() - 64))
        return hint

    @staticmethod
    def _draw_pill(painter: QPainter, rect: QRectF, words: str) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.DARK.panel))
        painter.drawRoundedRect(rect, 8, 8)
        painter.setPen(QColor(theme.DARK.text))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, words)
