"""Heartbeats: by how much each beat of something that should beat regularly was late."""

import asyncio
import contextlib
import statistics
import threading
import time
from collections.abc import AsyncIterator, Iterator

from app.workers import Workers

BEAT = 0.005  # seconds


class Beats:
    """What one heart notes; begins with its first `beat`."""

    def __init__(self) -> None:
        self._late: list[float] = []
        self._busy: list[float] = []
        self._last: tuple[float, float] | None = None

    def beat(self) -> None:
        """Note by how much this beat is late, and how busy the process was since the last."""
        now, spent = time.perf_counter(), time.process_time()
        if self._last is not None:
            before, spent_before = self._last
            self._late.append(max(now - before - BEAT, 0))
            self._busy.append(spent - spent_before)
        self._last = now, spent

    @property
    def worst(self) -> float:
        """The longest stall, in ms."""
        return max(self._late) * 1000

    @property
    def held_up(self) -> float:
        """The longest stall that the work of this process can have been the cause of, in ms.

        None is longer than the CPU that the process took meanwhile: what others take on a busy machine is left out, but
        so is what waits for a disk.
        """
        return max(map(min, self._late, self._busy)) * 1000

    @property
    def p99(self) -> float:
        """The stall that only one beat in a hundred exceeds, in ms."""
        return statistics.quantiles(self._late, n=100, method="inclusive")[-1] * 1000


@contextlib.contextmanager
def of_a_thread() -> Iterator[Beats]:
    """Give the beats of a thread that has nothing else to do: it is late when it does not get the interpreter."""
    beats, over = Beats(), threading.Event()

    def live() -> None:
        beats.beat()
        while not over.wait(BEAT):
            beats.beat()
        beats.beat()  # the wait that was not over yet

    thread = threading.Thread(target=live, name="heartbeat")
    thread.start()
    try:
        yield beats
    finally:
        over.set()
        thread.join()


@contextlib.asynccontextmanager
async def of_the_network(workers: Workers) -> AsyncIterator[Beats]:
    """Give the beats of the network's loop, from another loop."""
    beats, over = Beats(), threading.Event()

    async def live() -> None:
        while not over.is_set():
            beats.beat()
            await asyncio.sleep(BEAT)
        beats.beat()

    heart = workers.network(live())
    try:
        yield beats
    finally:
        over.set()
        await asyncio.wrap_future(heart)
