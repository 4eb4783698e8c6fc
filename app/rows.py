"""Rows of the database as our nouns.

A row may be damaged, or made by a stranger, in a file that is sound as a whole.  What cannot be understood is shown as such
in its place; it never hides the rest of the conversation.
"""

import logging
import re
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from app import plain
from app.model.attachments import Attachment, Kind, Progress
from app.model.events import Answer, Reasoning
from app.model.messages import Ending, Message, Question, Reply, Steering, Thread, Usage, Wish
from app.model.sentences import Sentence, sentence

T = TypeVar("T")

ROW_DAMAGED = sentence("store.row_damaged")

KINDS: dict[type, str] = {Reasoning: "reasoning", Answer: "answer"}

_EPOCH = datetime.fromtimestamp(0, UTC)
_TOO_LATE = (
    32_503_680_000_000_000  # microseconds until the year 3000: Windows knows the local time of no later one
)
_UNREADABLE = Attachment("", Kind.DOCUMENT, "", Progress.FAILED, fault=ROW_DAMAGED)

# With the quote that JSON puts before it, it is found twenty times as fast: the bodies hold the text of every page.
_DIGEST = re.compile('"([0-9a-f]{64})')

_log = logging.getLogger(__name__)


def now() -> int:
    """Return the time as it is stored: microseconds since 1970."""
    return (datetime.now(UTC) - _EPOCH) // timedelta(microseconds=1)


def sound(text: str) -> str:
    """Return the text with what cannot be stored (half of a surrogate pair) replaced by `?`."""
    return text.encode("utf-8", "replace").decode("utf-8")


def digests_in(rows: Iterable[sqlite3.Row]) -> set[str]:
    """Return the digests of all blobs that the bodies of rows may refer to.

    They are picked out of the text: a row that cannot be understood still protects its files.
    """
    return {digest for row in rows for digest in _DIGEST.findall(str(row["body"]))}


def thread_of(row: sqlite3.Row) -> Thread:
    """Return the conversation in a row of `thread`."""
    return Thread(row["id"], _text(row["title"]), moment(row["created"]), moment(row["updated"]))


def message_of(row: sqlite3.Row, pieces: Sequence[sqlite3.Row] = ()) -> Message:
    """Return the question or reply in a row of `message`; `pieces` are what has arrived of it since."""
    return reply_of(row, pieces) if row["role"] == "reply" else question_of(row)


def joined(pieces: Sequence[sqlite3.Row], kind: type[Reasoning | Answer]) -> str:
    """Return the text of all pieces of one kind."""
    return "".join(_text(piece["text"]) for piece in pieces if piece["kind"] == KINDS[kind])


def question_of(row: sqlite3.Row) -> Question:
    """Return the question in a row of `message`."""
    attachments = _value(row, "attachments", tuple[Attachment, ...], (_UNREADABLE,))
    return Question(row["id"], _text(row["text"]), attachments, moment(row["made"]))


def reply_of(row: sqlite3.Row, pieces: Sequence[sqlite3.Row] = ()) -> Reply:
    """Return the reply in a row of `message`, with the `pieces` that have arrived of it since."""
    ended = _ending(row)
    fault = None if row["fault"] is None else _value(row, "fault", Sentence, ROW_DAMAGED)
    return Reply(
        row["id"],
        _text(row["reasoning"]) + joined(pieces, Reasoning),
        _text(row["text"]) + joined(pieces, Answer),
        ended or Ending.BROKEN,
        moment(row["made"]),
        _text(row["profile"]),
        _text(row["model"]),
        row["thought"] if isinstance(row["thought"], float) else None,
        fault if ended else ROW_DAMAGED,
        None if row["usage"] is None else _value(row, "usage", Usage, None),
        _value(row, "steering", tuple[Steering, ...], ()),
        None if row["wish"] is None else _value(row, "wish", Wish, None),
    )


def _value(row: sqlite3.Row, column: str, kind: type[T], otherwise: T) -> T:
    """Return the value in a column of JSON, or `otherwise`, with a line in the log, where it is damaged."""
    try:
        return plain.loads(kind, _text(row[column]))
    except plain.NotPlainError as error:
        _log.warning("message %s has damaged %s: %s", row["id"], column, error)
        return otherwise


def _ending(row: sqlite3.Row) -> Ending | None:
    try:
        return Ending(row["ended"])
    except ValueError:
        _log.warning("message %s has a damaged ending", row["id"])
        return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def moment(value: object) -> datetime:
    """Return the time, 1970 for a damaged one: nothing earlier, and nothing far later, is a time everywhere."""
    if isinstance(value, int) and 0 <= value < _TOO_LATE:
        return _EPOCH + timedelta(microseconds=value)
    return _EPOCH
