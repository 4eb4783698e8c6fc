"""What the tests against real servers share: each server in turn, clients, and listening to a reply."""

import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.blobs import BlobStore
from app.errors import BackendError
from app.model import Profile, Request, Role, Said
from backends.openai_compatible import OpenAICompatible
from tests.model_servers import ModelServer
from tests.servers.cases import Case
from tests.servers.talk import Compose, Connect, Hear, Heard, part
from tests.servers.tap import Tap

# SERVER=llama puts only that one through the table.
SERVERS = os.environ.get("SERVER", "vllm llama").split()


@pytest.fixture(params=SERVERS)
def scripted(request: pytest.FixtureRequest) -> ModelServer:
    """Each server in turn, with the model that always says the same."""
    server: ModelServer = request.getfixturevalue(request.param)
    return server


@pytest.fixture(params=SERVERS)
def seeing(request: pytest.FixtureRequest) -> ModelServer:
    """Each server in turn, with the model that sees."""
    server: ModelServer = request.getfixturevalue(f"{request.param}_eye")
    return server


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


@pytest.fixture
async def connect(blobs: BlobStore) -> AsyncIterator[Connect]:
    """Make a client of a server; `changes` are to its profile, `key` is another key."""
    async with contextlib.AsyncExitStack() as stack:

        def make(server: ModelServer, key: str | None = None, **changes: Any) -> OpenAICompatible:
            profile = replace(Profile("p", "Test", server.preset, server.url, server.model), **changes)
            client = OpenAICompatible(profile, key=server.key if key is None else key, blobs=blobs)
            stack.push_async_callback(client.aclose)
            return client

        yield make


@pytest.fixture
def hear() -> Hear:
    """Listen to a backend to its end."""

    async def listen(backend: OpenAICompatible, request: Request) -> Heard:
        heard = Heard()
        try:
            async with contextlib.aclosing(backend.stream(request)) as batches:
                async for batch in batches:
                    heard.events.extend(batch)
        except BackendError as error:
            heard.error = error
        return heard

    return listen


@pytest.fixture
def compose(blobs: BlobStore, tmp_path: Path) -> Compose:
    """Make the request of a case, with real media."""

    def make(case: Case) -> Request:
        turns = (
            Said(role, tuple(part(content, blobs, tmp_path) for content in contents))
            for role, contents in case.turns
        )
        return Request(tuple(turns), thinking=case.thinking)

    return make


@pytest.fixture
def ask(compose: Compose) -> Callable[..., Request]:
    """Make a request of one turn."""
    return lambda *contents: compose(Case("", ((Role.USER, contents),)))


@pytest.fixture
async def tap() -> AsyncIterator[Callable[[ModelServer], Awaitable[Tap]]]:
    """Put a tap between a client and a server."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(server: ModelServer) -> Tap:
            tap = Tap(server)
            stack.push_async_callback(tap.close)
            await tap.open()
            return tap

        yield start
