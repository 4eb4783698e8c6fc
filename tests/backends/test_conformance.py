"""The table of conversations without a big server: what goes over the wire to each kind, and what comes back.

llama.cpp is real here; Z.ai and older vLLM are played.  Of those that `make test-servers` runs, the bodies are
checked: a player answers in their place.  ``GLIMPSE_SNAPSHOTS=write`` writes what is meant.
"""

from contextlib import aclosing
from pathlib import Path

import pytest

from tests.model_servers import ModelServer
from tests.servers.cases import Case, Model
from tests.servers.kinds import KINDS, Kind
from tests.servers.page import PAGE, render
from tests.servers.player import Player
from tests.servers.trips import (
    WIRE,
    check_body,
    check_reply,
    check_snapshot,
    check_version,
    put,
    writing,
)


def cases(*names: str) -> pytest.MarkDecorator:
    """Try every case that these kinds of servers are asked."""
    return pytest.mark.parametrize(
        ("kind", "case"),
        [
            pytest.param(KINDS[name], case, id=f"{name}-{case.name}")
            for name in names
            for case in KINDS[name].cases()
        ],
    )


@pytest.fixture
def served(request: pytest.FixtureRequest, case: Case) -> ModelServer:
    """A real llama.cpp with the model that a case asks."""
    server: ModelServer = request.getfixturevalue("llama_eye" if case.model is Model.EYES else "llama")
    return server


@cases("llama")
async def test_llama_cpp_answers_as_it_should(
    kind: Kind, case: Case, served: ModelServer, tmp_path: Path
) -> None:
    trip = await put(case, kind, served, tmp_path)
    check_reply(case, kind, served, trip.heard)
    check_snapshot(case, kind, trip)


@cases("zai", "old-vllm")
async def test_what_others_send_is_understood(kind: Kind, case: Case, tmp_path: Path) -> None:
    async with aclosing(Player(kind.name, kind.preset)) as player:
        server = await player.open()
        trip = await put(case, kind, server, tmp_path)
    check_reply(case, kind, server, trip.heard)
    check_snapshot(case, kind, trip)


@cases("vllm", "sglang", "transformers")
async def test_the_body_is_the_one_that_the_real_server_was_sent(
    kind: Kind, case: Case, tmp_path: Path
) -> None:
    async with aclosing(Player("old-vllm", kind.preset)) as player:
        trip = await put(case, kind, await player.open(), tmp_path)
    check_body(case, kind, trip)


def test_the_version_of_llama_cpp_is_the_one_that_was_seen(llama: ModelServer) -> None:
    check_version(KINDS["llama"], llama)


def test_the_page_says_what_was_seen() -> None:
    if writing():
        PAGE.write_text(render(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == render()


def test_nothing_is_kept_of_a_case_that_is_gone() -> None:
    kept = {file.relative_to(WIRE).as_posix() for file in WIRE.rglob("*.json")}
    asked = {f"{kind.name}/{case.name}.json" for kind in KINDS.values() for case in kind.cases()}
    assert kept == asked
