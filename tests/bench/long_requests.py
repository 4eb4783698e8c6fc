"""Requests with many pictures: what a later turn costs, what is encoded again, and how long any thread is held up."""

import asyncio
import base64
import contextlib
import hashlib
import statistics
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from unittest import mock

import httpx2
import openai
from openai.types.chat import ChatCompletionContentPartImageParam

from app.blobs import BlobStore
from app.model.attachments import Attachment, Draft, Kind, Picture, Progress
from tests.bench import beats, qt_loop, server
from tests.bench.beats import Beats
from tests.bench.figure import Figure, Held
from tests.bench.mind import Mind, awake
from tests.bench.qt_loop import Heartbeat

ROUNDS = 9
TURNS = 10
PICTURES = 20
PAGES = 60
PAGE_BYTES = 300_000
PAGE_TEXT = "The table on this page counts returned goods once. " * 40
IDLE = 1.0  # seconds
HELD_UP = 20  # ms
CHEAPER = 1 / 20  # of the first time


def measure() -> list[Figure]:
    """Return the figures of a long conversation and of a long document."""
    with server.running() as address:
        return qt_loop.run(_measure(address + server.WORD))


async def _measure(url: str) -> list[Figure]:
    return [*await _conversation(url), *await _document(url)]


async def _conversation(url: str) -> list[Figure]:
    """Ask ten times about twenty pictures, which every request carries."""
    later, encoded = [], []
    for _ in range(ROUNDS):
        async with awake(url) as mind:
            with _encoding() as weights:
                draft = _draft(mind.blobs, Kind.PICTURE, PICTURES)
                costs = [await _cost(mind, turn) for turn in (draft, *[Draft("And now?")] * (TURNS - 1))]
        later.append((costs[TURNS - 1], costs[1]))
        encoded.append(sum(weights))
    tenth, second = map(statistics.median, zip(*later, strict=True))
    return [
        Figure(f"{PICTURES} pictures, turn {TURNS}: CPU", tenth, second, "turn 2", "ms", 1.2),
        _encoded(f"{PICTURES} pictures, {TURNS} turns: base64 made", max(encoded), PICTURES),
    ]


async def _cost(mind: Mind, draft: Draft) -> float:
    """Return the CPU of one turn, in ms; of all threads."""
    began = time.process_time()
    await mind.ask(draft)
    return (time.process_time() - began) * 1000


async def _document(url: str) -> list[Figure]:
    """Ask twice about sixty pages: what building the requests costs, and whom it holds up."""
    stalls, costs, encoded = [], [], []
    for _ in range(ROUNDS):
        async with awake(url) as mind:
            draft = _draft(mind.blobs, Kind.DOCUMENT, PAGES)
            async with _beating(mind) as idle:
                await asyncio.sleep(IDLE)
            with _encoding() as weights, _departures() as left:
                async with _beating(mind) as ours:
                    costs.append([await _building(mind, turn, left) for turn in (draft, Draft("And now?"))])
            peer = await _peer_stall(mind, url, draft)
            stalls.append([*_worst(ours), *_worst(idle), peer])
            encoded.append(sum(weights))
    *mine, idle_window, idle_network, idle_thread, theirs = map(statistics.median, zip(*stalls, strict=True))
    window, network, thread = mine
    first, second = map(statistics.median, zip(*costs, strict=True))
    sent = f"{PAGES} pages, built and sent:"
    return [
        Figure(f"{PAGES} pages again: CPU to build", second, first, "the first time", "ms", CHEAPER),
        Figure(f"{sent} worst UI stall", window, idle_window, "idle", "ms", HELD_UP, Held.OURS),
        Figure("the same, beside the SDK alone", window, theirs, "AsyncOpenAI with data URLs", "ms", 1),
        Figure(f"{sent} worst network stall", network, idle_network, "idle", "ms", HELD_UP, Held.OURS),
        Figure(f"{sent} another thread held up", thread, idle_thread, "idle", "ms", HELD_UP, Held.OURS),
        _encoded(f"{PAGES} pages, 2 turns: base64 made", max(encoded), PAGES),
    ]


@contextlib.asynccontextmanager
async def _beating(mind: Mind) -> AsyncIterator[tuple[Beats, Beats, Beats]]:
    """Give the beats of the window's loop, of the network's, and of a thread beside them."""
    async with beats.of_the_network(mind.workers) as network:
        with beats.of_a_thread() as other, Heartbeat() as window:
            yield window, network, other


def _worst(hearts: tuple[Beats, Beats, Beats]) -> tuple[float, float, float]:
    """Return the worst stalls, in ms; of the thread, which waits for nothing but the interpreter, what we can have caused."""
    window, network, other = hearts
    return window.worst, network.worst, other.held_up


async def _building(mind: Mind, draft: Draft, left: list[float]) -> float:
    """Return the CPU, in ms and of all threads, from asking a backend until the request leaves for the network."""
    turn = await mind.open(draft)
    began = time.process_time()
    await mind.hear(turn, lambda _: None)
    return (left[-1] - began) * 1000


@contextlib.contextmanager
def _departures() -> Iterator[list[float]]:
    """Give a list that grows by the CPU clock, in seconds, whenever a request is handed to the connection meanwhile."""
    left: list[float] = []
    handle = httpx2.AsyncHTTPTransport.handle_async_request

    async def noted(self: httpx2.AsyncHTTPTransport, request: httpx2.Request) -> httpx2.Response:
        left.append(time.process_time())
        return await handle(self, request)

    with mock.patch.object(httpx2.AsyncHTTPTransport, "handle_async_request", noted):
        yield left


async def _peer_stall(mind: Mind, url: str, draft: Draft) -> float:
    """Return the worst stall, in ms, while the bare SDK sends the same pages twice, from the network's thread too."""
    pages = [page.blob for attachment in draft.attachments for page in attachment.pictures]
    urls = [f"data:{page.mime};base64,{base64.b64encode(mind.blobs.read(page)).decode()}" for page in pages]
    parts = [_part(one) for one in urls]
    # Made here and used there: what making it costs is not what is measured.
    bare = openai.AsyncOpenAI(api_key="x", base_url=url, http_client=httpx2.AsyncClient(trust_env=False))

    async def ask(content: Sequence[ChatCompletionContentPartImageParam]) -> None:
        stream = await bare.chat.completions.create(
            model="m", messages=[{"role": "user", "content": content}], stream=True
        )
        async for _ in stream:
            pass

    await asyncio.wrap_future(mind.workers.network(ask(parts[:1])))
    with Heartbeat() as heart:
        await asyncio.wrap_future(mind.workers.network(ask(parts)))
        await asyncio.wrap_future(mind.workers.network(ask(parts)))
    await asyncio.wrap_future(mind.workers.network(bare.close()))
    return heart.worst


def _part(url: str) -> ChatCompletionContentPartImageParam:
    return {"type": "image_url", "image_url": {"url": url}}


def _draft(blobs: BlobStore, kind: Kind, count: int) -> Draft:
    """Return a question about so many pages of noise, which no two have in common."""
    pages = tuple(_page(blobs, number) for number in range(1, count + 1))
    if kind is Kind.PICTURE:
        pictures = [
            Attachment(f"p{page.number}", kind, "p.png", Progress.READY, pictures=(page,)) for page in pages
        ]
        return Draft("What are these?", tuple(pictures))
    document = Attachment("d", kind, "report.pdf", Progress.READY, pictures=pages, total=count)
    return Draft("What is this?", (document,))


def _page(blobs: BlobStore, number: int) -> Picture:
    noise = hashlib.shake_256(bytes([number])).digest(PAGE_BYTES)
    return Picture(blobs.keep(noise, "image/png"), 1000, 1400, number=number, text=PAGE_TEXT)


@contextlib.contextmanager
def _encoding() -> Iterator[list[int]]:
    """Give a list that grows by the bytes of everything that is encoded as base64 meanwhile."""
    weights: list[int] = []
    encode = base64.b64encode

    def weighed(data: bytes) -> bytes:
        weights.append(len(data))
        return encode(data)

    with mock.patch.object(base64, "b64encode", weighed):
        yield weights


def _encoded(name: str, weight: int, pages: int) -> Figure:
    """Return how much was encoded beside what each picture weighs, once."""
    if weight < pages * PAGE_BYTES:
        raise RuntimeError(f"{name}: {weight} bytes were seen, fewer than were sent: the count is wrong")
    return Figure(name, weight / 1e6, pages * PAGE_BYTES / 1e6, "each once", "MB", 1)
