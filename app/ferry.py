"""What is made on the network's loop, brought across to the loop of the caller in batches.

Handing over one thing at a time would wake the window for each; so whatever has come in the meantime comes at once.
"""

import asyncio
import contextlib
import threading
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from app.workers import Workers

INTERVAL = 1 / 30  # seconds between two batches at least

T = TypeVar("T")


async def ferry(
    workers: Workers, make: Callable[[], AsyncGenerator[T, None]]
) -> AsyncGenerator[list[T], None]:
    """Yield in batches, the first at once, what the generator yields that `make` makes on the network's loop.

    What that raises is raised here.  Closing this one closes that one, and waits until it is closed.
    """
    basket: _Basket[T] = _Basket(asyncio.get_running_loop())
    # Not awaited before the `try`: whoever is cancelled here must still stop the other end.
    pump = workers.network(_start(make, basket))
    try:
        over = False
        while not over:
            await basket.filled.wait()
            items, over = basket.empty()
            if items:
                yield items
            if not over:
                await asyncio.sleep(INTERVAL)
        if basket.error is not None:
            raise basket.error
    finally:
        # Awaited, because Stop has not stopped anything before the server's connection is closed.
        await asyncio.wrap_future(workers.network(_cancel(pump)))


async def _start(make: Callable[[], AsyncGenerator[T, None]], basket: "_Basket[T]") -> asyncio.Task[None]:
    return asyncio.get_running_loop().create_task(_pump(make, basket))


async def _pump(make: Callable[[], AsyncGenerator[T, None]], basket: "_Basket[T]") -> None:
    try:
        async with contextlib.aclosing(make()) as items:
            async for item in items:
                basket.add(item)
    except Exception as error:  # noqa: BLE001 - handed over to the caller, whole
        basket.end(error)
    else:
        basket.end()


async def _cancel(pump: Future[asyncio.Task[None]]) -> None:
    task = await asyncio.wrap_future(pump)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


class _Basket(Generic[T]):
    """Things on their way from one loop to the other."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.filled = asyncio.Event()
        self.error: Exception | None = None
        self._loop = loop
        self._lock = threading.Lock()
        self._items: list[T] = []
        self._over = False

    def add(self, item: T) -> None:
        with self._lock:
            first = not self._items
            self._items.append(item)
        if first:
            self._wake(self.filled.set)

    def end(self, error: Exception | None = None) -> None:
        with self._lock:
            self.error = error
            self._over = True
        self._wake(self.filled.set)

    def empty(self) -> tuple[list[T], bool]:
        with self._lock:
            items, self._items = self._items, []
            over = self._over
            if not over:
                self.filled.clear()
        return items, over

    def _wake(self, call: Callable[[], Any]) -> None:
        with contextlib.suppress(RuntimeError):  # the caller's loop is gone: nobody listens
            self._loop.call_soon_threadsafe(call)
