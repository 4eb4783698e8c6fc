"""What our client costs for each delta: the CPU of the whole process, replies unpaced.

Beside bare AsyncOpenAI, and beside the least that any client does: read a socket and parse the JSON of each event.
"""

import asyncio
import http.client
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

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
PIECE = 2**16  # bytes the raw reader reads at once
NAME = "CPU per delta, unpaced"


def measure() -> list[Figure]:
    """Return the medians of runs taken in turns."""
    with server.running() as address:
        return asyncio.run(_cpu_per_delta(address + server.BURST))


async def _cpu_per_delta(url: str) -> list[Figure]:
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

    async def hear_raw() -> int:
        return _read_raw(url)

    ways = (hear_ours, hear_bare, hear_raw)
    costs = [[await _cost(hear) for hear in ways] for _ in range(1 + ROUNDS)]
    await ours.aclose()
    await bare.close()
    mine, theirs, least = map(statistics.median, zip(*costs[1:], strict=True))  # the first are slower
    return [
        Figure(NAME, mine, theirs, "bare AsyncOpenAI", "µs", 1.3),
        Figure(f"{NAME}, beside the least", mine, least, "a raw reader", "µs", None),
        Figure("bare AsyncOpenAI, beside the least", theirs, least, "a raw reader", "µs", None),
    ]


def _read_raw(url: str) -> int:
    """Return how many deltas a plain socket and `json.loads` make of a reply."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.netloc)
    connection.request("POST", f"{where.path}/chat/completions", b"{}")
    heard, tail = 0, b""
    with connection.getresponse() as response:
        while piece := response.read1(PIECE):
            *lines, tail = (tail + piece).split(b"\n")
            events = (json.loads(line[6:]) for line in lines if line.startswith(b"data: {"))
            heard += sum("content" in event["choices"][0]["delta"] for event in events)
    connection.close()
    return heard


async def _cost(hear: Callable[[], Awaitable[int]]) -> float:
    """Return microseconds of CPU for each delta."""
    began = time.process_time()
    heard = await hear()
    cost = (time.process_time() - began) / server.DELTAS * 1e6
    if heard != server.DELTAS:
        raise RuntimeError(f"{heard} deltas were heard, {server.DELTAS} were sent")
    return cost
