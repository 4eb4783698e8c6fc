"""What the tests of the voices share: blobs in memory, and a server that misbehaves."""

import asyncio
import contextlib
import hashlib
import io
import json
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.errors import Damaged
from app.model.attachments import Blob, Picture
from app.model.events import Answer, Events, Reasoning
from app.model.profiles import Profile
from app.model.requests import Request, Role, Said
from app.ports import Backend
from backends.openai_compatible import OpenAICompatible
from backends.watch import Patience
from tests.raw_replies import KEY, Behave


class MemoryBlobs:
    """The `Blobs` port in memory, which counts what is read."""

    def __init__(self, folder: Path) -> None:
        self.reads: list[str] = []
        self._folder = folder
        self._data: dict[str, bytes] = {}

    def read(self, blob: Blob) -> bytes:
        self.reads.append(blob.digest)
        if blob.digest not in self._data:
            raise Damaged("store.missing")
        return self._data[blob.digest]

    def path(self, blob: Blob) -> Path:
        path = self._folder / blob.digest
        path.write_bytes(self.read(blob))
        return path

    def keep(self, data: bytes, mime: str) -> Blob:
        digest = hashlib.sha256(data).hexdigest()
        self._data[digest] = data
        return Blob(digest, len(data), mime)

    def keep_file(self, source: Path, mime: str) -> Blob:
        return self.keep(source.read_bytes(), mime)

    def forget(self, blob: Blob) -> None:
        del self._data[blob.digest]

    def picture(self, color: str, size: tuple[int, int] = (112, 112)) -> Picture:
        """Keep a picture of one colour."""
        file = io.BytesIO()
        Image.new("RGB", size, color).save(file, "PNG")
        return Picture(self.keep(file.getvalue(), "image/png"), *size)


@pytest.fixture
def blobs(tmp_path: Path) -> MemoryBlobs:
    return MemoryBlobs(tmp_path)


@dataclass
class Heard:
    """What a backend said, and the error it ended with."""

    batches: list[Events] = field(default_factory=list)
    error: Exception | None = None

    @property
    def events(self) -> Events:
        return tuple(event for batch in self.batches for event in batch)

    @property
    def answer(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Answer))

    @property
    def reasoning(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Reasoning))


@pytest.fixture
def hear() -> Callable[[Backend, Request], Awaitable[Heard]]:
    """Listen to a backend to its end."""

    async def listen(backend: Backend, request: Request) -> Heard:
        heard = Heard()
        try:
            async with contextlib.aclosing(backend.stream(request)) as batches:
                async for batch in batches:
                    assert batch, "an empty batch costs the window a repaint"
                    heard.batches.append(batch)
        except Exception as error:  # noqa: BLE001 - the tests look at it
            heard.error = error
        return heard

    return listen


@pytest.fixture
def ask() -> Callable[..., Request]:
    """Make a request of one turn."""
    return lambda *parts, **more: Request((Said(Role.USER, parts),), **more)


@pytest.fixture
async def speak(blobs: MemoryBlobs) -> AsyncIterator[Callable[..., OpenAICompatible]]:
    """Make clients of a server, with little patience."""
    made: list[OpenAICompatible] = []

    def make(url: str, preset: str = "vllm", key: str = "", **patience: float) -> OpenAICompatible:
        profile = Profile("p", "Test", preset, url, model="glm-4.5v")
        waits = Patience(**({"connect": 1.0, "first": 2.0, "silence": 1.0} | patience))
        made.append(OpenAICompatible(profile, key=key, blobs=blobs, patience=waits))
        return made[-1]

    yield make
    for backend in made:
        await backend.aclose()


@dataclass(frozen=True)
class Asked:
    """One request as a server got it."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class RawServer:
    """An HTTP server made of sockets, which does with a request what it was told to: at some `paths` something else."""

    behave: Behave
    paths: dict[str, Behave] = field(default_factory=dict)
    port: int = 0
    connections: int = 0
    asked: list[Asked] = field(default_factory=list)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while line := (await reader.readline()).decode("latin-1"):
                headers: dict[str, str] = {}
                while (field_line := (await reader.readline()).decode("latin-1")).strip():
                    name, _, value = field_line.partition(":")
                    headers[name.lower()] = value.strip()
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                self.asked.append(Asked(line.strip(), headers, body))
                await self.paths.get(line.split()[1], self.behave)(writer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            self.hung_up.set()
        finally:
            writer.close()


def answers(reply: object, status: int = 200) -> Behave:
    """Answer with this as JSON; bytes go out as they are."""
    body = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"

    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(head.encode() + body)

    return behave


@pytest.fixture
async def play(raw_server: Any) -> Callable[[dict[str, object]], Awaitable[RawServer]]:
    """Start servers that answer at some paths with JSON, or as they are told, and at all others with 404."""

    async def start(replies: dict[str, object]) -> RawServer:
        server: RawServer = await raw_server(answers({"detail": "Not Found"}, 404))
        server.paths = {path: reply if callable(reply) else answers(reply) for path, reply in replies.items()}
        return server

    return start


@pytest.fixture
async def raw_server() -> AsyncIterator[Callable[[Behave], Awaitable[RawServer]]]:
    """Start servers that behave as told."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(behave: Behave) -> RawServer:
            raw = RawServer(behave)
            server = await asyncio.start_server(raw.serve, "127.0.0.1", 0)
            stack.callback(server.close)
            raw.port = server.sockets[0].getsockname()[1]
            return raw

        yield start


@pytest.fixture
def meet(raw_server: Any, speak: Any, hear: Any, ask: Any) -> Any:
    """Let a client ask a server that behaves so, and return what it heard."""

    async def meeting(behave: Any, **more: Any) -> Any:
        server = await raw_server(behave)
        heard = await hear(speak(server.url, key=KEY, **more), ask("Hi"))
        if heard.error is not None:
            assert KEY not in "".join(traceback.format_exception(heard.error)) + repr(heard.error)
        return heard

    return meeting
