"""Whom a client reaches and whom it must not, whatever addresses, redirects, the environment and keys say."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import pytest

from app.errors import Broken, Misdirected, Refused, Rejected, Unreachable
from tests.raw_replies import (
    DONE,
    HELLO,
    KEY,
    OPEN_END,
    STOP,
    STREAM,
    replies,
    sends,
    told,
)


def _causes(error: Any) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


async def test_nobody_there(speak: Any, hear: Any, ask: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    heard = await hear(speak(f"http://127.0.0.1:{port}/v1"), ask("Hi"))
    assert told(heard) == (Unreachable, "backend.nobody")


async def test_no_such_host(speak: Any, hear: Any, ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: Any, **_more: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    heard = await hear(speak("http://no-such-host.invalid/v1"), ask("Hi"))
    assert told(heard) == (Unreachable, "backend.no_such_host")


async def test_secure_to_a_plain_port(raw_server: Any, speak: Any, hear: Any, ask: Any) -> None:
    server = await raw_server(sends(HELLO))
    heard = await hear(speak(server.url.replace("http:", "https:"), connect=0.5), ask("Hi"))
    assert isinstance(heard.error, Unreachable)
    assert heard.error.sentence.key in ("backend.no_tls", "backend.no_answer")


async def test_a_secure_server_that_speaks_plainly(speak: Any, hear: Any, ask: Any) -> None:
    async def plain(_reader: Any, writer: Any) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(plain, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        heard = await hear(speak(f"https://127.0.0.1:{port}/v1"), ask("Hi"))
    assert told(heard) == (Unreachable, "backend.no_tls")
    assert any(isinstance(cause, ssl.SSLError) for cause in _causes(heard.error))


async def test_redirects_are_not_followed(raw_server: Any, speak: Any, hear: Any, ask: Any) -> None:
    other = await raw_server(sends(HELLO, STOP, DONE))
    server = await raw_server(replies(307, b"", f"Location: {other.url}/chat/completions"))
    heard = await hear(speak(server.url, key=KEY), ask("Hi"))
    assert told(heard) == (Misdirected, "backend.moved")
    assert other.asked == []


async def test_the_environment_redirects_nothing(
    raw_server: Any, speak: Any, hear: Any, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = await raw_server(replies(200, b"caught"))
    server = await raw_server(sends(HELLO, STOP, DONE))
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "OPENAI_BASE_URL"):
        monkeypatch.setenv(name, trap.url)
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "sk-from-the-environment")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: Bearer sk-from-the-environment")
    heard = await hear(speak(server.url), ask("Hi"))
    assert heard.answer == "Hello"
    assert trap.asked == []
    assert "sk-from-the-environment" not in repr(server.asked)
    assert set(server.asked[0].headers) == {
        *("host", "accept", "accept-encoding", "content-type", "content-length", "user-agent")
    }


async def test_the_key_goes_where_it_belongs(
    raw_server: Any, speak: Any, hear: Any, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-from-the-environment")
    server = await raw_server(sends(HELLO, STOP, DONE))
    await hear(speak(server.url, key=KEY), ask("Hi"))
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("key", ["密钥", "two\nlines", "a\x00b"])
async def test_a_key_that_cannot_be_one_is_not_sent(
    raw_server: Any, speak: Any, hear: Any, ask: Any, key: str
) -> None:
    server = await raw_server(sends(HELLO, STOP, DONE))
    heard = await hear(speak(server.url, key=key), ask("Hi"))
    assert told(heard) == (Refused, "backend.wrong_key")
    assert server.asked == []


async def test_a_refusal_that_echoes_the_key_keeps_it_secret(
    meet: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    body = {"error": {"message": f"Incorrect API key provided: {KEY}", "code": 401}}
    heard = await meet(replies(401, body))
    assert told(heard) == (Refused, "backend.wrong_key")
    heard = await meet(replies(400, {"error": {"message": f"bad request with {KEY}"}}))
    assert told(heard) == (Rejected, "backend.rejected")
    assert "bad request with •••" in repr(heard.error.sentence)
    heard = await meet(replies(500, f"trace: Bearer {KEY}".encode()))
    assert told(heard) == (Broken, "backend.server_error")
    assert KEY not in caplog.text


async def test_a_proxy_that_we_cannot_speak_to_is_said(
    speak: Any, hear: Any, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("all_proxy", "socks5://proxy.example:1080")
    monkeypatch.delenv("https_proxy", raising=False)
    heard = await hear(speak("https://api.example.com/v1"), ask("Hi"))
    assert told(heard) == (Unreachable, "backend.no_proxy")


async def test_stop_closes_the_connection(raw_server: Any, speak: Any, ask: Any) -> None:
    async def talk(writer: Any) -> None:
        writer.write(OPEN_END.encode())
        while True:
            writer.write(HELLO)
            await writer.drain()
            await asyncio.sleep(0.01)

    server = await raw_server(talk)
    backend = speak(server.url)
    reply = backend.stream(ask("Hi"))
    await anext(reply)
    await reply.aclose()
    await asyncio.wait_for(server.hung_up.wait(), 2)


async def test_the_connection_is_used_again(raw_server: Any, speak: Any, hear: Any, ask: Any) -> None:
    body = HELLO + STOP + DONE

    async def behave(writer: Any) -> None:
        writer.write(STREAM.encode() + b"Transfer-Encoding: chunked\r\n\r\n")
        writer.write(f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n")

    server = await raw_server(behave)
    backend = speak(server.url)
    for _ in range(3):
        assert (await hear(backend, ask("Hi"))).error is None
    assert len(server.asked) == 3
    assert server.connections == 1


async def test_one_request_may_be_asked_twice_at_the_same_time(
    speak: Any, raw_server: Any, hear: Any, ask: Any
) -> None:
    raw = await raw_server(sends(HELLO, STOP, DONE, pause=0.05))
    backend, request = speak(raw.url), ask("Hi")
    both = await asyncio.gather(hear(backend, request), hear(backend, request))
    assert [(heard.answer, heard.error) for heard in both] == [("Hello", None)] * 2
