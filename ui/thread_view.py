"""A conversation, newest below: follows what is written unless the reader has scrolled away."""

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.i18n import say
from app.model.messages import Ending, Message, Question, Reply
from app.model.sentences import Sentence
from ui import highlight, theme
from ui.attachment_tile import SIDE
from ui.column import Column
from ui.empty_page import EmptyPage
from ui.icons import IconButton
from ui.names import is_reader
from ui.question_view import QuestionView
from ui.reply_view import ReplyView
from ui.text_view import TextView
from ui.theme import SPACE, Theme
from ui.thumbnails import Loader, Thumbnails

AT_ONCE = 20  # messages that are built when a conversation opens
MORE = 10  # and whenever the reader comes near the oldest of them
_NEAR = 24  # pixels from the bottom that still count as being there
_STEP = 48
_UPDATE = QEvent.Type.UpdateRequest.value

_ENDINGS = {Ending.STOPPED: "thread.stopped", Ending.BROKEN: "thread.failed"}


def style(now: Theme) -> str:
    """Return the style sheet of the conversation."""
    return f"""
#thread {{ background: {now.window}; }}
#latest {{ background: {now.window}; border: 1px solid {now.line}; border-radius: 18px; }}
#latest:hover {{ background: {now.hover}; }}
#latest:focus {{ border: 2px solid {now.focus}; }}
"""


class ThreadView(QScrollArea):
    """The messages of one conversation.

    `retry_requested` and `continue_requested` have the id of a reply; `attachment_opened` an `Attachment` and the number of a
    picture; `reasoning_toggled` tells that the user opened or folded a reasoning.
    """

    answer_now_requested = Signal()
    continue_requested = Signal(int)
    retry_requested = Signal(int)
    stop_requested = Signal()
    attachment_opened = Signal(object, int)
    reasoning_toggled = Signal(bool)
    try_region = Signal()
    try_file = Signal()

    def __init__(self, load: Loader, parent: QWidget | None = None) -> None:
        """`load` returns the bytes of a stored picture."""
        super().__init__(parent)
        self.setObjectName("thread")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._thumbnails = Thumbnails(load, SIDE, self.devicePixelRatioF(), self)
        self._older: list[Message] = []
        self._left_out: Mapping[int, Sentence] = {}
        self._reasoning_open = False
        self._live: ReplyView | None = None
        self._column = Column()
        self.setWidget(self._column)
        self._empty = EmptyPage(self.viewport())
        self._latest = IconButton("down", self)
        self._latest.setObjectName("latest")
        self._latest.call(say("thread.latest"))
        self._latest.setFixedSize(36, 36)
        self._latest.hide()
        self._following = True
        self._anchor: tuple[QWidget, int] | None = None
        self._placing = False
        self._connect()
        self._restyle()
        self._show_emptiness()
        self.verticalScrollBar().setSingleStep(_STEP)

    def show_messages(self, messages: Sequence[Message]) -> None:
        """Show a conversation from its end; what is older is built when the reader comes near it."""
        self._forget()
        self._older = list(messages)
        self._build_older(AT_ONCE)
        self.jump_to_latest()

    def add_question(self, question: Question) -> None:
        """Add what the user has just asked; what came before it is settled."""
        for view in self._column.views[-1:]:
            _end_retry(view)
        self._add(self._build(question))
        self.jump_to_latest()

    def begin_reply(self, reply: Reply, *, can_hurry: bool = True) -> ReplyView:
        """Add a reply that is being written, and can perhaps be told to answer now, and return its view."""
        self._live = live = self._build_reply(reply, can_hurry=can_hurry)
        self._add(live)
        # The model takes its time before the first letter; use it.
        QTimer.singleShot(0, self, partial(highlight.warm_up, theme.current().pygments))
        self.jump_to_latest()
        self._announce(say("thread.generating"))
        return live

    def settle(self, reply: Reply) -> None:
        """Show how the reply that was being written has ended."""
        if self._live is not None:
            self._live.settle(reply)
            if self._following and is_reader(reply) and reply.ended is Ending.FINISHED:
                self._go_to(self._live)
            self._live = None
            self._announce(say(_ENDINGS.get(reply.ended, "thread.complete")))

    def last_reply(self) -> ReplyView | None:
        """Return the view of the reply that stands last, None if something else does."""
        last = self._column.views[-1] if self._column.views else None
        return last if isinstance(last, ReplyView) else None

    def show_left_out(self, told: Mapping[int, Sentence]) -> None:
        """Say beside these questions, by their ids, that a model does not get to read them any more, or not whole."""
        self._left_out = told
        for view in self._column.views:
            if isinstance(view, QuestionView):
                view.set_note(told.get(view.question.id))
        self._place()

    def clear(self) -> None:
        """Show that there is nothing yet."""
        self._forget()
        self._show_emptiness()

    def set_reasoning_open(self, is_open: bool) -> None:
        """Have the reasoning of replies that are added from now on opened or folded."""
        self._reasoning_open = is_open

    def jump_to_latest(self) -> None:
        """Go to the end and stay there while it grows."""
        self._following = True
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the views for the new width."""
        super().resizeEvent(event)
        self._empty.setGeometry(self.viewport().rect())
        self._place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Home and End for the ends of the conversation."""
        bar = self.verticalScrollBar()
        if event.key() == Qt.Key.Key_Home:
            bar.setValue(bar.minimum())
        elif event.key() == Qt.Key.Key_End:
            self.jump_to_latest()
        else:
            super().keyPressEvent(event)

    def _connect(self) -> None:
        self._column.grown.connect(self._place)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self._latest.clicked.connect(self.jump_to_latest)
        self._empty.try_region.connect(self.try_region)
        self._empty.try_file.connect(self.try_file)
        theme.signals().changed.connect(self._restyle)

    def _add(self, view: QWidget) -> None:
        self._column.insert(len(self._column.views), view)
        self._show_emptiness()

    def _build(self, message: Message) -> QWidget:
        return self._build_question(message) if isinstance(message, Question) else self._build_reply(message)

    def _build_question(self, message: Question) -> QuestionView:
        view = QuestionView(message, self._thumbnails)
        view.set_note(self._left_out.get(message.id))
        view.attachment_opened.connect(self.attachment_opened)
        self._hear_selections(view)
        return view

    def _build_reply(self, message: Reply, *, can_hurry: bool = True) -> ReplyView:
        view = ReplyView(message, reasoning_open=self._reasoning_open, can_hurry=can_hurry)
        for name in ("answer_now_requested", "continue_requested", "retry_requested", "stop_requested"):
            getattr(view, name).connect(getattr(self, name))
        view.unfolding.connect(self._hold)
        view.reasoning_toggled.connect(partial(self._stay_at, view))
        view.reasoning_toggled.connect(self.reasoning_toggled)
        self._hear_selections(view)
        return view

    def _hear_selections(self, view: QWidget) -> None:
        for text in view.findChildren(TextView):
            text.dragged.connect(partial(self._follow_selection, text))

    def _go_to(self, view: QWidget) -> None:
        """Bring the beginning of a reply into view: the reader puts first what was asked for."""
        self._following = False
        self._anchor = view, -SPACE
        self._place()

    def _stay_at(self, view: ReplyView, _is_open: bool) -> None:
        """Keep the line that was clicked under the pointer, unless the reader follows what is being written."""
        value = self.verticalScrollBar().value()
        top = view.reasoning.mapTo(self._column, QPoint(0, 0)).y()
        if view is not self._live and top >= value:
            self._following = False
            self._anchor = view.reasoning, value - top

    def _hold(self) -> None:
        """Keep what the reader sees where it is while something below it unfolds."""
        self._following = False
        self._anchor = self._at_top(self.verticalScrollBar().value())

    def _build_older(self, count: int) -> None:
        for message in reversed(self._older[-count:]):
            view = self._build(message)
            if self._column.views:
                _end_retry(view)
            self._column.insert(0, view)
        del self._older[-count:]
        self._show_emptiness()
        self._place()

    def _forget(self) -> None:
        self._column.clear()
        self._older, self._live, self._anchor = [], None, None
        self._left_out = {}

    def _show_emptiness(self) -> None:
        self._empty.setVisible(not self._column.views)
        self._column.setVisible(bool(self._column.views))

    def _place(self) -> None:
        """Place the views and scroll so that what the reader sees stays where it is."""
        if self._placing:
            return
        self._placing = True
        room = self.viewport()
        self._column.place(room.width(), room.height())
        bar = self.verticalScrollBar()
        if self._following and bar.value() != bar.maximum():
            # What has changed is painted first: Qt moves what is painted, and paints anew all that is not.
            QCoreApplication.sendPostedEvents(self.window(), _UPDATE)
            bar.setValue(bar.maximum())
        elif not self._following and self._anchor is not None:
            widget, offset = self._anchor
            bar.setValue(widget.mapTo(self._column, QPoint(0, 0)).y() + offset)
        self._placing = False
        self._show_way_back()

    def _scrolled(self, value: int) -> None:
        if self._placing:
            return
        bar = self.verticalScrollBar()
        self._following = value >= bar.maximum() - _NEAR
        self._anchor = self._at_top(value)
        self._show_way_back()
        if self._older and value < 2 * self.viewport().height():
            QTimer.singleShot(0, self, self._more)

    def _more(self) -> None:
        if self._older and self.verticalScrollBar().value() < 2 * self.viewport().height():
            self._build_older(MORE)

    def _at_top(self, value: int) -> tuple[QWidget, int] | None:
        """Return the text that is at the upper edge, and how much of it is above."""
        view = next((view for view in self._column.views if view.geometry().bottom() >= value), None)
        if view is None:
            return None
        # Within a reply the answer stands still while the reasoning above it unfolds.
        inner = next(
            (
                text
                for text in view.findChildren(TextView)
                if text.isVisible() and text.mapTo(self._column, QPoint(0, text.height())).y() >= value
            ),
            view,
        )
        return inner, value - inner.mapTo(self._column, QPoint(0, 0)).y()

    def _show_way_back(self) -> None:
        bar = self.verticalScrollBar()
        self._latest.setVisible(not self._following and bar.value() < bar.maximum())
        room = self.viewport().geometry()
        self._latest.move(
            room.center().x() - self._latest.width() // 2, room.bottom() - self._latest.height() - SPACE
        )

    def _follow_selection(self, text: TextView, y: int) -> None:
        at = text.viewport().mapTo(self._column, QPoint(0, y))
        self.ensureVisible(at.x(), at.y(), 0, SPACE)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._latest.call(say("thread.latest"))

    def _announce(self, words: str) -> None:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    def _restyle(self) -> None:
        self.setStyleSheet(style(theme.current()))


def _end_retry(view: QWidget) -> None:
    # Only the last question can be asked again: later ones build on the reply it got.
    if isinstance(view, ReplyView):
        view.end_retry()
