"""What a model thinks before it answers: its last lines while it does, folded away afterwards."""

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QLinearGradient, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.i18n import say
from ui import theme
from ui.clean import clean
from ui.code_copy import CopyButton
from ui.icons import IconButton
from ui.plain_document import PlainDocument
from ui.text_view import TextView
from ui.theme import SPACE, Theme

LINES = 4
TAIL = 600  # letters that are enough to fill them
_SECOND = 1000  # in milliseconds
_MINUTE = 60  # in seconds
_THINKING = ("reasoning.thinking_for", "reasoning.thinking_long")
_THOUGHT = ("reasoning.thought_for", "reasoning.thought_long")


def style(now: Theme) -> str:
    """Return the style sheet of the pane."""
    return f"""
#reasoning {{ background: transparent; border: none; }}
#reasoning-toggle, #reasoning-toggle:checked {{ color: {now.muted}; background: transparent; padding: 0 6px 0 2px; }}
#reasoning-toggle:hover {{ background: {now.hover}; }}
#reasoning-body {{ background: transparent; border: none; border-left: 2px solid {now.line}; }}
"""


class _Tail(QWidget):
    """The last lines of a text, fading out above; nothing but these is ever laid out."""

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_text(self, text: str) -> None:
        """Show the end of `text`."""
        self._text = text
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room of the lines."""
        return QSize(100, LINES * self._line())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the lines from below."""
        now = theme.current()
        painter = QPainter(self)
        painter.setPen(QColor(now.muted))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect(), flags | Qt.TextFlag.TextWrapAnywhere, self._text)
        fade = QLinearGradient(0, 0, 0, self._line() * 1.5)
        clear = QColor(now.window)
        clear.setAlpha(0)
        fade.setColorAt(0, QColor(now.window))
        fade.setColorAt(1, clear)
        painter.fillRect(QRect(0, 0, self.width(), self._line() * 2), fade)

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        """Ask for all of it."""
        self.pressed.emit()

    def _line(self) -> int:
        return self.fontMetrics().lineSpacing() + 4


class _Toggle(IconButton):
    """The line that folds the pane, by click, Space or Enter."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter as a click."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class ReasoningPane(QFrame):
    """The reasoning of one reply.  `toggled` tells that the user opened or folded it."""

    toggled = Signal(bool)

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        is_open: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("reasoning")
        self._clock = clock
        self._begun: float | None = None
        self._thought: float | None = None
        self._pieces: list[str] = []
        self._end = self._gap = ""
        self._toggle = _Toggle("right", tone="muted")
        self._toggle.setObjectName("reasoning-toggle")
        self._toggle.setCheckable(True)
        self._toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._copy = CopyButton("reasoning.copy")
        self._copy.setObjectName("copy-reasoning")
        self._tail = _Tail()
        self._body = QFrame()
        self._body.setObjectName("reasoning-body")
        self._view = TextView()
        self._view.source_text = self.text
        self._view.setAccessibleName(say("reasoning.pane"))
        self._document = PlainDocument(self._view.document(), theme.current(), "muted")
        self._timer = QTimer(self, interval=_SECOND)
        self._arrange()
        self._timer.timeout.connect(self._tell_time)
        self._toggle.clicked.connect(self._toggled)
        self._tail.pressed.connect(self._toggle.click)
        self._copy.clicked.connect(lambda: self._copy.copy(clean(self.text())))
        theme.signals().changed.connect(self._restyle)
        self.setStyleSheet(style(theme.current()))
        self._toggle.setChecked(is_open)
        self._name(say("reasoning.thinking"))
        self._fold()

    def text(self) -> str:
        """Return all of the reasoning."""
        return "".join(self._pieces)

    def is_thinking(self) -> bool:
        """Say whether the clock is running."""
        return self._timer.isActive()

    def add(self, text: str) -> None:
        """Add to the reasoning; `work` lays it out if the pane is open."""
        self._pieces.append(text)
        # Models love to end with empty lines; one is shown only once something follows it.
        waiting = self._gap + text
        shown = waiting.rstrip("\n")
        self._gap = waiting[len(shown) :]
        self._document.write(shown)
        self._end = (self._end + text)[-TAIL:]
        if not self._is_open():
            self._tail.show_text(clean(self._end))

    def work(self, most: int) -> bool:
        """Lay out at most `most` letters more; return whether some are left."""
        return self._is_open() and self._document.work(most)

    def begin(self) -> None:
        """Start the clock."""
        self._begun = self._clock()
        self._timer.start()
        self._tell_time()
        self._fold()

    def finish(self, seconds: float | None) -> None:
        """Stop the clock and say how long it took; without `seconds` what the clock says, if it ran."""
        if seconds is None and self._begun is not None:
            seconds = self._clock() - self._begun
        self._timer.stop()
        self._thought = seconds
        self._tell_time()
        self._fold()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self._toggle)
        head.addWidget(self._copy)
        steady = self._copy.sizePolicy()
        steady.setRetainSizeWhenHidden(True)  # else the line would move when the button appears
        self._copy.setSizePolicy(steady)
        head.addStretch()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(SPACE + 4, 2, 0, 2)
        body.addWidget(self._tail)
        body.addWidget(self._view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, SPACE // 2)
        column.setSpacing(SPACE // 2)
        column.addLayout(head)
        column.addWidget(self._body)

    def _is_open(self) -> bool:
        return self._toggle.isChecked()

    def _toggled(self) -> None:
        self._fold()
        self.toggled.emit(self._is_open())

    def _fold(self) -> None:
        is_open = self._is_open()
        self._toggle.show_icon("down" if is_open else "right")
        self._view.setVisible(is_open)
        self._tail.setVisible(not is_open and self.is_thinking())
        self._body.setVisible(is_open or self.is_thinking())
        self._copy.setVisible(is_open)
        self._tail.show_text(clean(self._end))

    def _tell_time(self) -> None:
        if self.is_thinking() and self._begun is not None:
            self._name(_spent(_THINKING, self._clock() - self._begun))
        elif self._thought is not None:
            self._name(_spent(_THOUGHT, self._thought))
        else:
            self._name(say("reasoning.thought"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._tell_time()
            self._view.setAccessibleName(say("reasoning.pane"))

    def _name(self, words: str) -> None:
        self._toggle.call(words)
        self._toggle.setToolTip(say("reasoning.hint"))

    def _restyle(self) -> None:
        self.setStyleSheet(style(theme.current()))
        self._document.restyle(theme.current())


def _spent(sentences: tuple[str, str], seconds: float) -> str:
    short, long = sentences
    whole = max(1, round(seconds))
    if whole < _MINUTE:
        return say(short, n=whole)
    return say(long, minutes=whole // _MINUTE, n=whole % _MINUTE)
