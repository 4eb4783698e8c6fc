"""Having a question answered: one turn, or several when the server is busy."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import count

from app.chat import Chat, Turn, has_text
from app.errors import Unreachable
from app.fit import NOTHING
from app.model.events import Events
from app.model.messages import Message, Reply
from app.model.profiles import Profile
from app.model.sentences import sentence
from app.store import Store
from app.voices import Voices
from ui.journeys.drafting import Drafting
from ui.journeys.retrying import Pause, pause_before_next
from ui.journeys.stage import Stage
from ui.journeys.weighing import Weighing
from ui.journeys.writing import Wanted, Writing
from ui.reply_view import ReplyView


@dataclass(frozen=True, slots=True)
class Rooms:
    """What a conversation needs of the rooms; `author` is the profile that wrote a reply, None when there is none.

    `is_there` tells whether a profile's server can be asked, and offers to start it where it does not run.
    """

    chat: Chat
    store: Store
    voices: Voices
    profile: Callable[[], Profile]
    reader: Callable[[], Profile]
    author: Callable[[Reply], Profile | None]
    is_there: Callable[[Profile], Awaitable[bool]]


class Answering:
    """Has replies written, each in its conversation; those of the one on stage are seen to grow."""

    def __init__(
        self,
        stage: Stage,
        drafting: Drafting,
        weighing: Weighing,
        rooms: Rooms,
        read_instead: Callable[[int, Writing], None],
    ) -> None:
        """`read_instead` is called when the user has the built-in reader answer a question nobody else would."""
        self._stage = stage
        self._drafting = drafting
        self._weighing = weighing
        self._rooms = rooms
        self._read_instead = read_instead
        self._view: ReplyView | None = None

    def show(self, messages: tuple[Message, ...], writing: Writing | None) -> None:
        """Show a conversation that has come on stage, and how far its reply is."""
        view = self._stage.thread_view
        turn = writing.turn if writing is not None else None
        if writing is None or turn is None:
            view.show_messages(messages)
            self._view = view.last_reply()
            if writing is not None and writing.pause is not None and self._view is not None:
                self._view.count_down(writing.pause.left)
            return
        hidden = {one.id for one in (turn.reply, writing.kept) if one is not None}
        view.show_messages(tuple(one for one in messages if one.id not in hidden))
        self._view = view.begin_reply(turn.so_far(), can_hurry=turn.can_hurry)
        if turn.circling is not None:
            self._view.show_events((turn.circling,))

    async def answer(self, wanted: Wanted, writing: Writing) -> None:
        """Have a question answered, as often as it takes; whatever happens, the best reply is kept."""
        for tried in count(1):
            profile, writing.kept = writing.profile, wanted.old
            turn, reply = await self._try(wanted, writing)
            writing.kept = kept = await self._keep(wanted, reply)
            handed = writing.profile != profile
            if not handed and not await self._go_again(wanted.thread, writing, turn, reply, tried):
                await self._settle(wanted.thread, reply, kept)
                return
            # Who it has been handed to meanwhile takes everything.
            cut = wanted.cut if writing.profile == profile else NOTHING
            wanted = replace(wanted, old=kept, going_on=False, cut=cut)

    async def _try(self, wanted: Wanted, writing: Writing) -> tuple[Turn, Reply]:
        thread, profile = wanted.thread, writing.profile
        voices, view = self._rooms.voices, self._stage.thread_view
        turn = await self._open(wanted, profile)
        writing.begin(turn)
        if self._is_on_stage(thread):
            if wanted.old is not None:
                view.show_messages(wanted.messages)
            self._view = view.begin_reply(turn.reply, can_hurry=turn.can_hurry)
            view.show_left_out(self._weighing.left_out(wanted.messages, wanted.cut))
        reply = await turn.run(partial(voices.get, profile), partial(self._show_events, thread))
        writing.turn = None
        if self._is_on_stage(thread):
            view.settle(reply)
        return turn, reply

    async def _open(self, wanted: Wanted, profile: Profile) -> Turn:
        limits = self._rooms.voices.limits(profile)
        old = wanted.old
        if wanted.going_on:
            return await self._rooms.chat.open(wanted.thread, profile, limits, continuing=old, cut=wanted.cut)
        return await self._rooms.chat.open(wanted.thread, profile, limits, instead_of=old, cut=wanted.cut)

    async def _keep(self, wanted: Wanted, reply: Reply) -> Reply:
        if wanted.old is None or wanted.going_on:
            return reply
        return await self._rooms.chat.replace(wanted.old, reply)

    async def _go_again(self, thread: int, writing: Writing, turn: Turn, reply: Reply, tried: int) -> bool:
        """Tell whether to try once more, after the pause that there has to be."""
        if writing.profile == self._rooms.reader():
            return False
        seconds = pause_before_next(turn.error, reply, tried)
        gone = isinstance(turn.error, Unreachable) and not has_text(reply)
        if gone and (tried == 1 or seconds is None):
            self._offer_reader(thread, writing)
        if seconds is None:
            return False
        writing.pause = Pause(seconds)
        try:
            return await writing.pause.wait(partial(self._count_down, thread))
        finally:
            writing.pause = None
            self._count_down(thread, None)

    def _is_on_stage(self, thread: int) -> bool:
        return thread == self._drafting.thread

    def _show_events(self, thread: int, events: Events) -> None:
        if self._is_on_stage(thread) and self._view is not None:
            self._view.show_events(events)

    def _count_down(self, thread: int, seconds: int | None) -> None:
        if self._is_on_stage(thread) and self._view is not None:
            self._view.count_down(seconds)

    async def _settle(self, thread: int, reply: Reply, kept: Reply) -> None:
        messages = await self._rooms.store.messages(thread)
        if not self._is_on_stage(thread):
            return
        if kept is not reply:
            # An earlier try was worth more: it comes back, and the user hears why the last one failed.
            self._stage.thread_view.show_messages(messages)
            self._stage.thread_view.show_left_out(self._weighing.left_out(messages))
            if reply.fault is not None:
                self._stage.notices.tell(reply.fault, tone="danger")
        self._weighing.remember(messages)

    def _offer_reader(self, thread: int, writing: Writing) -> None:
        self._stage.notices.tell(
            sentence("window.offer_reader"),
            tone="warning",
            action=sentence("window.use_reader"),
            act=lambda: self._read_instead(thread, writing),
        )
