"""What our client costs for each delta, beside bare AsyncOpenAI: the CPU of the whole process, replies unpaced."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx2
import openai

from app.blobs import BlobStore
from app.model.events import Answer
from app.model.profiles import Profile
from app.model.requests import Request, Role, Said
from backends.openai_compatible import OpenAICompatible
from tests.bench import server
from tests.bench.figure import Figure

ROUNDS = 9


def measure() -> list[Figure]:
    """Return the medians of runs taken in turns."""
    with server.running() as address:
        return [asyncio.run(_cpu_per_delta(address + server.BURST))]


async def _cpu_per_delta(url: str) -> Figure:
    blobs = BlobStore(Path(tempfile.gettempdir()) / "no-blobs")  # nothing is attached
    ours = OpenAICompatible(Profile("b", "B", "vllm", url, "m"), key="", blobs=blobs)
    bare = openai.AsyncOpenAI(api_key="x", base_url=url, http_client=httpx2.AsyncClient(trust_env=False))
    asked = Request((Said(Role.USER, ("Hi",)),))

    async def hear_ours() -> int:
        return sum([isinstance(event, Answer) async for batch in ours.stream(asked) for event in batch])

    async def hear_bare() -> int:
        stream = await bare.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "Hi"}], stream=True
        )
        return sum([1 async for chunk in stream if chunk.choices and chunk.choices[0].delta.content])

    await hear_ours()  # the first of each is slower and not counted
    await hear_bare()
    pairs = [(await _cost(hear_ours), await _cost(hear_bare)) for _ in range(ROUNDS)]
    await ours.aclose()
    await bare.close()
    mine, theirs = map(statistics.median, zip(*pairs, strict=True))
    return Figure("CPU per delta, unpaced", mine, theirs, "bare AsyncOpenAI", "µs", 1.3)


async def _cost(hear: Callable[[], Awaitable[int]]) -> float:
    """Return microseconds of CPU for each delta."""
    began = time.process_time()
    heard = await hear()
    cost = (time.process_time() - began) / server.DELTAS * 1e6
    if heard != server.DELTAS:
        raise RuntimeError(f"{heard} deltas were heard, {server.DELTAS} were sent")
    return cost
