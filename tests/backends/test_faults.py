"""What a server, a network and an environment can do to a reply, by raw sockets: each fault has its case.

The text that came before a fault is kept, the error says what happened, and the key is in none of it.
"""

import asyncio
import gzip
import json
import logging
import socket
import ssl
import struct
import traceback
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from app.errors import Broken, Busy, Misdirected, Refused, Rejected, Unreachable
from app.model.checkups import Health
from app.model.events import Answer, Finish, Reasoning, Steered
from app.model.messages import Ending, Steering, Usage
from app.model.requests import Begun
from backends import openai_compatible

Behave = Callable[[asyncio.StreamWriter], Awaitable[None]]

KEY = "sk-canary-0123456789abcdef"
STREAM = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
OPEN_END = STREAM + "Connection: close\r\n\r\n"
CHUNKED = STREAM + "Transfer-Encoding: chunked\r\n\r\n"


def chunk(text: str = "", *, reason: str | None = None, **delta: Any) -> dict[str, Any]:
    said = {"content": text} if text else {}
    return {"choices": [{"index": 0, "delta": said | delta, "finish_reason": reason}]}


def event(data: Any, end: str = "\n\n") -> bytes:
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return f"data: {text}{end}".encode()


SWITCHED = Steered(Steering.TEMPLATE_SWITCH)
HELLO = event(chunk("Hello"))
STOP = event(chunk(reason="stop"))
DONE = event("[DONE]")


def sends(*pieces: Any, head: Any = OPEN_END, pause: Any = 0.0, then: Any = None) -> Behave:
    """Behave: send the head and the pieces, then end the connection, or do what `then` says."""

    async def behave(writer: Any) -> None:
        writer.write(head.encode())
        for piece in pieces:
            writer.write(piece)
            if pause:
                await writer.drain()
                await asyncio.sleep(pause)
        await writer.drain()
        if then is not None:
            await then(writer)
        writer.close()

    return behave


def replies(status: int, body: Any, *headers: Any) -> Behave:
    async def behave(writer: Any) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(data)}", *headers, "", ""]
        writer.write("\r\n".join(lines).encode() + data)

    return behave


async def reset(writer: Any) -> None:
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def hang(_writer: Any) -> None:
    await asyncio.sleep(30)


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


def told(heard: Any) -> Any:
    assert heard.error is not None, "the fault went unnoticed"
    return type(heard.error), heard.error.sentence.key


async def test_a_whole_reply_is_whole(meet: Any) -> None:
    usage = event({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}})
    heard = await meet(sends(HELLO, STOP, usage, DONE))
    assert heard.events == (SWITCHED, Answer("Hello"), Usage(3, 4), Finish(Ending.FINISHED))


async def test_1_the_end_comes_inside_a_chunk(meet: Any) -> None:
    body = f"{len(HELLO):x}\r\n".encode() + HELLO + b"\r\nff\r\ndata: {"
    heard = await meet(sends(body, head=CHUNKED))
    assert heard.answer == "Hello"
    assert told(heard) == (Broken, "backend.lost")


async def test_2_the_connection_is_reset(meet: Any) -> None:
    heard = await meet(sends(HELLO, pause=0.1, then=reset))
    assert heard.answer == "Hello"
    assert told(heard) == (Broken, "backend.lost")


@pytest.mark.parametrize("tail", [b"", DONE], ids=["without DONE", "with DONE"])
async def test_3_a_clean_end_that_names_no_reason_is_no_end(meet: Any, tail: bytes) -> None:
    heard = await meet(sends(HELLO, tail))
    assert heard.answer == "Hello"
    assert told(heard) == (Broken, "backend.cut_off")


async def test_4_the_end_comes_inside_an_event(meet: Any) -> None:
    heard = await meet(sends(HELLO, event(chunk(" you"))[:-20]))
    assert heard.answer == "Hello"
    assert told(heard) == (Broken, "backend.cut_off")


async def test_5_no_byte_comes(meet: Any) -> None:
    heard = await meet(sends(then=hang), first=0.3)
    assert told(heard) == (Busy, "backend.silent")
    heard = await meet(sends(HELLO, then=hang), silence=0.3)
    assert heard.answer == "Hello"
    assert told(heard) == (Broken, "backend.stalled")


async def test_5_not_even_a_head_comes(meet: Any) -> None:
    heard = await meet(hang, first=0.3)
    assert told(heard) == (Busy, "backend.silent")


async def test_6_pings_are_not_words(meet: Any) -> None:
    heard = await meet(sends(HELLO, *[b": ping\n\n"] * 50, pause=0.05), silence=0.4)
    assert heard.answer == "Hello"
    assert told(heard) == (Broken, "backend.stalled")


@pytest.mark.parametrize(
    "bad", ['{"choices": [', "{'choices'}", "[" * 100_000, "NaN,"], ids=["open", "quotes", "deep", "number"]
)
async def test_7_an_event_is_not_json(meet: Any, bad: str) -> None:
    heard = await meet(sends(HELLO, event(bad), HELLO))
    assert heard.answer == "Hello"
    assert told(heard) == (Broken, "backend.garbled")


async def test_8_an_event_is_not_utf_8(meet: Any) -> None:
    broken = event(chunk("é")).replace("é".encode(), b"\xc3")
    heard = await meet(sends(HELLO, broken))
    assert heard.answer == "Hello"
    assert told(heard) == (Broken, "backend.garbled")


async def test_9_characters_come_byte_by_byte(meet: Any) -> None:
    text = "你好, 👋 – ü"
    data = event(chunk(text)) + STOP + DONE
    heard = await meet(sends(*[data[at : at + 1] for at in range(len(data))], pause=0.0005))
    assert heard.error is None
    assert heard.answer == text


@pytest.mark.parametrize("end", ["\r\n\r\n", "\r\r", "\n\n"])
async def test_10_other_line_ends_and_fields(meet: Any, end: str) -> None:
    line = end[: len(end) // 2]
    text = "a\u2028b\u0085c"
    data = f"id: 7{line}retry: 10{line}event: message{line}data:{json.dumps(chunk(text), ensure_ascii=False)}{end}"
    heard = await meet(sends(data.encode(), event(chunk(reason="stop"), end), event("[DONE]", end)))
    assert heard.error is None
    assert heard.answer == text


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"error": {"message": "CUDA out of memory", "code": 500}}, (Broken, "backend.failed")),
        ({"error": "it broke"}, (Broken, "backend.failed")),
        ({"object": "error", "message": "it broke", "code": 500}, (Broken, "backend.failed")),
        ({"error": {"code": "1301", "message": "unsafe"}}, (Rejected, "backend.unsafe")),
    ],
)
async def test_11_an_error_comes_in_mid_stream(meet: Any, error: Any, expected: Any) -> None:
    heard = await meet(sends(HELLO, event(error)))
    assert heard.answer == "Hello"
    assert told(heard) == expected


@pytest.mark.parametrize("kind", ["text/html", "application/json", "text/plain"])
async def test_12_a_login_page_is_not_an_answer(meet: Any, kind: Any) -> None:
    page = b"<!DOCTYPE html><title>Sign in</title>"
    heard = await meet(replies(200, page, f"Content-Type: {kind}"))
    assert told(heard) == (Misdirected, "backend.web_page")


async def test_12_an_error_with_status_200_is_an_error(meet: Any) -> None:
    body = {"error": {"code": "1113", "message": "no balance"}}
    heard = await meet(replies(200, body, "Content-Type: application/json"))
    assert told(heard) == (Refused, "backend.no_balance")


@pytest.mark.parametrize(
    "odd",
    [
        {"choices": None},
        {"choices": []},
        {"choices": 3},
        {"choices": {"0": 1}},
        {"choices": [None]},
        {"choices": [{"delta": "text"}]},
        {"choices": [{"delta": {"content": {"text": "x"}}}]},
        {"choices": [{"delta": {"content": 3, "reasoning": ["x"]}, "finish_reason": 5}]},
        {"usage": "much"},
        {"usage": {"prompt_tokens": "3", "completion_tokens": True}},
        [1, 2],
        "null",
        "3",
    ],
    ids=str,
)
async def test_13_odd_shapes_are_passed_over(meet: Any, odd: Any) -> None:
    heard = await meet(sends(HELLO, event(odd), STOP, DONE))
    assert heard.events == (SWITCHED, Answer("Hello"), Finish(Ending.FINISHED))


async def test_14_a_delta_of_many_megabytes_is_refused(meet: Any) -> None:
    heard = await meet(sends(HELLO, event(chunk("x" * (5 * 2**20)))))
    assert heard.answer == "Hello"
    assert told(heard) == (Broken, "backend.endless")


async def test_14_an_answer_of_many_megabytes_is_refused(meet: Any) -> None:
    heard = await meet(sends(*[event(chunk("x" * 500_000))] * 25))
    assert told(heard) == (Broken, "backend.endless")
    assert 5 * 2**20 < len(heard.answer) <= 10 * 2**20


async def test_15_many_small_deltas_come_in_few_batches(meet: Any) -> None:
    deltas = b"".join(event(chunk(f"{n} ")) for n in range(5000))
    heard = await meet(sends(deltas, STOP, DONE))
    assert heard.answer == "".join(f"{n} " for n in range(5000))
    assert len(heard.batches) < 500


@pytest.mark.parametrize("start", [b"data: ", b": ", b""], ids=["data", "comment", "bare"])
async def test_16_a_line_without_end_is_refused(meet: Any, start: bytes) -> None:
    heard = await meet(sends(HELLO, start, *[b"x" * 65536] * 40))
    assert heard.answer == "Hello"
    assert told(heard) == (Broken, "backend.endless")


async def test_16_an_event_without_end_is_refused(meet: Any) -> None:
    heard = await meet(sends(HELLO, *[b"data: " + b"x" * 1000 + b"\n"] * 2000))
    assert told(heard) == (Broken, "backend.endless")


async def test_17_packed_replies_are_refused(
    meet: Any, raw_server: Any, speak: Any, hear: Any, ask: Any
) -> None:
    packed = gzip.compress(HELLO + STOP + DONE)
    heard = await meet(sends(packed, head=STREAM + "Content-Encoding: gzip\r\nConnection: close\r\n\r\n"))
    assert told(heard) == (Broken, "backend.garbled")
    server = await raw_server(sends(HELLO, STOP, DONE))
    await hear(speak(server.url), ask("Hi"))
    assert server.asked[0].headers["accept-encoding"] == "identity"


async def test_17_an_error_page_without_end_is_refused(meet: Any) -> None:
    head = "HTTP/1.1 500 X\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
    heard = await meet(sends(*[b"x" * 65536] * 200, head=head))
    assert isinstance(heard.error, Broken)


async def test_17_an_error_that_calls_itself_a_stream_is_refused(meet: Any) -> None:
    head = OPEN_END.replace("200 OK", "500 X")
    heard = await meet(sends(*[b"x" * 65536] * 200, head=head))
    assert told(heard) == (Broken, "backend.garbled")


async def test_17_a_list_of_models_that_calls_itself_a_stream_is_refused(raw_server: Any, speak: Any) -> None:
    server = await raw_server(sends(b'{"data": [', *[b" " * 65536] * 200, b"]}"))
    found = await speak(server.url).check()
    assert (found.health, found.sentence.key) == (Health.UNREACHABLE, "backend.garbled")


async def test_17_an_error_nested_without_end_is_an_error_like_others(meet: Any) -> None:
    assert told(await meet(replies(500, b"[" * 100_000))) == (Broken, "backend.server_error")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("1", 1.0), ("2.5", 2.5), ("-5", None), ("99999", None), ("soon", None), ("nan", None)],
)
async def test_18_too_many_requests(meet: Any, value: str, seconds: float | None) -> None:
    body = {"error": {"message": "slow down", "code": 429}}
    heard = await meet(replies(429, body, f"Retry-After: {value}"))
    assert told(heard) == (Busy, "backend.busy")
    assert heard.error.seconds == seconds


async def test_18_a_date_to_come_back(meet: Any) -> None:
    heard = await meet(replies(429, {}, "Retry-After: Wed, 21 Oct 2099 07:28:00 GMT"))
    assert heard.error.seconds is None


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (500, b"<html>oops</html>", (Broken, "backend.server_error")),
        (500, b"Internal Server Error", (Broken, "backend.server_error")),
        (502, b"", (Broken, "backend.server_error")),
        (503, {"error": {"message": "Loading model", "code": 503}}, (Busy, "backend.loading")),
    ],
)
async def test_19_the_server_fails_and_is_asked_only_once(
    raw_server: Any, speak: Any, hear: Any, ask: Any, status: int, body: Any, expected: Any
) -> None:
    server = await raw_server(replies(status, body))
    heard = await hear(speak(server.url), ask("Hi"))
    assert told(heard) == expected
    assert len(server.asked) == 1


async def test_20_nobody_there(speak: Any, hear: Any, ask: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    heard = await hear(speak(f"http://127.0.0.1:{port}/v1"), ask("Hi"))
    assert told(heard) == (Unreachable, "backend.nobody")


async def test_20_no_such_host(speak: Any, hear: Any, ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: Any, **_more: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    heard = await hear(speak("http://no-such-host.invalid/v1"), ask("Hi"))
    assert told(heard) == (Unreachable, "backend.no_such_host")


async def test_20_secure_to_a_plain_port(raw_server: Any, speak: Any, hear: Any, ask: Any) -> None:
    server = await raw_server(sends(HELLO))
    heard = await hear(speak(server.url.replace("http:", "https:"), connect=0.5), ask("Hi"))
    assert isinstance(heard.error, Unreachable)
    assert heard.error.sentence.key in ("backend.no_tls", "backend.no_answer")


async def test_20_a_secure_server_that_speaks_plainly(speak: Any, hear: Any, ask: Any) -> None:
    async def plain(_reader: Any, writer: Any) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(plain, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        heard = await hear(speak(f"https://127.0.0.1:{port}/v1"), ask("Hi"))
    assert told(heard) == (Unreachable, "backend.no_tls")
    assert any(isinstance(cause, ssl.SSLError) for cause in _causes(heard.error))


async def test_21_redirects_are_not_followed(raw_server: Any, speak: Any, hear: Any, ask: Any) -> None:
    other = await raw_server(sends(HELLO, STOP, DONE))
    server = await raw_server(replies(307, b"", f"Location: {other.url}/chat/completions"))
    heard = await hear(speak(server.url, key=KEY), ask("Hi"))
    assert told(heard) == (Misdirected, "backend.moved")
    assert other.asked == []


async def test_22_and_23_the_environment_redirects_nothing(
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


async def test_23_the_key_goes_where_it_belongs(
    raw_server: Any, speak: Any, hear: Any, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-from-the-environment")
    server = await raw_server(sends(HELLO, STOP, DONE))
    await hear(speak(server.url, key=KEY), ask("Hi"))
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("key", ["密钥", "two\nlines", "a\x00b"])
async def test_23_a_key_that_cannot_be_one_is_not_sent(
    raw_server: Any, speak: Any, hear: Any, ask: Any, key: str
) -> None:
    server = await raw_server(sends(HELLO, STOP, DONE))
    heard = await hear(speak(server.url, key=key), ask("Hi"))
    assert told(heard) == (Refused, "backend.wrong_key")
    assert server.asked == []


async def test_24_a_refusal_that_echoes_the_key_keeps_it_secret(
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


async def test_a_fault_after_the_end_takes_nothing_away(meet: Any) -> None:
    heard = await meet(sends(HELLO, STOP, pause=0.05, then=reset))
    assert heard.events == (SWITCHED, Answer("Hello"), Finish(Ending.FINISHED))


async def test_a_server_that_does_not_hang_up_after_the_end_is_not_waited_for(
    meet: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai_compatible, "FAREWELL", 0.1)
    heard = await meet(sends(HELLO, STOP, then=hang), silence=20.0)
    assert heard.events == (SWITCHED, Answer("Hello"), Finish(Ending.FINISHED))
    heard = await meet(sends(HELLO, STOP, DONE, then=hang), silence=20.0)
    assert heard.events == (SWITCHED, Answer("Hello"), Finish(Ending.FINISHED))


async def test_a_proxy_that_we_cannot_speak_to_is_said(
    speak: Any, hear: Any, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("all_proxy", "socks5://proxy.example:1080")
    monkeypatch.delenv("https_proxy", raising=False)
    heard = await hear(speak("https://api.example.com/v1"), ask("Hi"))
    assert told(heard) == (Unreachable, "backend.no_proxy")


async def test_a_tag_that_did_not_come_is_text_when_the_line_breaks(meet: Any) -> None:
    heard = await meet(sends(event(chunk("<thi"))))
    assert heard.answer == "<thi"
    assert told(heard) == (Broken, "backend.cut_off")


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("abort", (Broken, "backend.aborted")),
        ("network_error", (Broken, "backend.aborted")),
        ("sensitive", (Rejected, "backend.unsafe")),
        ("content_filter", (Rejected, "backend.unsafe")),
        ("tool_calls", (Broken, "backend.aborted")),
    ],
)
async def test_an_end_for_a_bad_reason_is_not_finished(meet: Any, reason: str, expected: Any) -> None:
    heard = await meet(sends(HELLO, event(chunk(reason=reason)), DONE))
    assert heard.answer == "Hello"
    assert told(heard) == expected


async def test_both_names_of_reasoning_are_read_and_none_twice(meet: Any) -> None:
    both = event(chunk(reasoning=" so", reasoning_content=" so"))
    heard = await meet(
        sends(event(chunk(reasoning="I")), both, event(chunk(reasoning_content=" on")), HELLO, STOP)
    )
    assert heard.events[1:-1] == (Reasoning("I"), Reasoning(" so"), Reasoning(" on"), Answer("Hello"))


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


MODELS = {"object": "list", "data": [{"id": "glm-4.5v", "max_model_len": 65536}]}


@pytest.mark.parametrize(
    ("models", "completion", "health", "key"),
    [
        (replies(200, MODELS), sends(HELLO, STOP, DONE), Health.WORKS, "backend.works"),
        (replies(404, {"detail": "Not Found"}), sends(HELLO, STOP), Health.WORKS, "backend.works"),
        (replies(401, {"error": "no"}), None, Health.REFUSED, "backend.wrong_key"),
        (replies(200, MODELS), replies(401, {}), Health.REFUSED, "backend.wrong_key"),
        (
            replies(200, MODELS),
            replies(404, {"error": {"message": "The model `x` does not exist."}}),
            Health.NO_MODEL,
            "backend.no_model",
        ),
        (replies(503, {"error": {"message": "Loading model"}}), None, Health.LOADING, "backend.loading"),
        (replies(200, MODELS), replies(503, b""), Health.LOADING, "backend.loading"),
        (replies(200, b"<html>"), None, Health.UNREACHABLE, "backend.web_page"),
        (replies(200, b"{"), None, Health.UNREACHABLE, "backend.garbled"),
        (replies(200, MODELS), sends(HELLO[:9]), Health.UNREACHABLE, "backend.cut_off"),
    ],
)
async def test_a_checkup_tells_situations_apart(
    play: Any, speak: Any, models: Any, completion: Any, health: Health, key: str
) -> None:
    asked = {"/v1/models": models, "/v1/chat/completions": completion}
    server = await play({path: behave for path, behave in asked.items() if behave is not None})
    found = await speak(server.url).check()
    assert (found.health, found.sentence.key) == (health, key)


async def test_a_checkup_of_nobody_and_of_nonsense(speak: Any) -> None:
    for url in ("http://127.0.0.1:1/v1", "ftp://x", "http://[", "http://a b/", "http://127.0.0.1:99999"):
        found = await speak(url).check()
        assert found.health is Health.UNREACHABLE, url


async def test_a_checkup_learns_the_context(play: Any, speak: Any) -> None:
    server = await play({"/v1/models": MODELS, "/v1/chat/completions": sends(HELLO, STOP, DONE)})
    backend = speak(server.url)
    found = await backend.check()
    assert found.models == ("glm-4.5v",)
    assert backend.limits.context == 65536


def _causes(error: Any) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


WORDS = {"error": {"message": "reasoning_config is not configured", "type": "BadRequestError", "code": 400}}


@pytest.mark.parametrize("refuses", [replies(400, WORDS), replies(500, WORDS), sends(event(WORDS), DONE)])
@pytest.mark.parametrize("wish", [{"budget": 50}, {"begun": Begun("hm", "")}])
async def test_a_server_that_cannot_steer_so_is_asked_without(
    refuses: Behave, wish: Any, raw_server: Any, speak: Any, hear: Any, ask: Any
) -> None:
    """vLLM without a parser refuses a budget, within the stream; a template may refuse a reply that has begun."""
    asked: list[None] = []

    async def behave(writer: Any) -> None:
        asked.append(None)
        await (refuses if len(asked) == 1 else sends(HELLO, STOP, DONE))(writer)
        writer.close()

    server = await raw_server(behave)
    heard = await hear(speak(server.url), ask("Hi", **wish))
    assert heard.error is None
    assert (heard.answer, heard.events[-1]) == ("Hello", Finish(Ending.FINISHED))
    first, second = (json.loads(each.body) for each in server.asked)
    assert first != second
    assert "thinking_token_budget" not in second
    assert [turn["role"] for turn in second["messages"]] == ["user"]
    assert Steered(Steering.TOKEN_BUDGET) not in heard.events


@pytest.mark.parametrize("wish", [{}, {"budget": 50}, {"begun": Begun("hm", "half ")}])
async def test_a_fault_that_is_none_of_the_steering_is_told(
    wish: Any, raw_server: Any, speak: Any, hear: Any, ask: Any
) -> None:
    server = await raw_server(replies(400, {"error": {"message": "too odd"}}))
    heard = await hear(speak(server.url), ask("Hi", **wish))
    assert heard.error.sentence.key == "backend.rejected"
    assert len(server.asked) == (2 if wish else 1)


async def test_a_reply_that_breaks_while_it_goes_on_is_not_asked_again(
    raw_server: Any, speak: Any, hear: Any, ask: Any
) -> None:
    server = await raw_server(sends(HELLO))
    heard = await hear(speak(server.url), ask("Hi", begun=Begun("hm", "half ")))
    assert heard.answer == "Hello"
    assert isinstance(heard.error, Broken)
    assert len(server.asked) == 1
