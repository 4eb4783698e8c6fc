"""A picture in a small window of its own that stays above all others."""

import math
from collections.abc import Callable

from PySide6 import QtWidgets
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from app.i18n import say
from ui import theme
from ui.arrows import ARROWS

EDGE = 1  # logical pixels of the line around the picture
STEP = 1.1  # by which a notch of the wheel zooms
LIGHTEST = 0.2  # what is fainter could not be found again
_ZOOMS = 0.1, 8.0
_SIDES = 32, 12_000  # pixels of the longer side that is seen
_NOTCH = 120  # eighths of a degree, as Qt counts them
_SHARP = 2  # from here on one wants to see the pixels
_HARDLY = 1e-6  # by which a number that should be whole may be more
_FAR = 10  # logical pixels that an arrow goes with Shift


class Pin(QWidget):
    """Shows an image, at first one of its pixels on one of the screen.

    It is moved by dragging, zoomed with the wheel, made fainter with Ctrl and the wheel, and closed by a double click.
    What can be done with the picture is asked for by signals.
    """

    copy_requested = Signal()
    save_requested = Signal()
    ask_requested = Signal()
    close_all_requested = Signal()
    closed = Signal()

    def __init__(self, image: QImage, name: str) -> None:
        super().__init__(None)
        flags = Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        self.setWindowFlags(flags)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        # Else it would be gone on a Mac as soon as another application is used.
        self.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._image, self._name = image, name
        self._zoom = 1.0
        self._grip: QPoint | None = None
        self._anchor: tuple[QPointF, QPointF] | None = None
        self._actions = {
            "copy": self._action(QKeySequence.StandardKey.Copy, self.copy_requested.emit),
            "save": self._action(QKeySequence.StandardKey.Save, self.save_requested.emit),
            "ask": self._action(Qt.Key.Key_Return, self.ask_requested.emit),
            "true_size": self._action(Qt.Key.Key_0, self.show_true_size),
            "close": self._action(Qt.Key.Key_Escape, self.close_pin),
            "close_all": self._action("Shift+Esc", self.close_all_requested.emit),
        }
        self._speak()
        self._fit(QPoint())

    def _action(self, keys: QKeySequence.StandardKey | Qt.Key | str, act: Callable[[], None]) -> QAction:
        action = QAction(self)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutVisibleInContextMenu(True)
        action.triggered.connect(act)
        self.addAction(action)
        return action

    # Where it is, and how large

    def show_at(self, corner: QPoint) -> None:
        """Show it with the left upper corner of the picture here."""
        self.move(corner - QPoint(EDGE, EDGE))
        self._fit(self.pos())  # that screen may be a denser one
        self.show()
        self.raise_()

    def zoom(self) -> float:
        """Return how many pixels of the screen one pixel of the image takes."""
        return self._zoom

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom, so that what is `at` this point of the screen stays there; the middle, when that is None."""
        fixed = at if at is not None else QRectF(self.geometry()).center()
        if self._anchor is None or self._anchor[0] != fixed:
            inside = fixed - QPointF(self.pos())
            # Kept as long as the pointer rests: rounded again at every notch, the picture would creep away.
            self._anchor = fixed, QPointF(inside.x() / self.width(), inside.y() / self.height())
        longest = max(self._image.width(), self._image.height())
        least, most = max(_ZOOMS[0], _SIDES[0] / longest), min(_ZOOMS[1], _SIDES[1] / longest)
        self._zoom = min(max(self._zoom * factor, min(least, 1.0)), max(most, 1.0))
        size, share = self._size(), self._anchor[1]
        corner = fixed - QPointF(share.x() * size.width(), share.y() * size.height())
        self._fit(corner.toPoint())

    def show_true_size(self) -> None:
        """Show one pixel of the image on one of the screen."""
        self.zoom_by(1 / self._zoom)

    def _size(self) -> QSize:
        scale = self._zoom / self.devicePixelRatioF()
        # Rounded up: on a dense screen the last pixel may have only part of one of Qt's.
        width, height = self._image.width() * scale, self._image.height() * scale
        return QSize(math.ceil(width - _HARDLY) + 2 * EDGE, math.ceil(height - _HARDLY) + 2 * EDGE)

    def _fit(self, corner: QPoint) -> None:
        self.setGeometry(QRect(corner, self._size()))
        self.update()

    def fade(self, by: float) -> None:
        """Make it fainter, or with a positive number more solid; where the desktop composes windows."""
        self.setWindowOpacity(min(max(self.windowOpacity() + by, LIGHTEST), 1.0))

    def close_pin(self) -> None:
        """Close it, for good."""
        self.close()
        self.closed.emit()

    # Hand and keys

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer; with Ctrl, fade."""
        notches = event.angleDelta().y() / _NOTCH
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.fade(notches / 10)
        else:
            self.zoom_by(STEP**notches, event.globalPosition())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of it."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        if QGuiApplication.platformName() == "wayland":  # where no window knows its place
            self.windowHandle().startSystemMove()
        else:
            self._grip = event.globalPosition().toPoint() - self.pos()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move it with the pointer."""
        if self._grip is not None:
            self._anchor = None
            self.move(event.globalPosition().toPoint() - self._grip)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._grip = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Close it."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.close_pin()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move it with the arrows, zoom it with plus and minus."""
        key = event.key()
        if key in ARROWS:
            dx, dy = ARROWS[key]
            step = _FAR if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            self.move(self.pos() + QPoint(dx, dy) * step)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom_by(1 / STEP)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with it."""
        menu = QtWidgets.QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, action in self._actions.items():
            if name == "close":
                menu.addSeparator()
            menu.addAction(action)
        menu.popup(event.globalPos())

    # What is seen and heard

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture and the line around it."""
        painter = QPainter(self)
        now, density = theme.current(), self.devicePixelRatioF()
        painter.fillRect(self.rect(), QColor(now.card))
        painter.save()
        smooth = self._zoom < _SHARP and abs(self._zoom - 1) > _HARDLY
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        # On a whole pixel of the screen, whatever its density: half a pixel beside would blur everything.
        edge = round(EDGE * density) / density
        painter.translate(edge, edge)
        painter.scale(self._zoom / density, self._zoom / density)
        painter.drawImage(0, 0, self._image)
        painter.restore()
        painter.setPen(QPen(QColor(now.focus if self.isActiveWindow() else now.edge), EDGE))
        painter.drawRect(QRectF(self.rect()).adjusted(EDGE / 2, EDGE / 2, -EDGE / 2, -EDGE / 2))

    def _speak(self) -> None:
        for name, action in self._actions.items():
            action.setText(say(f"pin.{name}"))
        size = say("window.size", width=self._image.width(), height=self._image.height())
        self.setWindowTitle(say("pin.title", name=self._name))
        self.setAccessibleName(say("pin.told", name=self._name, size=size))
        self.setAccessibleDescription(say("pin.keys"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language, and show who has the keys."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._speak()
        elif event.type() is QEvent.Type.ActivationChange:
            self.update()

    def event(self, event: QEvent) -> bool:
        """Keep its pixels on another screen, which may be a denser one."""
        heard = super().event(event)
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self._fit(self.pos())
        return heard
