"""What workers send, looked at before it is believed: a worker may have been taken over by its file."""

import re
from typing import Any

from app.errors import Unreadable
from app.model.attachments import TEXT_LIMIT

SIDE_LIMIT = 20_000  # pixels; no picture of ours is longer
COUNT_LIMIT = 10**6  # pages, pixels of a side; more is a lie
MEASURE_LIMIT = 1e9  # seconds, frames a second

_MAGIC = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
# What cannot be stored or shown: control characters, and halves of characters.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def count(head: dict[str, Any], name: str, most: int = COUNT_LIMIT) -> int:
    """Return the whole number from 1 to `most` of this name; raises `Unreadable`."""
    value = head.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise Unreadable("worker.died")
    return value


def number(head: dict[str, Any], expected: int) -> int:
    """Return the `number` of a page, which come in order; raises `Unreadable` when it is not the one expected."""
    if head.get("number") != expected:
        raise Unreadable("worker.died")
    return expected


def measure(head: dict[str, Any], name: str) -> float:
    """Return the number from 0 to `MEASURE_LIMIT` of this name; raises `Unreadable`."""
    value = head.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= MEASURE_LIMIT:
        raise Unreadable("worker.died")
    return float(value)


def text(head: dict[str, Any], name: str) -> str:
    """Return the text of this name, at most `TEXT_LIMIT` long and fit to be stored; empty when there is none."""
    value = head.get(name)
    return fit_to_show(value[:TEXT_LIMIT]) if isinstance(value, str) else ""


def fit_to_show(text: str) -> str:
    """Return a text without what can neither be stored nor shown."""
    return _UNFIT.sub("", text)


def picture(head: dict[str, Any], body: bytes) -> tuple[int, int, str]:
    """Return width, height and mime of the encoded picture in `body`; raises `Unreadable` when it is none."""
    mime = head.get("mime")
    width, height = count(head, "width", SIDE_LIMIT), count(head, "height", SIDE_LIMIT)
    begins = _MAGIC.get(mime) if isinstance(mime, str) else None
    if begins is None or not body.startswith(begins):
        raise Unreadable("worker.died")
    return width, height, str(mime)
