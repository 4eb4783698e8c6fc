"""The line below a reply: what it is doing or how it ended, and what can be done about it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from app.i18n import say
from app.model import Ending, Reply
from ui.theme import SPACE

_ENDINGS = {Ending.STOPPED: ("reply.stopped", "muted"), Ending.CUT: ("reply.cut", "warning")}


class ReplyState(QWidget):
    """One sentence with a Stop or a Retry."""

    stop_requested = Signal()
    retry_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._may_retry = True
        self._words = QLabel()
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._words.setObjectName("reply-state")
        self._stop = QPushButton()
        self._stop.setObjectName("reply-stop")
        self._retry = QPushButton()
        self._retry.setObjectName("reply-retry")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        row.addWidget(self._words)
        row.addWidget(self._stop)
        row.addWidget(self._retry)
        row.addStretch(1)
        self._stop.clicked.connect(self.stop_requested)
        self._retry.clicked.connect(self.retry_requested)

    def show_state(self, reply: Reply, *, thinking: bool, answering: bool) -> None:
        """Say how a reply stands: `thinking` and `answering` tell what has come of it."""
        self._stop.setText(say("reply.stop"))
        self._retry.setText(say("reply.retry"))
        words, look = _sentence(reply, thinking=thinking, answering=answering)
        if self._words.text() != words or self._words.property("look") != look:
            self._words.setText(words)
            self._words.setProperty("look", look)
            # A style sheet does not notice that a property has changed.
            self._words.style().polish(self._words)
        self._words.setVisible(bool(words))
        self._stop.setVisible(reply.ended is Ending.WRITING)
        wanting = reply.ended in (Ending.STOPPED, Ending.BROKEN) or _is_empty(reply, answering=answering)
        self._retry.setVisible(wanting and self._may_retry)
        self._widen()

    def end_retry(self) -> None:
        """Offer no Retry from now on."""
        self._may_retry = False
        self._retry.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the sentence the room there is."""
        super().resizeEvent(event)
        self._widen()

    def _widen(self) -> None:
        # Left to itself, a label that may wrap does so long before it must.
        beside = max(self._stop.sizeHint().width(), self._retry.sizeHint().width()) + SPACE
        wish = self._words.fontMetrics().horizontalAdvance(self._words.text()) + 4
        self._words.setMinimumWidth(max(min(wish, self.width() - beside), 0))


def _is_empty(reply: Reply, *, answering: bool) -> bool:
    return reply.ended is Ending.FINISHED and not answering


def _sentence(reply: Reply, *, thinking: bool, answering: bool) -> tuple[str, str]:
    if reply.ended is Ending.WRITING:
        busy = say("reply.writing" if answering else "reply.waiting")
        return ("" if thinking else busy), "muted"
    if reply.ended is Ending.BROKEN:
        return _fault(reply, answering=answering), "danger"
    if _is_empty(reply, answering=answering):
        return say("reply.empty"), "muted"
    key, look = _ENDINGS.get(reply.ended, ("", "muted"))
    return (say(key) if key else ""), look


def _fault(reply: Reply, *, answering: bool) -> str:
    if reply.fault is None:
        return say("reply.broken")
    why = say(reply.fault)
    return say("reply.broken_off", why=why) if answering else why
