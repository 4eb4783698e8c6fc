"""One turn: keep the question, stream the reply, keep the reply."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace

from app.errors import AppError, StoreError
from app.fit import NOTHING, Cut, without
from app.heard import Heard
from app.model.attachments import Draft
from app.model.events import Answer, Events, Looping, Reasoning
from app.model.limits import Limits
from app.model.messages import Question, Reply, Wish
from app.model.profiles import Profile
from app.model.requests import Begun, Request
from app.model.sentences import Sentence
from app.plan import request_for
from app.ports import Backend
from app.repetition import ReplyGuard
from app.store import Store
from app.stream import Stream

FLUSH = 0.25  # seconds: the most of an answer that a kill can take


class Chat:
    """Asks and answers; every word is in the store before it counts."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def ask(self, thread: int | None, draft: Draft) -> tuple[int, Question]:
        """Keep a question, in a new conversation if `thread` is None, before any network is touched.

        Returns the conversation and the question; raises `StoreError`, with nothing kept.
        """
        if thread is None:
            begun, question = await self._store.begin_thread(title_of(draft), draft)
            return begun.id, question
        return thread, await self._store.append_question(thread, draft)

    async def open(
        self,
        thread: int,
        profile: Profile,
        limits: Limits,
        instead_of: Reply | None = None,
        continuing: Reply | None = None,
        cut: Cut = NOTHING,
    ) -> "Turn":
        """Begin the reply to the last question of a conversation; raises `StoreError`.

        `instead_of` is an earlier reply to it, which the model does not get to see; `continuing` one that has ended
        too early and now goes on, as the same reply: with its answer, or where it had only thought, with one.
        `cut` is left out of the conversation.
        """
        messages = await self._store.messages(thread)
        earlier = instead_of or continuing
        if earlier is not None:
            messages = messages[: messages.index(earlier)]
        request = request_for(without(messages, cut, limits), profile, limits)
        wish = Wish(request.thinking, request.budget, request.effort)
        if continuing is None:
            reply = await self._store.open_reply(thread, profile=profile.name, model=profile.model, wish=wish)
        elif has_text(continuing):  # it thinks no more, so what was asked of its thinking stays
            reply = await self._store.reopen_reply(continuing.id)
            request = replace(request, begun=Begun(reply.reasoning, reply.answer))
        else:
            reply = await self._store.reopen_reply(continuing.id, wish)
        return Turn(self._store, reply, request, can_hurry=limits.hurries)

    async def replace(self, old: Reply, new: Reply) -> Reply:
        """Keep the better of two replies to one question, drop the other for good, and return the one kept.

        A second try that brought nothing must not cost what the first one had brought.
        """
        better = old if has_text(old) and not has_text(new) else new
        await self._store.drop_reply(old.id if better is new else new.id)
        return better


class Turn:
    """One reply on its way from a backend to the screen and the store."""

    def __init__(self, store: Store, reply: Reply, request: Request, *, can_hurry: bool = True) -> None:
        """`reply` is `WRITING`; what it has already stays at its beginning.

        `can_hurry` says that it makes sense to `answer_now`.
        """
        self.reply = reply
        self.can_hurry = can_hurry
        self.error: AppError | None = None
        self._store = store
        self._stream = Stream(request)
        self._pulling: asyncio.Task[None] | None = None
        self._stopped = False
        self._unkept: list[Reasoning | Answer] = []
        self._heard = Heard(reply)
        self._kept_badly: Sentence | None = None
        self._guard = ReplyGuard()

    @property
    def circling(self) -> Looping | None:
        """Where the reply goes round in circles now, None if it does not; `run` shows it when that changes."""
        return self._guard.circling

    def stop(self) -> None:
        """End the reply here and keep what came; `run` returns it as stopped."""
        self._stopped = True
        if self._pulling is not None:
            self._pulling.cancel()

    def answer_now(self) -> None:
        """End the thinking here and have the answer follow in this reply; nothing happens once it has begun.

        What has been thought is kept.  `run` shows and keeps by which means the server was told.
        """
        self._stream.answer_now()

    def so_far(self) -> Reply:
        """Return the reply as far as it has come."""
        return self._heard.reply()

    async def run(self, find: Callable[[], Awaitable[Backend]], show: Callable[[Events], None]) -> Reply:
        """Stream the reply from the backend that `find` gives, `show` each batch, and return it as it was kept.

        Whatever happens, the text that arrived is kept and the reply says how it ended; a backend's own
        fault is not raised but left in `error`.
        """
        keeping = asyncio.create_task(self._keep())
        self._pulling = asyncio.create_task(self._pull(find, show))
        if self._stopped:
            self._pulling.cancel()
        ours: Exception | None = None
        try:
            await self._pulling
        except asyncio.CancelledError:
            # Ours to stop, or the whole app is closing: either way the user ended it.
            self._stopped = True
        except AppError as error:
            self.error = error
        except Exception as error:  # noqa: BLE001 - raised again once what came is kept
            ours = error
        finally:
            self._pulling.cancel()
            keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeping
        reply = await self._close()
        if ours is not None:
            raise ours
        return reply

    async def _pull(self, find: Callable[[], Awaitable[Backend]], show: Callable[[Events], None]) -> None:
        backend = await find()
        async with contextlib.aclosing(self._stream.batches(backend)) as batches:
            async for events in batches:
                self._heard.take(events)
                self._unkept.extend(event for event in events if isinstance(event, Reasoning | Answer))
                circle = self._guard.hear(events)
                show((*events, circle) if circle else events)

    async def _keep(self) -> None:
        """Put what came into the store four times a second."""
        while True:
            await asyncio.sleep(FLUSH)
            await self._flush()

    async def _flush(self) -> None:
        pieces, self._unkept = self._unkept, []
        if not pieces:
            return
        try:
            await self._store.extend(self.reply.id, pieces)
        except StoreError as error:
            # A full disk must not end an answer that is still coming: hold it and try again.
            self._unkept = pieces + self._unkept
            self._kept_badly = error.sentence

    async def _close(self) -> Reply:
        self._kept_badly = None
        await self._flush()
        fault = self.error.sentence if self.error is not None else None
        reply = self._heard.closed(fault, stopped=self._stopped)
        if self._kept_badly is not None:
            return replace(reply, fault=self._kept_badly)
        try:
            return await self._store.close_reply(reply)
        except StoreError as error:
            return replace(reply, fault=error.sentence)  # its text stays on the screen


def has_text(reply: Reply) -> bool:
    """Tell whether a reply brought anything to read."""
    return bool(reply.answer.strip() or reply.reasoning.strip())


def title_of(draft: Draft) -> str:
    """Return what a conversation that begins with this draft is about: its first line, or what is attached."""
    words = next((line.strip() for line in draft.text.splitlines() if line.strip()), "")
    return words or ", ".join(attachment.name for attachment in draft.attachments)
