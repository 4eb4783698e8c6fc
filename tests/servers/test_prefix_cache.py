"""What a turn repeats of the one before is in vLLM's cache: bodies repeat byte for byte, pictures included."""

import json
import re
from collections.abc import Awaitable, Callable
from itertools import takewhile
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.model.profiles import Profile
from backends.openai_compatible import OpenAICompatible
from tests.model_servers import ModelServer
from tests.servers.cases import Case, Content, Earlier, Filmed, Painted
from tests.servers.talk import Heard, Studio, listen
from tests.servers.tap import Tap
from tests.servers.trips import bodies

ENOUGH = 0.95  # of the prefix that two turns share

Told = Callable[[str], None]
LONG = "Line {n} of a page that was read aloud for the record. " * 12

TURNS: tuple[tuple[Content, ...], ...] = (
    (Painted("red", 300, 200), Painted("blue", 640, 480), "What is on these? " + LONG),
    (Painted("green", 320, 240), "And on this one? " + LONG),
    (Filmed("red", "blue"), "And what happens here? " + LONG),
    ("What was it all about?",),
)


class Talk:
    """A conversation with vLLM as the app has it, with every body that it sent."""

    def __init__(self, line: Tap, backend: OpenAICompatible, profile: Profile, studio: Studio) -> None:
        self._line, self._backend, self._profile, self._studio = line, backend, profile, studio
        self._before: list[Earlier] = []

    async def ask(self, asked: tuple[Content, ...]) -> tuple[Heard, dict[str, Any]]:
        """Ask the next question; return what was heard and the body that was sent."""
        case = Case("", asked, before=tuple(self._before))
        heard = await listen(self._backend, self._studio.request(case, self._profile, self._backend.limits))
        assert heard.error is None
        self._before.append(Earlier(asked, heard.answer, heard.reasoning))
        *_, body = bodies(bytes(self._line.sent))
        return heard, body


@pytest.fixture
async def talk(
    vllm: ModelServer, tap: Callable[[ModelServer], Awaitable[Tap]], tmp_path: Path, studio: Studio
) -> Any:
    line = await tap(vllm)
    # A beginning of its own: nobody has asked it before, not even this test an hour ago.
    profile = Profile("p", "Test", "vllm", line.near.url, vllm.model, system=f"You are in {tmp_path}.")
    backend = OpenAICompatible(profile, key=vllm.key, blobs=studio.blobs)
    yield Talk(line, backend, profile, studio)
    await backend.aclose()


async def test_the_next_turn_finds_the_last_one_in_the_cache(
    talk: Talk, vllm: ModelServer, figure: Told
) -> None:
    block = _block(vllm)
    last, asked = await talk.ask(TURNS[0])
    assert last.usage.cached in (0, None)
    for turn in TURNS[1:]:
        heard, body = await talk.ask(turn)
        begins, goes_on = (json.dumps(sent["messages"]) for sent in (asked, body))
        assert goes_on.startswith(begins.removesuffix("]"))
        shared = _shared(vllm, asked, body) + last.usage.prompt - len(_tokens(vllm, asked))
        whole = shared // block * block
        assert whole >= 2 * block
        assert heard.usage.cached is not None
        figure(
            f"prefix cache: {heard.usage.cached} of {shared} shared tokens, {whole} of them in whole blocks of {block}"
        )
        assert heard.usage.cached >= ENOUGH * whole
        last, asked = heard, body


def _shared(server: ModelServer, one: dict[str, Any], other: dict[str, Any]) -> int:
    """Return how many tokens two prompts begin with in common, a picture being one."""
    pairs = zip(_tokens(server, one), _tokens(server, other), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _tokens(server: ModelServer, body: dict[str, Any]) -> list[int]:
    asked = {name: body[name] for name in ("model", "messages", "chat_template_kwargs")}
    headers = {"Authorization": f"Bearer {server.key}"}
    reply = httpx2.post(
        server.url.removesuffix("/v1") + "/tokenize", json=asked, headers=headers, timeout=120
    )
    tokens: list[int] = reply.raise_for_status().json()["tokens"]
    return tokens


def _block(server: ModelServer) -> int:
    metrics = httpx2.get(server.url.removesuffix("/v1") + "/metrics").raise_for_status().text
    found = re.search(r'^vllm:cache_config_info{.*\bblock_size="(\d+)"', metrics, re.MULTILINE)
    assert found is not None
    return int(found[1])
