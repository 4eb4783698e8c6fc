"""A reply as it streams: it can be told to answer now, and it keeps to a budget of thinking.

What the server can do about either is the backend's to know; what it cannot do is made up for here, by asking again
with what has been thought so far.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import replace
from enum import Enum, auto

from app.budget import text_tokens
from app.model.events import Answer, Events, Finish, Reasoning, Steered
from app.model.messages import Steering
from app.model.requests import Begun, Request
from app.ports import Backend

LENIENCE = 1.5  # times its budget: a server that keeps one counts exactly, and we do not
SCRAP = 256  # characters that are estimated together: of single words the estimate is poor


class _Word(Enum):
    ANSWER_NOW = auto()
    BUDGET_SPENT = auto()
    OVER = auto()


_WHY = {_Word.ANSWER_NOW: Steering.ANSWER_NOW, _Word.BUDGET_SPENT: Steering.BUDGET_SPENT}


class Stream:
    """One request, and all that a backend says to it, in however many pieces it has to be asked for."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._inbox: asyncio.Queue[Events | Exception | _Word] = asyncio.Queue()
        self._reasoning: list[str] = []
        self._thinking = request.begun is None
        self._spent = _Spent()
        self._most = request.budget

    def answer_now(self) -> None:
        """End the thinking here and have the answer follow; nothing happens once the answer has begun."""
        self._inbox.put_nowait(_Word.ANSWER_NOW)

    async def batches(self, backend: Backend) -> AsyncGenerator[Events, None]:
        """Yield the reply in batches of events, a `Finish` last; raises `BackendError`.

        To be called once.  Closing the generator stops the server.
        """
        pump = asyncio.create_task(self._pump(backend, self._request))
        try:
            while (item := await self._inbox.get()) is not _Word.OVER:
                if isinstance(item, Exception):
                    raise item
                if isinstance(item, tuple):
                    yield item
                elif self._thinking and await backend.answer_now(self._request):
                    self._thinking = False
                    yield (Steered(_WHY[item]), Steered(Steering.REASONING_END))
                elif self._thinking:  # still, while the server was asked
                    self._thinking = False
                    await _end(pump)
                    yield (Steered(_WHY[item]),)
                    pump = asyncio.create_task(self._pump(backend, self._forced()))
        finally:
            await _end(pump)

    def _forced(self) -> Request:
        return replace(self._request, begun=Begun("".join(self._reasoning), ""))

    def _hear(self, events: Events) -> None:
        """Note what has arrived, which may be before it is asked for."""
        for event in events:
            if isinstance(event, Reasoning):
                self._reasoning.append(event.text)
                self._spent.add(event.text)
            elif isinstance(event, Answer | Finish):
                self._thinking = False
            elif event == Steered(Steering.TOKEN_BUDGET) and self._request.budget is not None:
                self._most = round(self._request.budget * LENIENCE) + SCRAP
        if self._thinking and self._most is not None and self._spent.tokens() > self._most:
            self._inbox.put_nowait(_Word.BUDGET_SPENT)

    async def _pump(self, backend: Backend, request: Request) -> None:
        try:
            async with contextlib.aclosing(backend.stream(request)) as batches:
                async for events in batches:
                    self._inbox.put_nowait(events)
                    self._hear(events)
        except Exception as error:  # noqa: BLE001 - handed over to the reader of the stream, whole
            self._inbox.put_nowait(error)
            self._thinking = False
        else:
            self._inbox.put_nowait(_Word.OVER)
            self._thinking = False


class _Spent:
    """About how many tokens have been thought."""

    def __init__(self) -> None:
        self._counted = 0
        self._scrap = ""

    def add(self, text: str) -> None:
        self._scrap += text
        if len(self._scrap) > SCRAP:
            self._counted += text_tokens(self._scrap)
            self._scrap = ""

    def tokens(self) -> int:
        return self._counted + text_tokens(self._scrap)


async def _end(pump: asyncio.Task[None]) -> None:
    """Stop a server, and wait until it has been."""
    pump.cancel()
    await asyncio.gather(pump, return_exceptions=True)
