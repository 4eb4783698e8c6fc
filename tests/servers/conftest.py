"""What the tests against real servers share: the table for each kind, clients, and listening to a reply."""

import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.blobs import BlobStore
from app.model.limits import Limits
from app.model.profiles import Profile
from app.model.requests import Request
from backends.openai_compatible import OpenAICompatible
from tests.model_servers import ModelServer
from tests.servers.cases import Case, Content, Model
from tests.servers.kinds import KINDS, Kind
from tests.servers.talk import Connect, Hear, Studio, listen
from tests.servers.tap import Tap

# SERVER=llama asks only that one.
SERVERS = os.environ.get("SERVER", "vllm llama").split()

# What is about one server only.
_ABOUT = {
    "test_vllm.py": "vllm",
    "test_prefix_cache.py": "vllm",
    "test_tokens.py": "vllm",
    "test_window.py": "vllm",
    "test_sglang.py": "sglang",
    "test_llama.py": "llama",
    "test_faults.py": "llama",
    "test_transformers.py": "transformers",
}
_SUFFIX = {Model.SCRIPT: "", Model.MOE: "_moe", Model.EYES: "_eye"}


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out what is about one server that is not asked."""
    return True if _ABOUT.get(collection_path.name, SERVERS[0]) not in SERVERS else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for a `kind` every one that is asked, and with a `case` all that it is put through."""
    if "case" in metafunc.fixturenames:
        each = [(KINDS[name], case) for name in SERVERS for case in KINDS[name].cases()]
        metafunc.parametrize(("kind", "case"), each, ids=[f"{kind.name}-{case.name}" for kind, case in each])
    elif "kind" in metafunc.fixturenames:
        metafunc.parametrize("kind", [KINDS[name] for name in SERVERS], ids=SERVERS)


_FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture
def figure(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Note a figure for the end of the report."""
    return pytestconfig.stash.setdefault(_FIGURES, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in config.stash.get(_FIGURES, []):
        terminalreporter.write_line(line)


@pytest.fixture
def serve(request: pytest.FixtureRequest) -> Callable[[Kind, Model], ModelServer]:
    """Give the server of a kind that has a model."""

    def give(kind: Kind, model: Model) -> ModelServer:
        server: ModelServer = request.getfixturevalue(kind.name + _SUFFIX[model])
        return server

    return give


@pytest.fixture
def scripted(kind: Kind, serve: Callable[[Kind, Model], ModelServer]) -> ModelServer:
    """Each server in turn, with the model that always says the same."""
    return serve(kind, Model.SCRIPT)


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


@pytest.fixture
def blobs(studio: Studio) -> BlobStore:
    return studio.blobs


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
    return listen


@pytest.fixture
def ask(studio: Studio) -> Callable[..., Request]:
    """Make a request of one turn, for a server that takes videos."""

    def make(*contents: Content) -> Request:
        return studio.request(Case("", contents), Profile("p", "Test", "vllm"), Limits(clips=1))

    return make


@pytest.fixture
async def tap() -> AsyncIterator[Callable[[ModelServer], Awaitable[Tap]]]:
    """Put a tap between a client and a server."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(server: ModelServer) -> Tap:
            tap = Tap(server)
            stack.push_async_callback(tap.aclose)
            await tap.open()
            return tap

        yield start
