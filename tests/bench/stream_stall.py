"""How long the window's loop is held up while a reply comes in: all at once, and at 1,000 tokens a second."""

import asyncio
import statistics

from app.model.attachments import Draft
from tests.bench import qt_loop, server
from tests.bench.figure import Figure, Held
from tests.bench.mind import Mind, awake
from tests.bench.qt_loop import Heartbeat

BURSTS = 15
PACED = 3  # each takes five seconds
IDLE = 0.5  # seconds without a reply before each burst
HELD_UP = 20  # ms


def measure() -> list[Figure]:
    """Return the stalls that one beat in a hundred exceeds, beside those of the same loop at rest."""
    with server.running() as address:
        return qt_loop.run(_measure(address))


async def _measure(address: str) -> list[Figure]:
    async with awake(address + server.BURST) as mind:
        burst = await _stalls("a burst of 5,000 deltas", mind, rounds=BURSTS, rest=IDLE)
    async with awake(address + server.PACED) as mind:
        paced = await _stalls("1,000 tokens/s", mind, rounds=PACED, rest=server.DELTAS / server.RATE)
    return [burst, paced]


async def _stalls(name: str, mind: Mind, *, rounds: int, rest: float) -> Figure:
    pairs = []
    for _ in range(rounds):
        with Heartbeat() as idle:
            await asyncio.sleep(rest)
        with Heartbeat() as ours:
            await mind.ask(Draft("Hi"))
        pairs.append((ours.p99, idle.p99))
    mine, floor = map(statistics.median, zip(*pairs, strict=True))
    return Figure(f"{name}: UI stall, p99", mine, floor, "idle", "ms", HELD_UP, Held.OURS)
