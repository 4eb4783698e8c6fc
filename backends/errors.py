"""Their faults as ours: the SDK's, the network's, and what each server writes into an error.

The sentence says what happened and what to do; the server's own words go in only where they help, and
never with the key or a picture in them.
"""

import json
import re
import socket
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx2
import openai

from app.clean import visible
from app.errors import BackendError, Broken, Busy, Misdirected, Refused, Rejected, Unreachable
from backends.sse import EventTooLarge

SHOWN = 300  # characters of a server's own words in a sentence
REASON = 40  # characters of the word by which a server ends a reply
SECRET = 4  # characters: a shorter key is a placeholder, and would blank out half the words
PATIENCE = 3600  # seconds: who asks for a longer wait has not understood the question


def _saying(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


# What servers write, in the order in which it is looked for.
_WORDS: tuple[tuple[re.Pattern[str], type[BackendError], str], ...] = (
    (
        _saying(
            "maximum context length|context length is only|model's context length|exceeds? the available context"
            "|exceed_context_size|parameter=input_tokens|context_length_exceeded|context window|max_model_len"
            "|prompt is too long"
        ),
        Rejected,
        "backend.too_long",
    ),
    (
        _saying(
            "image input is not supported|is not a multimodal model|does not support (image|vision|multimodal)"
            r"|(image|vision|multimodal)[^.]{0,40} not supported|no endpoints found that support image"
            r"|content must be a string|invalid content type\W+image_url"
        ),
        Rejected,
        "backend.no_eyes",
    ),
    (_saying(r"at most \d+ (image|video)"), Rejected, "backend.too_many"),
    (
        _saying(
            "failed to load (the )?image|could not (decode|open)|cannot identify image|while loading IMAGE"
            "|Non-base64"
        ),
        Rejected,
        "backend.bad_media",
    ),
    (_saying("loading model|model is (still )?loading|still loading"), Busy, "backend.loading"),
    (
        _saying("model .{0,80}(does not exist|not found|is not available)|no such model|unknown model"),
        Rejected,
        "backend.no_model",
    ),
)

# What the network did, in the order in which it is looked for along the chain of causes.
_CAUSES: tuple[tuple[tuple[type[Exception], ...], type[BackendError], str], ...] = (
    ((ssl.SSLError,), Unreachable, "backend.no_tls"),
    ((socket.gaierror,), Unreachable, "backend.no_such_host"),
    ((httpx2.ConnectTimeout, httpx2.PoolTimeout), Unreachable, "backend.no_answer"),
    ((httpx2.ProxyError,), Unreachable, "backend.no_proxy"),
    ((httpx2.ConnectError,), Unreachable, "backend.nobody"),
    ((httpx2.UnsupportedProtocol, httpx2.InvalidURL), Misdirected, "backend.wrong_address"),
    ((httpx2.DecodingError,), Broken, "backend.garbled"),
)

_SECRET = re.compile(
    r"(data:[\w/+.-]*;base64,[\w+/=]*|\b(?:Bearer\s+)?sk-[\w-]{8,}|Bearer\s+\S+)", re.IGNORECASE
)

# Codes say what the status alone does not: 429 may mean an empty purse.  The numbers are Z.ai's.
_CODES: dict[str, tuple[type[BackendError], str]] = {
    **dict.fromkeys(
        ("1000", "1001", "1002", "1003", "1004", "invalid_api_key"), (Refused, "backend.wrong_key")
    ),
    **dict.fromkeys(
        ("1110", "1111", "1112", "1113", "1120", "1121", "insufficient_quota"),
        (Refused, "backend.no_balance"),
    ),
    **dict.fromkeys(("1220", "1222"), (Refused, "backend.no_permission")),
    **dict.fromkeys(("1211", "1221", "model_not_found"), (Rejected, "backend.no_model")),
    **dict.fromkeys(("1300", "1301", "content_policy_violation"), (Rejected, "backend.unsafe")),
    **dict.fromkeys(("1261", "context_length_exceeded"), (Rejected, "backend.too_long")),
}
_UNSAFE = ("content_filter", "sensitive")
_BUSY = re.compile(r"130[2-9]|131\d|rate_limit_exceeded")


def translate(error: Exception, *, host: str, key: str) -> BackendError:
    """Return our error for one of the SDK, of the network, or of reading what came; `key` is kept out."""
    _cleanse(error, key)
    if isinstance(error, BackendError):
        return error
    if isinstance(error, openai.APIStatusError):
        reply = error.response
        return from_reply(reply.status_code, dict(reply.headers), reply.text, host=host, key=key)
    if isinstance(error, EventTooLarge):
        return Broken("backend.endless")
    if isinstance(error, ValueError | RecursionError | openai.APIResponseValidationError):
        return Broken("backend.garbled")
    return _by_cause(error, host)


def from_reply(status: int, headers: dict[str, str], text: str, *, host: str, key: str) -> BackendError:
    """Return our error for an HTTP reply that is one."""
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        where = httpx2.URL(headers.get("location", "")).host
        return Misdirected("backend.moved", host=host, where=clean(where, key) or "?")
    code, message = _said(text)
    words = clean(message, key) or _phrase(status)
    wait = retry_after(headers.get("retry-after", ""))
    return _by_code(code, wait) or _by_words(words, wait) or _by_status(status, words, host, wait)


def from_event(error: object, *, key: str) -> BackendError:
    """Return our error for one that came in mid-stream, inside an event."""
    code, message = _said(json.dumps({"error": error}))
    words = clean(message, key)
    return _by_code(code, None) or _by_words(words, None) or Broken("backend.failed", words=words or "error")


def from_reason(reason: str, *, key: str) -> BackendError:
    """Return our error for a reply that the server ended with a word that is no proper end, or with none."""
    if not reason:
        return Broken("backend.cut_off")
    if reason in _UNSAFE:
        return Rejected("backend.unsafe")
    return Broken("backend.aborted", reason=clean(reason, key)[:REASON])


def _by_code(code: str, wait: float | None) -> BackendError | None:
    if code in _CODES:
        kind, key = _CODES[code]
        return kind(key)
    return Busy("backend.busy", seconds=wait) if _BUSY.fullmatch(code) else None


def _by_words(words: str, wait: float | None) -> BackendError | None:
    for pattern, kind, key in _WORDS:
        if pattern.search(words):
            return Busy(key, seconds=wait) if kind is Busy else kind(key)
    return None


def _by_status(status: int, words: str, host: str, wait: float | None) -> BackendError:  # noqa: PLR0911 - a table
    match status:
        case 401:
            return Refused("backend.wrong_key")
        case 402:
            return Refused("backend.no_balance")
        case 403 | 407 | 434 | 451:
            return Refused("backend.no_permission")
        case 404 | 405:
            return Misdirected("backend.wrong_path", host=host)
        case 413 | 435:
            return Rejected("backend.too_large")
        case 429:
            return Busy("backend.busy", seconds=wait)
        case 503:
            return Busy("backend.loading", seconds=wait)
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Broken("backend.server_error", status=status, words=words)
        case _:
            return Rejected("backend.rejected", status=status, words=words)


def _by_cause(error: Exception, host: str) -> BackendError:
    causes = _chain(error)
    for kinds, kind, key in _CAUSES:
        if any(isinstance(cause, kinds) for cause in causes):
            return kind(key, host=host)
    return Broken("backend.lost")


def retry_after(value: str) -> float | None:
    """Return the wait a server asks for in seconds, None where it makes no sense."""
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return seconds if 0 <= seconds <= PATIENCE else None


def clean(words: str, key: str) -> str:
    """Return a server's words as they may be shown: short, on one line, without the key or media."""
    if len(key) >= SECRET:
        words = re.sub(re.escape(key), "•••", words, flags=re.IGNORECASE)  # hosts are told in small letters
    words = visible(_SECRET.sub("•••", words))
    return words if len(words) <= SHOWN else words[: SHOWN - 1] + "…"


def _said(text: str) -> tuple[str, str]:
    """Return the code and the message of an error body in any of the servers' forms."""
    try:
        return _parts(json.loads(text))
    except ValueError:
        return "", "" if "<" in text[:200] else text[:1000]  # a page of HTML has nothing to say
    except RecursionError:  # nested a thousand deep
        return "", ""


def _parts(body: Any) -> tuple[str, str]:
    if isinstance(body, dict):
        body = body.get("error") or body.get("detail") or body
    if not isinstance(body, dict):
        return "", body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)[:1000]
    code, message = body.get("code"), body.get("message") or body.get("detail")
    # Only a code in letters or a string of digits is one; a number repeats the status.
    return code if isinstance(code, str) else "", str(message or body.get("type") or "")


def _phrase(status: int) -> str:
    return httpx2.codes.get_reason_phrase(status) or str(status)


def _chain(error: BaseException | None) -> list[BaseException]:
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__
    return chain


def _cleanse(error: BaseException, key: str) -> None:
    """Take the key out of the messages of an error and its causes: they end up in logs."""
    for cause in _chain(error):
        if len(key) >= SECRET and any(key in str(arg) for arg in cause.args):
            cause.args = tuple(clean(str(arg), key) for arg in cause.args)
