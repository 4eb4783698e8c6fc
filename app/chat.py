"""One turn: keep the question, stream the reply, keep the reply."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from app.errors import AppError, StoreError
from app.model import (
    Answer,
    Draft,
    Ending,
    Events,
    Finish,
    Limits,
    Profile,
    Question,
    Reasoning,
    Reply,
    Request,
    Sentence,
    Usage,
    sentence,
)
from app.plan import request_for
from app.ports import Backend
from app.store import Store

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
        self, thread: int, profile: Profile, limits: Limits, instead_of: Reply | None = None
    ) -> "Turn":
        """Begin the reply to the last question of a conversation; raises `StoreError`.

        `instead_of` is an earlier reply to it, which the model does not get to see.
        """
        messages = await self._store.messages(thread)
        if instead_of is not None:
            messages = messages[: messages.index(instead_of)]
        request = request_for(messages, profile, limits)
        reply = await self._store.open_reply(thread, profile=profile.name, model=profile.model)
        return Turn(self._store, reply, request)

    async def replace(self, old: Reply, new: Reply) -> Reply:
        """Keep the better of two replies to one question, drop the other for good, and return the one kept.

        A second try that brought nothing must not cost what the first one had brought.
        """
        better = old if has_text(old) and not has_text(new) else new
        await self._store.drop_reply(old.id if better is new else new.id)
        return better


class Turn:
    """One reply on its way from a backend to the screen and the store."""

    def __init__(self, store: Store, reply: Reply, request: Request) -> None:
        self.reply = reply
        self.error: AppError | None = None
        self._store = store
        self._request = request
        self._pulling: asyncio.Task[None] | None = None
        self._stopped = False
        self._unkept: list[Reasoning | Answer] = []
        self._reasoning: list[str] = []
        self._answer: list[str] = []
        self._kept_badly: Sentence | None = None
        self._clock = _ThoughtClock()
        self._usage: Usage | None = None
        self._ended: Ending | None = None

    def stop(self) -> None:
        """End the reply here and keep what came; `run` returns it as stopped."""
        self._stopped = True
        if self._pulling is not None:
            self._pulling.cancel()

    def so_far(self) -> Reply:
        """Return the reply as far as it has come."""
        return replace(self.reply, reasoning="".join(self._reasoning), answer="".join(self._answer))

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
        async with contextlib.aclosing(backend.stream(self._request)) as batches:
            async for events in batches:
                self._take(events)
                show(events)

    def _take(self, events: Events) -> None:
        for event in events:
            if isinstance(event, Reasoning | Answer):
                self._clock.hear(event)
                (self._reasoning if isinstance(event, Reasoning) else self._answer).append(event.text)
                self._unkept.append(event)
            elif isinstance(event, Usage):
                self._usage = event
            elif isinstance(event, Finish):
                self._ended = event.ended

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
        fault = self.error.sentence if self.error is not None else None
        self._kept_badly = None
        await self._flush()
        ended = self._ended
        if self._stopped:
            ended, fault = Ending.STOPPED, None
        elif ended is None or fault is not None:
            ended = Ending.BROKEN
            fault = fault or sentence("chat.no_end")
        if self._kept_badly is not None:
            return self._unsaved(ended, self._kept_badly)
        try:
            return await self._store.close_reply(
                self.reply.id, ended=ended, thought=self._clock.seconds(), fault=fault, usage=self._usage
            )
        except StoreError as error:
            return self._unsaved(ended, error.sentence)

    def _unsaved(self, ended: Ending, fault: Sentence) -> Reply:
        """Return the reply as it ended, with the fault that kept it out of the store; its text stays on screen."""
        return replace(
            self.so_far(), ended=ended, thought=self._clock.seconds(), fault=fault, usage=self._usage
        )


class _ThoughtClock:
    """How long a model reasoned: from its first thought to its first word of answer."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._ended: float | None = None
        self._last = 0.0

    def hear(self, event: Reasoning | Answer) -> None:
        self._last = time.monotonic()
        if isinstance(event, Reasoning):
            self._began = self._began if self._began is not None else self._last
        elif self._began is not None and self._ended is None:
            self._ended = self._last

    def seconds(self) -> float | None:
        if self._began is None:
            return None
        return (self._ended if self._ended is not None else self._last) - self._began


def has_text(reply: Reply) -> bool:
    """Tell whether a reply brought anything to read."""
    return bool(reply.answer.strip() or reply.reasoning.strip())


def title_of(draft: Draft) -> str:
    """Return what a conversation that begins with this draft is about: its first line, or what is attached."""
    words = next((line.strip() for line in draft.text.splitlines() if line.strip()), "")
    return words or ", ".join(attachment.name for attachment in draft.attachments)
