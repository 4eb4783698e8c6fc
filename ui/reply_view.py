"""One reply, while it is written and afterwards: both go the same way."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.i18n import say
from app.model.events import Answer, Events, Looping, Reasoning, Steered
from app.model.messages import Ending, Reply, Steering
from app.repetition import restated_from
from ui import theme
from ui.code_copy import CodeButtons, CopyButton
from ui.layout import set_look, set_tip
from ui.names import answerer, is_reader
from ui.reasoning_pane import ReasoningPane
from ui.reply_note import details, note
from ui.reply_state import ReplyState, Standing
from ui.streaming_document import StreamingDocument
from ui.text_view import TextView
from ui.theme import SPACE

BEAT = 50  # milliseconds between two looks at what has come: at most twenty a second
CATCH_UP = 5  # milliseconds between two slices of what came at once
SLICE = 3_000  # letters of one slice
FOLDABLE = 20_000  # letters of an answer that is looked through for an end that says the same again

_HURRIED = {
    Steering.ANSWER_NOW,
    Steering.BUDGET_SPENT,
    Steering.REASONING_END,
    Steering.CONTINUED,
    Steering.ASKED_AGAIN,
}


class ReplyView(QWidget):
    """The reasoning, the answer, and how it ended.

    `retry_requested` and `continue_requested` have the id of the reply; `unfolding` tells that there will be more below.
    """

    answer_now_requested = Signal()
    continue_requested = Signal(int)
    retry_requested = Signal(int)
    stop_requested = Signal()
    unfolding = Signal()
    reasoning_toggled = Signal(bool)

    def __init__(
        self,
        reply: Reply,
        parent: QWidget | None = None,
        *,
        reasoning_open: bool = False,
        can_hurry: bool = True,
    ) -> None:
        """`can_hurry`: who writes it can be told to answer now."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StaticContents)
        self._reply = reply
        self._came: list[str] = []  # of the answer, as the server sent it
        self._can_hurry = can_hurry
        self._hurried = not _HURRIED.isdisjoint(reply.steering)
        self._circling = False
        self._seconds: int | None = None
        self._who = QLabel()
        self._who.setTextFormat(Qt.TextFormat.PlainText)
        self._who.setWordWrap(True)
        self._who.setProperty("look", "small")
        self._pane = ReasoningPane(is_open=reasoning_open)
        self._view = TextView()
        self._document = StreamingDocument(self._view.document(), theme.current())
        self._view.source_text = self.answer
        self._code = CodeButtons(self._view.viewport(), self._view.document())
        self._more = QPushButton()
        self._copy = CopyButton("reply.copy_answer")
        self._copy.setObjectName("copy-answer")
        self._state = ReplyState()
        self._timer = QTimer(self, singleShot=True)
        self._arrange()
        self._connect()
        if reply.ended is Ending.WRITING:
            self._take(reply.reasoning, reply.answer)
            if reply.thought is not None:  # before it broke off; now it goes on
                self._pane.finish(reply.thought)
            self._show_state()
        else:
            self.settle(reply)

    @property
    def reasoning(self) -> QWidget:
        """The pane of the reasoning, its clickable line on top."""
        return self._pane

    def answer(self) -> str:
        """Return the whole answer, as Markdown."""
        return self._document.source

    def show_events(self, events: Events) -> None:
        """Take what came; it is laid out at the next beat."""
        for event in events:
            if isinstance(event, Reasoning):
                self._take(event.text, "")
            elif isinstance(event, Answer):
                self._take("", event.text)
            elif isinstance(event, Steered):
                self._hurried = self._hurried or event.by in _HURRIED
            elif isinstance(event, Looping):
                # The reader quotes: what stands on every page is there many times by right.
                self._circling = not event.over and not is_reader(self._reply)
        if not self._timer.isActive():
            self._timer.start(BEAT)

    def settle(self, reply: Reply) -> None:
        """Show a reply that has ended, as it was stored."""
        self._reply = reply
        came, reasoned = "".join(self._came), self._pane.text()
        if not reply.answer.startswith(came):
            self._document.clear()
            self._came, came = [], ""
        rest = reply.reasoning[len(reasoned) :] if reply.reasoning.startswith(reasoned) else ""
        self._take(rest, reply.answer[len(came) :])
        self._document.finish()
        self._fold_restated()
        self._pane.finish(reply.thought)
        self.flush()

    def count_down(self, seconds: int | None) -> None:
        """Say that it will be tried again by itself in so many seconds; None when it will not, or is."""
        self._seconds = seconds
        self._show_state()

    def end_retry(self) -> None:
        """Offer neither to try it again nor to go on with it."""
        self._state.end_retry()

    def flush(self) -> None:
        """Lay out what came, at most a slice of it; the rest follows by itself."""
        more = self._document.work(SLICE)
        more = self._pane.work(SLICE) or more
        self._view.setVisible(not self._view.document().isEmpty())
        self._code.place(self._document.cards)
        self._show_state()
        if more:
            self._timer.start(CATCH_UP)

    def _take(self, reasoning: str, answer: str) -> None:
        if reasoning:
            if not self._pane.text() and self._reply.ended is Ending.WRITING:
                self._pane.begin()
            self._pane.add(reasoning)
        if answer:
            if self._pane.is_thinking():
                self._pane.finish(None)
            self._came.append(answer)
            self._document.write(answer)

    def _arrange(self) -> None:
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, 0, 0)
        foot.addWidget(self._copy, alignment=Qt.AlignmentFlag.AlignTop)
        foot.addWidget(self._state, stretch=1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(self._who)
        column.addWidget(self._pane)
        column.addWidget(self._view, stretch=1)
        column.addWidget(self._more, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addLayout(foot)

    def _connect(self) -> None:
        self._timer.timeout.connect(self.flush)
        self._pane.toggled.connect(self._toggled)
        self._view.laid_out.connect(lambda: self._code.place(self._document.cards))
        self._more.clicked.connect(self._show_all)
        self._copy.clicked.connect(lambda: self._copy.copy(self.answer()))
        self._state.answer_now_requested.connect(self._hurry)
        self._state.continue_requested.connect(lambda: self.continue_requested.emit(self._reply.id))
        self._state.retry_requested.connect(lambda: self.retry_requested.emit(self._reply.id))
        self._state.stop_requested.connect(self.stop_requested)
        theme.signals().changed.connect(self._restyle)

    def _toggled(self, is_open: bool) -> None:
        # Before anything moves, so that whoever listens can say what has to stay.
        self.reasoning_toggled.emit(is_open)
        self.flush()

    def _hurry(self) -> None:
        self._hurried = True
        self._show_state()
        self.answer_now_requested.emit()

    def _fold_restated(self) -> None:
        """Fold an end that says only what was said; live and stored replies go the same way."""
        text = self.answer()
        if (
            len(text) <= FOLDABLE
            and not is_reader(self._reply)
            and (start := restated_from(text)) is not None
        ):
            self._document.fold(start)

    def _show_all(self) -> None:
        self.unfolding.emit()
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)  # the button will be gone
        self._document.show_all()
        self.flush()

    def _show_state(self) -> None:
        reply = self._reply
        who = answerer(reply)
        self._who.setText(" · ".join(filter(None, (who, note(reply)))))
        set_tip(self._who, details(reply))
        self._who.setAccessibleDescription(details(reply))
        self._view.setAccessibleName(say("reply.answer_by", who=who))
        self._pane.setVisible(bool(self._pane.text()))
        self._copy.setVisible(bool(self._came) and reply.ended is not Ending.WRITING)
        hidden, folded = self._document.hidden, self._document.is_folded
        self._more.setVisible(hidden > 0)
        self._more.setText(say("reply.restated") if folded else say("reply.show_all", n=f"{hidden:,}"))
        set_look(self._more, "look", "quiet" if folded else "")
        self._state.show_standing(
            Standing(
                reply,
                thinking=self._pane.is_thinking(),
                answering=bool(self._came),
                can_hurry=self._can_hurry,
                hurried=self._hurried,
                circling=self._circling,
                seconds=self._seconds,
            )
        )

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._show_state()

    def _restyle(self) -> None:
        self._document.restyle(theme.current())
        self._code.place(self._document.cards)
