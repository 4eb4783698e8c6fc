"""Asking, stopping, asking again, and which conversation is on stage."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from app.chat import Chat, Turn
from app.errors import Unreachable
from app.model import Draft, Ending, Events, Message, Profile, Reply, sentence
from app.plan import excess, load_of, request_for
from app.store import Store
from app.voices import Voices
from ui.journeys.drafting import Drafting
from ui.journeys.listing import Listing
from ui.journeys.stage import Stage
from ui.journeys.weighing import Weighing
from ui.reply_view import ReplyView
from ui.tasks import Tasks


@dataclass(frozen=True, slots=True)
class Rooms:
    """What a conversation needs of the rooms."""

    chat: Chat
    store: Store
    voices: Voices
    profile: Callable[[], Profile]
    reader: Callable[[], Profile]


@dataclass(slots=True)
class _Writing:
    """A reply on its way, from the moment the user asked for it: Stop works before there is a turn to stop."""

    turn: Turn | None = None
    stopped: bool = False

    def stop(self) -> None:
        self.stopped = True
        if self.turn is not None:
            self.turn.stop()

    def begin(self, turn: Turn) -> None:
        self.turn = turn
        if self.stopped:
            turn.stop()


class Conversing:
    """Shows one conversation; the replies of others go on being written behind it."""

    def __init__(
        self,
        stage: Stage,
        drafting: Drafting,
        listing: Listing,
        weighing: Weighing,
        rooms: Rooms,
        tasks: Tasks,
    ) -> None:
        self._stage = stage
        self._drafting = drafting
        self._listing = listing
        self._weighing = weighing
        self._rooms = rooms
        self._tasks = tasks
        self._writing: dict[int | None, _Writing] = {}
        self._wanted = object()
        self._reply_view: ReplyView | None = None
        stage.composer.submitted.connect(lambda draft: tasks.start(self._ask(draft)))
        for stop in (
            stage.composer.stop_requested,
            stage.thread_view.stop_requested,
            stage.window.stop_requested,
        ):
            stop.connect(lambda: self.stop(self.thread))
        stage.thread_view.retry_requested.connect(lambda reply: tasks.start(self._retry(reply)))
        stage.history.thread_chosen.connect(lambda thread: tasks.start(self.show(thread)))
        stage.window.new_requested.connect(lambda: tasks.start(self._begin_new()))

    @property
    def thread(self) -> int | None:
        """The conversation on stage; None while it has no question yet."""
        return self._drafting.thread

    def stop(self, thread: int | None) -> None:
        """End the reply of a conversation; what came of it is kept."""
        if writing := self._writing.get(thread):
            writing.stop()

    async def show(self, thread: int | None) -> None:
        """Bring a conversation on stage, its draft with it; the last one asked for wins."""
        self._wanted = wanted = object()
        await self._drafting.load(thread)
        messages = await self._messages(thread)
        if self._wanted is not wanted:
            return
        self._drafting.show(thread)
        writing = self._writing.get(thread)
        turn = writing.turn if writing is not None else None
        view = self._stage.thread_view
        if turn is None:
            view.show_messages(messages)
        else:
            view.show_messages(tuple(one for one in messages if one.id != turn.reply.id))
            self._reply_view = view.begin_reply(turn.so_far())
        self._listing.select(thread)
        self._stage.composer.set_busy(writing is not None)
        self._weighing.remember(messages)

    async def _messages(self, thread: int | None) -> tuple[Message, ...]:
        """Return a conversation; not one whose reply has ended since it was read."""
        while thread is not None:
            messages = await self._rooms.store.messages(thread)
            last = messages[-1] if messages else None
            if thread in self._writing or not (isinstance(last, Reply) and last.ended is Ending.WRITING):
                return messages
        return ()

    async def _begin_new(self) -> None:
        await self.show(None)
        self._stage.composer.focus_text()

    async def _ask(self, draft: Draft) -> None:
        asked_in = self.thread
        if asked_in in self._writing:
            return
        with self._reserved(asked_in) as writing:
            thread, question = await self._rooms.chat.ask(asked_in, draft)
            # Only now is it safe: the question and all that is attached are in the store.
            self._writing[thread] = writing
            self._drafting.sent(asked_in, draft, thread)
            if thread == self.thread:
                self._stage.thread_view.add_question(question)
                self._listing.select(thread)
            await self._listing.refresh()
            await self._answer(thread, self._rooms.profile(), writing)

    async def _retry(self, reply_id: int, profile: Profile | None = None) -> None:
        thread = self.thread
        if thread is None or thread in self._writing:
            return
        with self._reserved(thread) as writing:
            messages = await self._rooms.store.messages(thread)
            old = messages[-1] if messages else None
            if not isinstance(old, Reply) or old.id != reply_id or thread != self.thread:
                return
            profile = profile or self._rooms.profile()
            limits = self._rooms.voices.limits(profile)
            problem = excess(load_of(request_for(messages[:-1], profile, limits)), profile, limits)
            if problem is not None:
                self._stage.notices.tell(problem, tone="danger")
                return
            self._stage.thread_view.show_messages(messages[:-1])
            # The button that asked for this is gone, and the focus would wander off.
            self._stage.composer.focus_text()
            await self._answer(thread, profile, writing, old)

    @contextmanager
    def _reserved(self, thread: int | None) -> Iterator[_Writing]:
        """Let nothing else be asked in a conversation meanwhile; on every way out it can be asked again."""
        writing = self._writing[thread] = _Writing()
        if thread == self.thread:
            self._stage.composer.set_busy(True)
        try:
            yield writing
        finally:
            done = [place for place, one in self._writing.items() if one is writing]
            for place in done:
                del self._writing[place]
            if self.thread in done:
                self._stage.composer.set_busy(False)

    async def _answer(
        self, thread: int, profile: Profile, writing: _Writing, old: Reply | None = None
    ) -> None:
        voices, chat = self._rooms.voices, self._rooms.chat
        turn = await chat.open(thread, profile, voices.limits(profile), instead_of=old)
        writing.begin(turn)
        if thread == self.thread:
            self._reply_view = self._stage.thread_view.begin_reply(turn.reply)
        reply = await turn.run(partial(voices.get, profile), partial(self._show_events, thread))
        if thread == self.thread:
            self._stage.thread_view.settle(reply)
        kept = reply if old is None else await chat.replace(old, reply)
        if thread == self.thread:
            await self._settle(thread, reply, kept)
        if isinstance(turn.error, Unreachable) and profile != self._rooms.reader():
            self._offer_reader(thread, kept)

    def _show_events(self, thread: int, events: Events) -> None:
        if thread == self.thread and self._reply_view is not None:
            self._reply_view.show_events(events)

    async def _settle(self, thread: int, reply: Reply, kept: Reply) -> None:
        messages = await self._rooms.store.messages(thread)
        if thread != self.thread:
            return
        if kept is not reply:
            # The first try was worth more: it comes back, and the user hears why the second failed.
            self._stage.thread_view.show_messages(messages)
            if reply.fault is not None:
                self._stage.notices.tell(reply.fault, tone="danger")
        self._weighing.remember(messages)

    def _offer_reader(self, thread: int, reply: Reply) -> None:
        def accept() -> None:
            if thread == self.thread:
                self._tasks.start(self._retry(reply.id, self._rooms.reader()))

        self._stage.notices.tell(
            sentence("window.offer_reader"), tone="warning", action=sentence("window.use_reader"), act=accept
        )
