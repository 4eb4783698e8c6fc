"""How long the first word of a reply takes, of a server that answers at once: ours beside bare AsyncOpenAI.

The window shows what comes thirty times a second, but the first batch at once: so the first word is what `Chat` shows
first, on the window's loop, after the hop from the network's thread.
"""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator

import httpx2
import openai

from app.model.attachments import Draft
from app.model.events import Answer, Events
from app.model.profiles import Profile
from app.model.requests import Request, Role, Said
from backends.openai_compatible import OpenAICompatible
from tests.bench import qt_loop, server
from tests.bench.figure import Figure, Held
from tests.bench.mind import Mind, awake

ROUNDS = 101
MORE = 2  # ms
PEER = "bare AsyncOpenAI"
HELLO = Request((Said(Role.USER, ("Hi",)),))


def measure() -> list[Figure]:
    """Return the medians of questions asked in turns."""
    with server.running() as address:
        return qt_loop.run(_measure(address + server.WORD))


async def _measure(url: str) -> list[Figure]:
    async with awake(url) as mind:
        # Where the app has its client, too: what the hop to it costs is counted as ours alone.
        bare = openai.AsyncOpenAI(
            api_key="x", base_url=url, http_client=httpx2.AsyncClient(trust_env=False), max_retries=0
        )
        client = OpenAICompatible(Profile("b", "B", "vllm", url, "m"), key="", blobs=mind.blobs)
        heard = []
        for _ in range(ROUNDS):
            in_window, from_enter = await _in_window(mind)
            alone = await asyncio.wrap_future(mind.workers.network(_first(_ours(client))))
            peer = await asyncio.wrap_future(mind.workers.network(_first(_theirs(bare))))
            heard.append((in_window, from_enter, alone, peer))
        for closing in (bare.close(), client.aclose()):
            await asyncio.wrap_future(mind.workers.network(closing))
    in_window, from_enter, alone, peer = map(statistics.median, zip(*heard[1:], strict=True))
    return [
        Figure("first word, as the window is shown it", in_window, peer, PEER, "ms", MORE, Held.DIFFERENCE),
        Figure("the same, of the client alone", alone, peer, PEER, "ms", None),
        Figure("the same, from Enter: kept on the disk before", from_enter, peer, PEER, "ms", None),
    ]


async def _in_window(mind: Mind) -> tuple[float, float]:
    """Return how long the first word took, in ms: from when the server was asked, and from when the user did."""
    mind.forget()
    entered = time.perf_counter()
    turn = await mind.open(Draft("Hi"))
    asked = time.perf_counter()
    shown: list[float] = []

    def show(events: Events) -> None:
        if any(isinstance(event, Answer) for event in events):
            shown.append(time.perf_counter())

    await mind.hear(turn, show)
    return (shown[0] - asked) * 1000, (shown[0] - entered) * 1000


async def _first(heard: AsyncIterator[object]) -> float:
    """Return after how many ms something was heard first, once all has been; nothing is asked before it is listened."""
    asked = time.perf_counter()
    took = [(time.perf_counter() - asked) * 1000 async for something in heard if something]
    return took[0]


async def _ours(client: OpenAICompatible) -> AsyncIterator[object]:
    async for events in client.stream(HELLO):
        yield any(isinstance(event, Answer) for event in events)


async def _theirs(bare: openai.AsyncOpenAI) -> AsyncIterator[object]:
    stream = await bare.chat.completions.create(
        model="m", messages=[{"role": "user", "content": "Hi"}], stream=True
    )
    async for chunk in stream:
        yield chunk.choices and chunk.choices[0].delta.content
