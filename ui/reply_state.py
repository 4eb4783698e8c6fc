"""The line below a reply: what it is doing or how it ended, and what can be done about it."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QPushButton, QWidget

from app.chat import has_text
from app.i18n import say
from app.model.messages import Ending, Reply
from ui.layout import label, row, set_look, set_tip
from ui.theme import SPACE

ANSWER_NOW_KEY = "Ctrl+J"

_ENDINGS = {Ending.STOPPED: ("reply.stopped", "muted"), Ending.CUT: ("reply.cut", "warning")}
# From left to right: what each button says, and what its tip does.
_BUTTONS = {
    "answer_now": ("reply.answer_now", "reply.answer_now_tip"),
    "continue": ("reply.continue", "reply.continue_tip"),
    "retry": ("reply.retry", "reply.retry_tip"),
    "now": ("reply.try_now", ""),
    "stop": ("reply.stop", ""),
    "cancel": ("reply.cancel", ""),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a reply stands.

    `thinking`: it is, now.  `answering`: something of its answer has come.  `can_hurry`: it can be told to answer now,
    and `hurried`: it has been.  `circling`: it repeats itself.  `seconds` are those until it is tried again by itself, None if it is not.
    """

    reply: Reply
    thinking: bool = False
    answering: bool = False
    can_hurry: bool = True
    hurried: bool = False
    circling: bool = False
    seconds: int | None = None


class ReplyState(QWidget):
    """One sentence, and a button for everything that can be done.

    The Stop that is always there is not here but in the composer, in the place of Send: there it neither moves nor
    scrolls away.
    """

    answer_now_requested = Signal()
    continue_requested = Signal()
    retry_requested = Signal()
    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_last = True
        self._words = label(wrap=True)
        self._words.setObjectName("reply-state")
        self._countdown = label("muted")
        self._countdown.setObjectName("reply-countdown")
        self._buttons = {name: QPushButton() for name in _BUTTONS}
        self._acts = QWidget()
        acts = row(self._acts)
        acts.addWidget(self._countdown)
        for name, button in self._buttons.items():
            button.setObjectName(f"reply-{name}")
            acts.addWidget(button)
        acts.addStretch(1)
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(SPACE)
        self._line.addWidget(self._words)
        self._line.addWidget(self._acts, 1)
        self._connect()
        self._speak()

    def show_standing(self, now: Standing) -> None:
        """Say how a reply stands, and offer what can be done about it."""
        words, look = _sentence(now)
        self._words.setText(words)
        set_look(self._words, "look", look)
        self._words.setVisible(bool(words))
        self._countdown.setVisible(now.seconds is not None)
        self._countdown.setText("" if now.seconds is None else say("reply.trying_again", n=now.seconds))
        wanted = _offers(now) if self._is_last else ()
        for name, button in self._buttons.items():
            button.setVisible(name in wanted)
        self._acts.setVisible(bool(wanted))
        self._arrange()

    def end_retry(self) -> None:
        """Offer nothing from now on: the conversation has gone on."""
        self._is_last = False
        self._acts.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the sentence the room there is."""
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._speak()

    def _connect(self) -> None:
        signals = {
            "answer_now": self.answer_now_requested,
            "continue": self.continue_requested,
            "retry": self.retry_requested,
            "now": self.retry_requested,
            "stop": self.stop_requested,
            "cancel": self.stop_requested,
        }
        for name, signal in signals.items():
            self._buttons[name].clicked.connect(signal)

    def _speak(self) -> None:
        for name, (words, tip) in _BUTTONS.items():
            button = self._buttons[name]
            button.setText(say(words))
            set_tip(button, say(tip) if tip else "")
        # Words set anew take the key away.
        self._buttons["answer_now"].setShortcut(ANSWER_NOW_KEY)
        set_tip(self._buttons["answer_now"], f"{say('reply.answer_now_tip')} ({ANSWER_NOW_KEY})")

    def _arrange(self) -> None:
        """Put the buttons behind the sentence, or below it where there is no room."""
        # Left to itself, a label that may wrap does so long before it must.
        wish = self._words.fontMetrics().horizontalAdvance(self._words.text()) + 4
        beside = 0 if self._acts.isHidden() else self._acts.sizeHint().width() + SPACE
        fits = wish + beside <= self.width()
        self._line.setDirection(
            QBoxLayout.Direction.LeftToRight if fits else QBoxLayout.Direction.TopToBottom
        )
        self._words.setMinimumWidth(max(min(wish, self.width()), 0))


def _offers(now: Standing) -> tuple[str, ...]:
    """Return the buttons that make sense, by name."""
    reply = now.reply
    if reply.ended is Ending.WRITING:
        hurry = now.thinking and now.can_hurry and not now.hurried
        return ("answer_now",) * hurry + ("stop",) * now.circling
    if now.seconds is not None:
        return "now", "cancel"
    if reply.ended is Ending.FINISHED and now.answering:
        return ()
    return ("continue", "retry") if has_text(reply) else ("retry",)


def _sentence(now: Standing) -> tuple[str, str]:
    """Return what to say, and how it looks."""
    reply = now.reply
    if reply.ended is Ending.WRITING:
        return _progress(now), "muted"
    if reply.ended is Ending.BROKEN:
        return _fault(now), "danger"
    if reply.ended is Ending.FINISHED and not now.answering:
        return say("reply.empty"), "muted"
    key, look = _ENDINGS.get(reply.ended, ("", "muted"))
    return (say(key) if key else ""), look


def _progress(now: Standing) -> str:
    if now.hurried and not now.answering:
        return say("reply.hurried")
    if now.circling:
        return say("reply.circling")
    if now.thinking:
        return ""
    return say("reply.writing" if now.answering else "reply.waiting")


def _fault(now: Standing) -> str:
    if now.reply.fault is None:
        return say("reply.broken")
    why = say(now.reply.fault)
    return say("reply.broken_off", why=why) if now.answering else why
