"""A backend that lives on the network's own loop, seen from the loop of the caller.

The SDK costs about 0.2 ms a token and handles a burst in one go; on the window's loop that is a frozen
window.  So it runs in the network thread, and what arrives is handed over at most thirty times a second.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from functools import partial

from app.ferry import ferry
from app.model.checkups import Checkup
from app.model.events import Answer, Event, Events, Reasoning
from app.model.limits import Limits
from app.model.messages import Usage
from app.model.requests import Request
from app.ports import Backend
from app.workers import Workers


class Remote:
    """Speaks the `Backend` port for a backend made, used and closed on the network's loop."""

    def __init__(
        self,
        make: Callable[[], Backend],
        limits: Limits,
        workers: Workers,
        learn: Callable[[Request, int], Awaitable[None]] | None = None,
    ) -> None:
        """`learn` is told how many tokens the server counted in a request, once the reply is whole."""
        self.limits = limits
        self._learn = learn
        self._make = make
        self._workers = workers
        self._backend: Backend | None = None
        self._streams = 0
        self._closing = False

    def stream(self, request: Request) -> AsyncGenerator[Events, None]:
        """Yield the reply in batches, the first at once; closing stops the server: see `app.ports`."""
        return self._stream(request)

    async def answer_now(self, request: Request) -> bool:
        """Have the running stream of this request end its thinking: see `app.ports`."""
        if self._backend is None:
            return False
        return await asyncio.wrap_future(self._workers.network(self._backend.answer_now(request)))

    async def count(self, request: Request) -> int | None:
        """Have the server count the words of a request: see `app.ports`."""
        return await asyncio.wrap_future(self._workers.network(self._count(request)))

    async def check(self) -> Checkup:
        """Test the backend."""
        return await asyncio.wrap_future(self._workers.network(self._check()))

    async def aclose(self) -> None:
        """Close the backend, if it was ever made; replies that are still being written go on to their end."""
        self._closing = True
        await self._close_if_unused()

    async def _close_if_unused(self) -> None:
        if self._closing and self._streams == 0 and self._backend is not None:
            backend, self._backend = self._backend, None
            await asyncio.wrap_future(self._workers.network(backend.aclose()))

    def _get(self) -> Backend:
        if self._backend is None:
            self._backend = self._make()
        return self._backend

    async def _count(self, request: Request) -> int | None:
        return await self._get().count(request)

    async def _check(self) -> Checkup:
        backend = self._get()
        checkup = await backend.check()
        self.limits = backend.limits
        return checkup

    async def _stream(self, request: Request) -> AsyncGenerator[Events, None]:
        self._streams += 1
        counted = 0
        try:
            async with contextlib.aclosing(ferry(self._workers, partial(self._told, request))) as loads:
                async for load in loads:
                    events = [event for batch in load for event in batch]
                    counted = next((event.prompt for event in events if isinstance(event, Usage)), counted)
                    if events:
                        yield merge(events)
            if counted and self._learn is not None:
                await self._learn(request, counted)
        finally:
            self._streams -= 1
            await self._close_if_unused()

    async def _told(self, request: Request) -> AsyncGenerator[Events, None]:
        """Yield what the backend tells, on the network's loop."""
        backend = self._get()
        async with contextlib.aclosing(backend.stream(request)) as batches:
            async for events in batches:
                # The first answer may have told more of the server than was known.
                self.limits = backend.limits
                yield events


def merge(events: list[Event]) -> Events:
    """Join neighbours of the same kind, so that a batch costs the window one insertion, not hundreds."""
    merged: list[Event] = []
    pieces: list[str] = []
    kind: type[Reasoning | Answer] | None = None

    def finish() -> None:
        if kind is not None and pieces:
            merged.append(kind("".join(pieces)))
            pieces.clear()

    for event in events:
        if isinstance(event, Reasoning | Answer):
            if type(event) is not kind:
                finish()
                kind = type(event)
            pieces.append(event.text)
        else:
            finish()
            kind = None
            merged.append(event)
    finish()
    return tuple(merged)
