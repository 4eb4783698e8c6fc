"""A reply of 100,000 deltas, unpaced: whether the last cost what the first did, and what is kept beside the text.

The client is measured by the thousand: the end of a long reply and the beginning of another are heard in turns, read
by read, so that a busy machine slows both.  A whole turn, which the store and the repetition guard hear too, comes to
the window's loop in larger batches, and is measured by the half.  Memory is what `tracemalloc` sees of Python's, at its
highest in a tenth: what the database and the sockets hold is bounded by their own settings.
"""

import asyncio
import gc
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from app.blobs import BlobStore
from app.model.attachments import Draft
from app.model.events import Answer, Events, Reasoning
from app.model.profiles import Profile
from app.model.requests import Request, Role, Said
from backends.openai_compatible import OpenAICompatible
from tests.bench import qt_loop, server
from tests.bench.figure import Figure, Held
from tests.bench.mind import Mind, awake

ROUNDS, TURNS = 7, 5
THOUSAND, TENTH = 1_000, server.LONG // 10
FLAT = 1.1
BEYOND = 1.0  # MB: bounded things, such as what the repetition guard remembers, and thinking that may be the answer
WORD = len(" 01234")  # bytes of a delta

_Mark = tuple[int, float]  # how many deltas had been heard, and what a meter said then


def measure() -> list[Figure]:
    """Return how flat the cost of a delta is, and how much memory grows beyond the text."""
    with server.running() as address:
        return [
            asyncio.run(_client(address + server.ANSWER)),
            qt_loop.run(_turns(address + server.ANSWER)),
            qt_loop.run(_memory(address + server.ANSWER, "an answer")),
            qt_loop.run(_memory(address + server.THOUGHT, "thinking")),
        ]


async def _client(url: str) -> Figure:
    blobs = BlobStore(Path(tempfile.gettempdir()) / "no-blobs")  # nothing is attached
    client = OpenAICompatible(Profile("b", "B", "vllm", url, "m"), key="", blobs=blobs)
    pairs = [await _last_and_first(client) for _ in range(1 + ROUNDS)]
    await client.aclose()
    last, first = map(statistics.median, zip(*pairs[1:], strict=True))
    name = f"{server.LONG:,} deltas, the client: CPU of one of the last {THOUSAND:,}"
    return Figure(name, last, first, f"of the first {THOUSAND:,}", "µs", FLAT)


async def _last_and_first(client: OpenAICompatible) -> tuple[float, float]:
    """Return the CPU of a delta, in µs: at the end of one reply, and at the beginning of another."""
    last, first = _Cost(), _Cost()
    async with aclosing(_ask(client)) as old, aclosing(_ask(client)) as young:
        heard = 0
        while heard < server.LONG - THOUSAND:
            heard += _words(await anext(old))
        await anext(young)  # what the request cost is no delta's
        while heard + last.deltas < server.LONG:
            await last.hear(old)
            await first.hear(young)
    return last.each, first.each


def _ask(client: OpenAICompatible) -> AsyncGenerator[Events, None]:
    return client.stream(Request((Said(Role.USER, ("Hi",)),)))


@dataclass(slots=True)
class _Cost:
    """What some deltas cost together, in seconds of CPU."""

    deltas: int = 0
    spent: float = 0.0

    async def hear(self, batches: AsyncGenerator[Events, None]) -> None:
        began = time.process_time()
        self.deltas += _words(await anext(batches))
        self.spent += time.process_time() - began

    @property
    def each(self) -> float:
        return self.spent / self.deltas * 1e6


def _words(events: Events) -> int:
    """Return how many deltas there are in a batch: each is one word."""
    return sum(event.text.count(" ") for event in events if isinstance(event, Reasoning | Answer))


async def _turns(url: str) -> Figure:
    async with awake(url) as mind:
        pairs = [await _halves(mind) for _ in range(TURNS)]
    second, first = map(statistics.median, zip(*pairs, strict=True))
    name = f"{server.LONG:,} deltas, a whole turn: CPU of one of the second half"
    return Figure(name, second, first, "of the first half", "µs", FLAT)


async def _memory(url: str, kind: str) -> Figure:
    async with awake(url) as mind:
        grown, text = await _growth(mind)
    name = f"{server.LONG:,} deltas of {kind}, a whole turn: memory grown"
    return Figure(name, grown, text, "the text", "MB", BEYOND, Held.DIFFERENCE)


async def _halves(mind: Mind) -> tuple[float, float]:
    """Return the CPU of a delta, in µs, in the second half of a reply and in the first; of all threads."""
    marks = await _tenths(mind, time.process_time)
    start, middle, end = marks[0], marks[len(marks) // 2], marks[-1]
    return _Cost(*_between(middle, end)).each, _Cost(*_between(start, middle)).each


async def _growth(mind: Mind) -> tuple[float, float]:
    """Return by how much the last tenth of a reply takes more memory than the first, and the text between; in MB."""
    gc.collect()
    tracemalloc.start()

    def highest() -> float:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        return peak

    _, first, *_, last = await _tenths(mind, highest)
    tracemalloc.stop()
    deltas, grown = _between(first, last)
    return grown / 1e6, deltas * WORD / 1e6


async def _tenths(mind: Mind, read: Callable[[], float]) -> list[_Mark]:
    """Ask, and read a meter with the first batch of the reply and with the end of each tenth."""
    heard = 0
    marks: list[_Mark] = []

    def show(events: Events) -> None:
        nonlocal heard
        heard += _words(events)
        if heard >= len(marks) * TENTH:
            marks.append((heard, read()))

    mind.forget()
    await mind.ask(Draft("Hi"), show)
    if len(marks) != server.LONG // TENTH + 1:
        raise RuntimeError(f"{heard} deltas were heard in {len(marks)} parts")
    return marks


def _between(one: _Mark, other: _Mark) -> _Mark:
    """Return how many deltas there were between two marks, and by how much the meter went on."""
    return other[0] - one[0], other[1] - one[1]
