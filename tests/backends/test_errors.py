"""What servers write into errors, as they have been seen to, and what the user is told."""

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from app.errors import Broken, Busy, Misdirected, Refused, Rejected
from app.i18n import catalogue, say
from backends.errors import SHOWN, clean, from_event, from_reply, retry_after

SEEN = [
    # vLLM
    (400, {"error": {"message": "This model's maximum context length is 4096 tokens. However, your prompt contains at least 4097 input tokens (parameter=input_tokens, value=4097)", "type": "BadRequestError", "param": "input_tokens", "code": 400}}, Rejected, "too_long"),
    (400, {"error": {"message": "Input length (10778) exceeds model's maximum context length (4096).", "type": "BadRequestError", "code": 400}}, Rejected, "too_long"),
    (400, {"error": {"message": "max_tokens=999999 cannot be greater than max_model_len=4096.", "code": 400}}, Rejected, "too_long"),
    (400, {"error": {"message": "Failed to load image: cannot identify image file <_io.BytesIO object>", "code": 400}}, Rejected, "bad_media"),
    (400, {"error": {"message": "Could not open video stream", "code": 400}}, Rejected, "bad_media"),
    (400, {"error": {"message": "At most 4 image(s) may be provided in one prompt. (parameter=image)", "code": 400}}, Rejected, "too_many"),
    (404, {"error": {"message": "The model `nope` does not exist. Valid aliases: glm-4.5v.", "type": "NotFoundError", "code": 404}}, Rejected, "no_model"),
    (400, {"error": {"message": "tiny is not a multimodal model", "code": 400}}, Rejected, "no_eyes"),
    # SGLang
    (400, {"object": "error", "message": "The input (120006 tokens) is longer than the model's context length (4096 tokens).", "type": "BadRequestError", "code": 400}, Rejected, "too_long"),
    (400, {"object": "error", "message": "An exception occurred while loading IMAGE data at index 0: Error", "code": 400}, Rejected, "bad_media"),
    # llama.cpp
    (400, {"error": {"code": 400, "message": "request (120010 tokens) exceeds the available context size (4096 tokens), try increasing it", "type": "exceed_context_size_error"}}, Rejected, "too_long"),
    (500, {"error": {"code": 500, "message": "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj", "type": "server_error"}}, Rejected, "no_eyes"),
    (400, {"error": {"code": 400, "message": "Failed to load image or audio file", "type": "invalid_request_error"}}, Rejected, "bad_media"),
    (503, {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}, Busy, "loading"),
    (401, {"error": {"code": 401, "message": "Invalid API Key", "type": "authentication_error"}}, Refused, "wrong_key"),
    # Z.ai: the code is a string, and tells what the status does not
    (429, {"error": {"code": "1113", "message": "Insufficient balance or no resource package."}}, Refused, "no_balance"),
    (429, {"error": {"code": "1302", "message": "High concurrency usage of this API"}}, Busy, "busy"),
    (401, {"error": {"code": "1002", "message": "Authorization Token invalid"}}, Refused, "wrong_key"),
    (400, {"error": {"code": "1211", "message": "Unknown model"}}, Rejected, "no_model"),
    (400, {"error": {"code": "1301", "message": "unsafe"}}, Rejected, "unsafe"),
    (400, {"error": {"code": "1210", "message": "API parameters are wrong"}}, Rejected, "rejected"),
    # OpenAI and kin
    (429, {"error": {"code": "insufficient_quota", "message": "You exceeded your current quota"}}, Refused, "no_balance"),
    (429, {"error": {"code": "rate_limit_exceeded", "message": "slow down"}}, Busy, "busy"),
    (404, {"error": {"code": "model_not_found", "message": "The model does not exist"}}, Rejected, "no_model"),
    (400, {"error": {"code": "context_length_exceeded", "message": "too long"}}, Rejected, "too_long"),
    (404, {"error": {"message": 'model "llava" not found, try pulling it first'}}, Rejected, "no_model"),
    # transformers serve, FastAPI, proxies
    (422, {"detail": "Unexpected keys in the request: thinking"}, Rejected, "rejected"),
    (422, {"detail": [{"loc": ["body"], "msg": "field required"}]}, Rejected, "rejected"),
    (500, "Internal Server Error", Broken, "server_error"),
    (404, {"detail": "Not Found"}, Misdirected, "wrong_path"),
    (404, "<html><h1>404</h1></html>", Misdirected, "wrong_path"),
    (413, "<html>Request Entity Too Large</html>", Rejected, "too_large"),
    (403, "", Refused, "no_permission"),
    (402, "", Refused, "no_balance"),
    (503, "<html>Service Unavailable</html>", Busy, "loading"),
    (504, "", Broken, "server_error"),
    (599, "", Broken, "server_error"),
    (400, "", Rejected, "rejected"),
    (400, "null", Rejected, "rejected"),
    (400, "[1, 2]", Rejected, "rejected"),
    (400, {"error": {"message": None}}, Rejected, "rejected"),
    (400, "[" * 100_000, Rejected, "rejected"),
    (500, '{"error": {"message": ' + "[" * 900 + "]" * 900 + "}}", Broken, "server_error"),
    (400, '{"error":' * 100_000, Rejected, "rejected"),
    (302, "", Misdirected, "moved"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "body", "kind", "key"), SEEN, ids=[f"{case[0]} {case[3]}" for case in SEEN]
)
def test_each_is_told_in_a_sentence(status: int, body: Any, kind: Any, key: str) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    error = from_reply(
        status, {"location": "https://elsewhere.example/x"}, text, host="gpu-box:8000", key="secret"
    )
    assert (type(error), error.sentence.key) == (kind, f"backend.{key}")
    for language in ("en", "zh"):
        pattern = catalogue(language)[error.sentence.key]
        assert pattern
    said = say(error.sentence)
    assert not re.search(r"\{[a-z]+\}", said), "a gap was left open"
    assert "<" not in said


def test_only_what_may_pass_is_tried_again() -> None:
    def again(status: int) -> bool:
        return from_reply(status, {}, "", host="h", key="").retry

    assert [again(status) for status in (429, 500, 503)] == [True] * 3
    assert [again(status) for status in (302, 400, 401, 402, 404, 413)] == [False] * 6


def test_the_servers_own_words_are_shown_where_they_help() -> None:
    error = from_reply(422, {}, '{"detail": "Unexpected keys: thinking"}', host="h", key="")
    assert "Unexpected keys: thinking" in say(error.sentence)


def test_in_mid_stream_the_same_words_mean_the_same() -> None:
    assert (
        from_event({"message": "maximum context length is 4096"}, key="").sentence.key == "backend.too_long"
    )
    assert from_event("plain words", key="").sentence.args == (("words", "plain words"),)
    assert from_event({}, key="").sentence.key == "backend.failed"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("key sk-abcdefgh12345678 is wrong", "key ••• is wrong"),
        ("header Authorization: Bearer abc.def-ghi", "header Authorization: •••"),
        ("bad url data:image/png;base64,iVBORw0KGgo= here", "bad url ••• here"),
        ("my-very-own-key was refused", "••• was refused"),
        ("half \ud83d of a character", "half \ufffd of a character"),
        ("two\nlines\x1b[31m and\u202e a trick", "two lines [31m and a trick"),
    ],
)
def test_words_of_a_server_are_cleaned(words: str, shown: str) -> None:
    assert clean(words, "my-very-own-key") == shown


def test_long_words_are_shortened_and_a_short_key_blanks_nothing() -> None:
    assert len(clean("x" * 5000, "")) == SHOWN
    assert clean("maximum", "m") == "maximum"


def test_retry_after_is_seconds_or_a_date() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert 25 < (retry_after(soon) or 0) <= 30
    assert retry_after("7") == 7
    for nonsense in ("", "-1", "inf", "nan", "99999999", "Wed, 99 Foo", "Wed, 21 Oct 2015 07:28:00 GMT"):
        assert retry_after(nonsense) is None
