"""Asking, stopping, asking again, and which conversation is on stage."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from app.fit import fit, offer
from app.model.attachments import Draft
from app.model.messages import Ending, Message, Reply
from app.model.profiles import Profile
from app.model.sentences import Sentence, sentence
from ui.journeys.answering import Answering, Rooms
from ui.journeys.drafting import Drafting
from ui.journeys.guarding import Guarding
from ui.journeys.listing import Listing
from ui.journeys.stage import Stage
from ui.journeys.weighing import Weighing
from ui.journeys.writing import Wanted, Writing
from ui.tasks import Tasks


class Conversing:
    """Shows one conversation; the replies of others go on being written behind it."""

    def __init__(
        self,
        stage: Stage,
        drafting: Drafting,
        listing: Listing,
        weighing: Weighing,
        guarding: Guarding,
        rooms: Rooms,
        tasks: Tasks,
    ) -> None:
        self._stage = stage
        self._drafting = drafting
        self._listing = listing
        self._weighing = weighing
        self._guarding = guarding
        self._rooms = rooms
        self._tasks = tasks
        self._answering = Answering(stage, drafting, weighing, rooms, self._read_instead)
        self._writing: dict[int | None, Writing] = {}
        self._wanted = object()
        view = stage.thread_view
        stage.composer.submitted.connect(lambda draft: tasks.start(self._ask(draft)))
        for stop in (stage.composer.stop_requested, stage.window.stop_requested, view.stop_requested):
            stop.connect(lambda: self.stop(self.thread))
        view.answer_now_requested.connect(self._answer_now)
        view.retry_requested.connect(self._retry)
        view.continue_requested.connect(lambda reply: tasks.start(self._again(reply, going_on=True)))
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
        self._answering.show(messages, writing)
        self._listing.select(thread)
        self._stage.composer.set_busy(writing is not None)
        self._weighing.remember(messages)
        self._stage.thread_view.show_left_out(self._weighing.left_out(messages))

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
            if not await self._rooms.is_there(writing.profile) or writing.stopped:
                return
            if not await self._guarding.may_resend(
                self._weighing.messages, writing.profile, lambda: writing.stopped
            ):
                self._weighing.again()
                return
            cleared = await self._guarding.clear(draft, writing.profile, lambda: writing.stopped)
            self._weighing.again()  # what is hidden now may cost less, and what was being done is no longer to be read
            if cleared is None or not await self._weighing.fits(cleared) or writing.stopped:
                return
            draft = cleared
            cut, earlier = self._weighing.cut, self._weighing.messages
            thread, question = await self._rooms.chat.ask(asked_in, draft)
            # Only now is it safe: the question and all that is attached are in the store.
            self._writing[thread] = writing
            self._drafting.sent(asked_in, draft, thread)
            if thread == self.thread:
                self._stage.thread_view.add_question(question)
                self._listing.select(thread)
            await self._listing.refresh()
            await self._answering.answer(Wanted(thread, (*earlier, question), cut), writing)

    def _answer_now(self) -> None:
        if writing := self._writing.get(self.thread):
            writing.answer_now()
            # The button that asked for this is gone, and the focus would wander off.
            self._stage.composer.focus_text()

    def _retry(self, reply_id: int) -> None:
        if writing := self._writing.get(self.thread):
            writing.try_now()
            self._stage.composer.focus_text()
        else:
            self._tasks.start(self._again(reply_id))

    async def _again(self, reply_id: int, *, profile: Profile | None = None, going_on: bool = False) -> None:
        """Have the last question answered by another reply, or have the one it got go on."""
        thread = self.thread
        if thread is None or thread in self._writing:
            return
        with self._reserved(thread) as writing:
            messages = await self._rooms.store.messages(thread)
            old = messages[-1] if messages else None
            if not isinstance(old, Reply) or old.id != reply_id or thread != self.thread:
                return
            profile = profile or (self._rooms.author(old) if going_on else self._rooms.profile())
            if profile is None:
                self._stage.notices.tell(sentence("window.no_author", name=old.profile), tone="warning")
                return
            if not await self._rooms.is_there(profile) or writing.stopped:
                return
            allowed = await self._guarding.may_resend(messages[:-1], profile, lambda: writing.stopped)
            self._weighing.again()
            if not allowed:
                return
            writing.profile = profile
            cut = self._weighing.cut_to_retry(messages[:-1], profile)
            if isinstance(cut, Sentence):
                again = partial(self._again, reply_id, profile=profile, going_on=going_on)
                self._tell_too_long(cut, messages[:-1], profile, lambda: self._tasks.start(again()))
                return
            self._stage.composer.focus_text()
            await self._answering.answer(Wanted(thread, messages[:-1], cut, old, going_on), writing)

    @contextmanager
    def _reserved(self, thread: int | None) -> Iterator[Writing]:
        """Let nothing else be asked in a conversation meanwhile; on every way out it can be asked again."""
        writing = self._writing[thread] = Writing(self._rooms.profile())
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

    def _tell_too_long(
        self, problem: Sentence, messages: tuple[Message, ...], profile: Profile, again: Callable[[], object]
    ) -> None:
        cut = fit(messages, profile, self._rooms.voices.limits(profile))
        if cut is None:
            self._stage.notices.tell(problem, tone="danger")
            return

        def accept() -> None:
            self._weighing.agree(messages)
            again()

        self._stage.notices.tell(problem, tone="danger", action=offer(cut), act=accept)

    def _read_instead(self, thread: int, writing: Writing) -> None:
        """Have the built-in reader answer what is still being tried, or what was given up."""
        reader = self._rooms.reader()
        if writing is self._writing.get(thread):
            writing.hand_to(reader)
            self._stage.composer.focus_text()
        elif thread == self.thread and writing.kept is not None:
            self._tasks.start(self._again(writing.kept.id, profile=reader))
