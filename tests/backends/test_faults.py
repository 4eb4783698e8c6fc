"""What a server and a network can do to a reply, by raw sockets: each fault has its case.

The text that came before a fault is kept, the error says what happened, and the key is in none of it.
"""

import gzip
import json
from typing import Any

import pytest

from app.errors import Broken, Busy, Misdirected, Refused, Rejected
from app.model.checkups import Health
from app.model.events import Answer, Finish, Reasoning
from app.model.messages import Ending, Usage
from backends import openai_compatible
from tests.raw_replies import (
    CHUNKED,
    DONE,
    HELLO,
    OPEN_END,
    STOP,
    STREAM,
    SWITCHED,
    chunk,
    event,
    hang,
    replies,
    reset,
    sends,
    told,
)


async def test_a_whole_reply_is_whole(meet: Any) -> None:
    usage = event({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}})
    heard = await meet(sends(HELLO, STOP, usage, DONE))
    assert heard.events == (SWITCHED, Answer("Hello"), Usage(3, 4), Finish(Ending.FINISHED))


async def test_the_end_comes_inside_a_chunk(meet: Any) -> None:
    body = f"{len(HELLO):x}\r\n".encode() + HELLO + b"\r\nff\r\ndata: {"
    heard = await meet(sends(body, head=CHUNKED))
    assert heard.answer == "Hello"
    assert told(heard) == (Broken, "backend.lost")


async def test_the_connection_is_reset(meet: Any) -> None:
    heard = await meet(sends(HELLO, pause=0.1, then=reset))
    assert heard.answer == "Hello"
    assert told(heard) == (Broken, "backend.lost")


@pytest.mark.parametrize("tail", [b"", DONE], ids=["without DONE", "with DONE"])
async def test_a_clean_end_that_names_no_reason_is_no_end(meet: Any, tail: bytes) -> None:
    heard = await meet(sends(HELLO, tail))
    assert heard.answer == "Hello"
    assert told(heard) == (Broken, "backend.cut_off")


async def test_the_end_comes_inside_an_event(meet: Any) -> None:
    heard = await meet(sends(HELLO, event(chunk(" you"))[:-20]))
    assert heard.answer == "Hello"
    assert told(heard) == (Broken, "backend.cut_off")


async def test_no_byte_comes(meet: Any) -> None:
    heard = await meet(sends(then=hang), first=0.3)
    assert told(heard) == (Busy, "backend.silent")
    heard = await meet(sends(HELLO, then=hang), silence=0.3)
    assert heard.answer == "Hello"
    assert told(heard) == (Broken, "backend.stalled")


async def test_not_even_a_head_comes(meet: Any) -> None:
    heard = await meet(hang, first=0.3)
    assert told(heard) == (Busy, "backend.silent")


async def test_pings_are_not_words(meet: Any) -> None:
    heard = await meet(sends(HELLO, *[b": ping\n\n"] * 50, pause=0.05), silence=0.4)
    assert heard.answer == "Hello"
    assert told(heard) == (Broken, "backend.stalled")


@pytest.mark.parametrize(
    "bad", ['{"choices": [', "{'choices'}", "[" * 100_000, "NaN,"], ids=["open", "quotes", "deep", "number"]
)
async def test_an_event_is_not_json(meet: Any, bad: str) -> None:
    heard = await meet(sends(HELLO, event(bad), HELLO))
    assert heard.answer == "Hello"
    assert told(heard) == (Broken, "backend.garbled")


async def test_an_event_is_not_utf_8(meet: Any) -> None:
    broken = event(chunk("é")).replace("é".encode(), b"\xc3")
    heard = await meet(sends(HELLO, broken))
    assert heard.answer == "Hello"
    assert told(heard) == (Broken, "backend.garbled")


async def test_characters_come_byte_by_byte(meet: Any) -> None:
    text = "你好, 👋 – ü"
    data = event(chunk(text)) + STOP + DONE
    heard = await meet(sends(*[data[at : at + 1] for at in range(len(data))], pause=0.0005))
    assert heard.error is None
    assert heard.answer == text


@pytest.mark.parametrize("end", ["\r\n\r\n", "\r\r", "\n\n"])
async def test_other_line_ends_and_fields(meet: Any, end: str) -> None:
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
async def test_an_error_comes_in_mid_stream(meet: Any, error: Any, expected: Any) -> None:
    heard = await meet(sends(HELLO, event(error)))
    assert heard.answer == "Hello"
    assert told(heard) == expected


@pytest.mark.parametrize("kind", ["text/html", "application/json", "text/plain"])
async def test_a_login_page_is_not_an_answer(meet: Any, kind: Any) -> None:
    page = b"<!DOCTYPE html><title>Sign in</title>"
    heard = await meet(replies(200, page, f"Content-Type: {kind}"))
    assert told(heard) == (Misdirected, "backend.web_page")


async def test_an_error_with_status_200_is_an_error(meet: Any) -> None:
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
async def test_odd_shapes_are_passed_over(meet: Any, odd: Any) -> None:
    heard = await meet(sends(HELLO, event(odd), STOP, DONE))
    assert heard.events == (SWITCHED, Answer("Hello"), Finish(Ending.FINISHED))


async def test_a_delta_of_many_megabytes_is_refused(meet: Any) -> None:
    heard = await meet(sends(HELLO, event(chunk("x" * (5 * 2**20)))))
    assert heard.answer == "Hello"
    assert told(heard) == (Broken, "backend.endless")


async def test_an_answer_of_many_megabytes_is_refused(meet: Any) -> None:
    heard = await meet(sends(*[event(chunk("x" * 500_000))] * 25))
    assert told(heard) == (Broken, "backend.endless")
    assert 5 * 2**20 < len(heard.answer) <= 10 * 2**20


async def test_many_small_deltas_come_in_few_batches(meet: Any) -> None:
    deltas = b"".join(event(chunk(f"{n} ")) for n in range(5000))
    heard = await meet(sends(deltas, STOP, DONE))
    assert heard.answer == "".join(f"{n} " for n in range(5000))
    assert len(heard.batches) < 500


@pytest.mark.parametrize("start", [b"data: ", b": ", b""], ids=["data", "comment", "bare"])
async def test_a_line_without_end_is_refused(meet: Any, start: bytes) -> None:
    heard = await meet(sends(HELLO, start, *[b"x" * 65536] * 40))
    assert heard.answer == "Hello"
    assert told(heard) == (Broken, "backend.endless")


async def test_an_event_without_end_is_refused(meet: Any) -> None:
    heard = await meet(sends(HELLO, *[b"data: " + b"x" * 1000 + b"\n"] * 2000))
    assert told(heard) == (Broken, "backend.endless")


async def test_packed_replies_are_refused(
    meet: Any, raw_server: Any, speak: Any, hear: Any, ask: Any
) -> None:
    packed = gzip.compress(HELLO + STOP + DONE)
    heard = await meet(sends(packed, head=STREAM + "Content-Encoding: gzip\r\nConnection: close\r\n\r\n"))
    assert told(heard) == (Broken, "backend.garbled")
    server = await raw_server(sends(HELLO, STOP, DONE))
    await hear(speak(server.url), ask("Hi"))
    assert server.asked[0].headers["accept-encoding"] == "identity"


async def test_an_error_page_without_end_is_refused(meet: Any) -> None:
    head = "HTTP/1.1 500 X\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
    heard = await meet(sends(*[b"x" * 65536] * 200, head=head))
    assert isinstance(heard.error, Broken)


async def test_an_error_that_calls_itself_a_stream_is_refused(meet: Any) -> None:
    head = OPEN_END.replace("200 OK", "500 X")
    heard = await meet(sends(*[b"x" * 65536] * 200, head=head))
    assert told(heard) == (Broken, "backend.garbled")


async def test_a_list_of_models_that_calls_itself_a_stream_is_refused(raw_server: Any, speak: Any) -> None:
    server = await raw_server(sends(b'{"data": [', *[b" " * 65536] * 200, b"]}"))
    found = await speak(server.url).check()
    assert (found.health, found.sentence.key) == (Health.UNREACHABLE, "backend.garbled")


async def test_an_error_nested_without_end_is_an_error_like_others(meet: Any) -> None:
    assert told(await meet(replies(500, b"[" * 100_000))) == (Broken, "backend.server_error")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("1", 1.0), ("2.5", 2.5), ("-5", None), ("99999", None), ("soon", None), ("nan", None)],
)
async def test_too_many_requests(meet: Any, value: str, seconds: float | None) -> None:
    body = {"error": {"message": "slow down", "code": 429}}
    heard = await meet(replies(429, body, f"Retry-After: {value}"))
    assert told(heard) == (Busy, "backend.busy")
    assert heard.error.seconds == seconds


async def test_a_date_to_come_back(meet: Any) -> None:
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
async def test_the_server_fails_and_is_asked_only_once(
    raw_server: Any, speak: Any, hear: Any, ask: Any, status: int, body: Any, expected: Any
) -> None:
    server = await raw_server(replies(status, body))
    heard = await hear(speak(server.url), ask("Hi"))
    assert told(heard) == expected
    assert len(server.asked) == 1


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
