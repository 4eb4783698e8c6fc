"""The window that covers one screen with its frozen picture.  It decides nothing: it says what hand and keys do."""

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCursor,
    QEnterEvent,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QScreen,
)
from PySide6.QtWidgets import QWidget

from app.model.screens import Box
from ui.frozen import Frozen
from ui.region_look import Frame, Look
from ui.region_paint import paint

_NEAR = 8  # logical pixels: so far from the first click a second one may be


class Overlay(QWidget):
    """Lies over everything on its screen; places are pixels of the desktop.

    `pressed` has the place, how far around it a handle may be, and whether it was soon after another press;
    `released` the place, and whether Shift and Ctrl were held.
    """

    pointed = Signal(int, int)
    pressed = Signal(int, int, int, bool)
    released = Signal(int, int, bool, bool)
    refused = Signal()
    keyed = Signal(object)
    entered = Signal()
    frozen = Signal()

    def __init__(self, screen: QScreen) -> None:
        super().__init__(None)
        self._screen = screen
        self._frozen: Frozen | None = None
        self._look = Look()
        self._is_new = False
        self._spot = QRect(0, 0, 2 * _NEAR + 1, 2 * _NEAR + 1)  # what is still covered while `_late` runs
        self._late = QTimer(self, singleShot=True)
        self._late.timeout.connect(self.thaw)
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
        return self._screen

    def freeze(self, frozen: Frozen) -> None:
        """Cover the screen with this picture of it; `frozen` says when it has been painted."""
        if self._late.isActive():
            self.thaw()
        self._frozen, self._look, self._is_new = frozen, Look(), True
        self.setGeometry(self._screen.geometry())
        if QGuiApplication.platformName() == "wayland":
            self.windowHandle().setScreen(self._screen)
            self.showFullScreen()
        else:
            self.show()
        self.raise_()

    def thaw(self) -> None:
        """Uncover the screen and let go of the picture."""
        self._late.stop()
        self.releaseMouse()
        self.releaseKeyboard()
        self.hide()
        self.clearMask()
        self._frozen = None

    def thaw_late(self) -> None:
        """Uncover the screen, but where the pointer is only when it moves, or a second click would come too late.

        Whoever clicks twice from habit must not hit what lies below, or has come there meanwhile.
        """
        # Wayland shows what is masked out.
        if self._frozen is None or QGuiApplication.platformName() == "wayland":
            self.thaw()
            return
        self.releaseKeyboard()
        self.show_look(Look(clear=self._frozen.box))
        self._spot.moveCenter(self.mapFromGlobal(QCursor.pos()))
        self.setMask(self._spot)
        self.grabMouse()
        self._late.start(QGuiApplication.styleHints().mouseDoubleClickInterval())

    def frame(self) -> Frame | None:
        """Return where it lies, None while it covers nothing."""
        if self._frozen is None:
            return None
        room = QRectF(QPoint(), self._screen.geometry().size())
        return Frame(self._frozen.box, self._frozen.density, room, QFontMetricsF(self.font()))

    def cut(self, box: Box) -> QImage:
        """Return what it shows in a box of the desktop; null while it covers nothing."""
        if self._frozen is None:
            return QImage()
        origin = self._frozen.box
        return self._frozen.image.copy(box.left - origin.left, box.top - origin.top, box.width, box.height)

    def show_look(self, look: Look) -> None:
        """Look like this from now on; only what changes is painted."""
        frame = self.frame()
        if frame is not None and look != self._look:
            self.update(frame.changed(self._look, look))
            self._look = look
            if look.cursor is not self.cursor().shape():
                self.setCursor(look.cursor)

    def pointer(self) -> tuple[int, int] | None:
        """Return the pixel under the mouse pointer, None where that is on another screen."""
        point, frame = self.mapFromGlobal(QCursor.pos()), self.frame()
        return frame.pixel(point.toPointF()) if frame is not None and self.rect().contains(point) else None

    # Hand and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Say where; the right button refuses."""
        self._press(event, again=False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Say where; for the right button the second of two quick presses is nothing else."""
        self._press(event, again=True)

    def _press(self, event: QMouseEvent, *, again: bool) -> None:
        frame = self.frame()
        if event.button() is Qt.MouseButton.RightButton:
            self.refused.emit()
        elif event.button() is Qt.MouseButton.LeftButton and frame is not None:
            self.pressed.emit(*frame.pixel(event.position()), frame.reach(), again)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say where."""
        if self._late.isActive() and not self._spot.contains(event.position().toPoint()):
            self.thaw()
        if (frame := self.frame()) is not None:
            self.pointed.emit(*frame.pixel(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Say where the button is up again."""
        frame = self.frame()
        if event.button() is Qt.MouseButton.LeftButton and frame is not None:
            held = event.modifiers()
            shift, ctrl = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
            self.released.emit(*frame.pixel(event.position()), bool(held & shift), bool(held & ctrl))

    def enterEvent(self, event: QEnterEvent) -> None:
        """Say that the pointer is here."""
        self.entered.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass the key on."""
        self.keyed.emit(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Leave Tab to the keys."""
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what has to be drawn anew."""
        frame = self.frame()
        if frame is not None and self._frozen is not None:
            paint(QPainter(self), event.region(), self._frozen.image, frame, self._look)
        if self._is_new:
            self._is_new = False
            self.frozen.emit()
