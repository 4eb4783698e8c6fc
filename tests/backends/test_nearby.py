"""Servers of this computer: found without a key, nobody else asked, nothing waited for long."""

import asyncio
import time
from typing import Any

import pytest

from backends import nearby
from tests.model_servers import free_port

VLLM = {
    "/v1/models": {"data": [{"id": "glm-4.5v", "owned_by": "vllm", "max_model_len": 65536}]},
    "/version": {"version": "0.32.0"},
}


async def test_a_real_server_is_found_beside_ports_where_nobody_is(llama: Any) -> None:
    (found,) = await nearby.find((f"http://127.0.0.1:{free_port()}/v1", llama.url))
    assert (found.preset, found.url) == ("llamacpp", llama.url)
    assert found.models


async def test_servers_are_asked_at_once_and_without_a_key(play: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-environment")
    servers = [await play(VLLM) for _ in range(2)]
    found = await nearby.find(tuple(server.url for server in servers))
    assert [server.url for server in found] == [server.url for server in servers]
    assert all("authorization" not in asked.headers for server in servers for asked in server.asked)


@pytest.mark.parametrize(
    "replies",
    [
        {"/v1/models": {"data": [{"id": "m", "owned_by": "somebody"}]}},
        {"/v1/models": {"data": []}, "/api/version": {"version": "0.12"}},
        {"/v1/models": b"<html>", "/version": {"version": "0.32.0"}},
        {"/v1/models": b"[" * 100_000},
        {},
    ],
    ids=["unknown", "no model", "web page", "nested", "nothing there"],
)
async def test_who_is_of_no_use_is_not_found(play: Any, replies: dict[str, object]) -> None:
    assert await nearby.find(((await play(replies)).url,)) == ()


async def test_one_that_floods_is_not_listened_to(play: Any) -> None:
    flood = b"[" + b" " * (5 * 2**20) + b"]"
    assert await nearby.find(((await play({"/v1/models": flood})).url,)) == ()


async def test_one_that_says_nothing_holds_up_nobody(raw_server: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(nearby, "PATIENCE", 0.3)

    async def silent(_: object) -> None:
        await asyncio.sleep(60)

    server = await raw_server(silent)
    begun = time.monotonic()
    assert await nearby.find((server.url,)) == ()
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize(
    "host", ["192.168.0.1", "8.8.8.8", "localhost.example.com", "0.0.0.0", "example.com"]
)
async def test_no_other_computer_is_ever_asked(host: str) -> None:
    with pytest.raises(ValueError, match=r"not|appear"):
        await nearby.find((f"http://{host}:8000/v1",))


def test_the_usual_ports_are_of_this_computer() -> None:
    assert len(nearby.USUAL) == 5
    for url in nearby.USUAL:
        assert nearby._port(url)[0] == "127.0.0.1"
