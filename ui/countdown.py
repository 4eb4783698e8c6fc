"""The seconds before a capture, in a corner of the screen: in sight, in nobody's way, and not in the picture."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QMouseEvent, QScreen
from PySide6.QtWidgets import QFrame, QWidget

from app.i18n import say
from ui.layout import column, label
from ui.theme import SPACE

_SECOND = 1000
_WIDTH = 132


class Countdown(QFrame):
    """Counts down once started; `over` says True at the end, False when a click ended it before."""

    over = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        flags = Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        if QGuiApplication.platformName() == "xcb":
            # A menu that is to be in the picture would close if the focus went elsewhere.
            flags |= Qt.WindowType.BypassWindowManagerHint
        super().__init__(parent, flags | Qt.WindowType.WindowDoesNotAcceptFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setObjectName("countdown")
        self.setFixedWidth(_WIDTH)
        self._left = 0
        self._number, self._way_out = label("number"), label("small", wrap=True)
        inside = column(self, gap=0, margins=(2 * SPACE, SPACE, 2 * SPACE, SPACE))
        for line in (self._number, self._way_out):
            line.setAlignment(Qt.AlignmentFlag.AlignCenter)
            inside.addWidget(line)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self, seconds: int, screen: QScreen) -> None:
        """Show the seconds on this screen."""
        self._left = seconds
        self._speak()
        self.adjustSize()
        room = screen.availableGeometry()
        self.move(room.right() - self.width() - 3 * SPACE, room.bottom() - self.height() - 3 * SPACE)
        self.show()
        self._timer.start(_SECOND)

    def stop(self) -> None:
        """Be gone, without a word."""
        self._timer.stop()
        self.hide()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Let a click end it."""
        self._end(done=False)

    def _tick(self) -> None:
        self._left -= 1
        if self._left > 0:
            self._speak()
        else:
            self._end(done=True)

    def _end(self, *, done: bool) -> None:
        self.stop()
        self.over.emit(done)

    def _speak(self) -> None:
        self._number.setText(str(self._left))
        self._way_out.setText(say("region.countdown_cancel"))
        self.setAccessibleName(say("region.countdown", n=self._left))
