"""What is asked of the tables of conversations, in SQL.

Plain calls for the thread that owns the connection; `app.store` runs them there.  Those that write belong in a
transaction.
"""

import logging
import re
import sqlite3
import unicodedata
from collections.abc import Sequence
from itertools import groupby, islice

from app import index, plain
from app.errors import StoreError
from app.model.attachments import Draft
from app.model.events import Answer, Reasoning
from app.model.messages import TITLE_LIMIT, Ending, Message, Question, Reply, Thread, Wish
from app.model.sentences import Sentence, sentence
from app.rows import KINDS, digests_in, joined, message_of, now, question_of, reply_of, sound, thread_of
from app.search import query, terms

# Characters that turn the direction of what follows: a title could pretend to be another.
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")

_log = logging.getLogger(__name__)


def recover(db: sqlite3.Connection) -> None:
    """Put right what the last run left: replies it was writing, conversations it had deleted."""
    for row in db.execute("SELECT id FROM message WHERE ended = 'writing'").fetchall():
        _settle(db, row["id"], ended=Ending.BROKEN, fault=sentence("store.broken_off"))
    gone = db.execute(
        "SELECT message.id FROM message JOIN thread ON thread.id = thread WHERE deleted"
    ).fetchall()
    for row in gone:
        index.remove(db, row["id"])
    db.execute("DELETE FROM thread WHERE deleted")
    if gone:
        index.forget(db)


def is_fresh(db: sqlite3.Connection) -> bool:
    """Say whether no conversation was ever begun in this file."""
    # SQLite counts here what has ever been put in, deleted or not.
    return db.execute("SELECT 1 FROM sqlite_sequence").fetchone() is None


def threads(db: sqlite3.Connection) -> tuple[Thread, ...]:
    """Return all conversations, the one asked in last first."""
    rows = db.execute("SELECT * FROM thread WHERE NOT deleted ORDER BY turn DESC")
    return tuple(thread_of(row) for row in rows)


def begin_thread(db: sqlite3.Connection, title: str, draft: Draft) -> tuple[Thread, Question]:
    """Begin a conversation with its first question; there is no draft of a new one any more."""
    thread = create_thread(db, title).id
    question = append_question(db, thread, draft)
    save_draft(db, None, Draft())
    return _thread(db, thread), question


def create_thread(db: sqlite3.Connection, title: str) -> Thread:
    """Begin a conversation without a question."""
    made = now()
    thread = _insert(
        db,
        "INSERT INTO thread (title, created, updated, turn)"
        " VALUES (?, ?, ?, (SELECT coalesce(max(turn), 0) + 1 FROM thread))",
        (title_of(title), made, made),
    )
    return _thread(db, thread)


def rename_thread(db: sqlite3.Connection, thread: int, title: str) -> None:
    """Give a conversation another title."""
    _one(db.execute("UPDATE thread SET title = ? WHERE id = ?", (title_of(title), thread)))


def mark_thread(db: sqlite3.Connection, thread: int, deleted: bool) -> None:
    """Hide a conversation, or bring it back."""
    _one(db.execute("UPDATE thread SET deleted = ? WHERE id = ?", (deleted, thread)))


def messages(db: sqlite3.Connection, thread: int) -> tuple[Message, ...]:
    """Return a conversation in order, a reply that is being written as far as it is kept."""
    rows = db.execute("SELECT * FROM message WHERE thread = ? ORDER BY id", (thread,))
    return tuple(message_of(row, _pieces(db, row["id"]) if row["ended"] == "writing" else ()) for row in rows)


def append_question(db: sqlite3.Connection, thread: int, draft: Draft) -> Question:
    """Keep a question; its conversation has no draft any more."""
    _advance(db, thread)
    names = "\n".join(attachment.name for attachment in draft.attachments)
    message = _insert(
        db,
        "INSERT INTO message (thread, role, made, text, names, attachments) VALUES (?, 'question', ?, ?, ?, ?)",
        (thread, now(), sound(draft.text), sound(names), sound(plain.dumps(draft.attachments))),
    )
    index.add(db, message)
    save_draft(db, thread, Draft())
    return question_of(_row(db, message))


def open_reply(
    db: sqlite3.Connection, thread: int, profile: str, model: str, wish: Wish | None = None
) -> Reply:
    """Begin a reply."""
    _advance(db, thread)
    message = _insert(
        db,
        "INSERT INTO message (thread, role, made, ended, profile, model, wish)"
        " VALUES (?, 'reply', ?, ?, ?, ?, ?)",
        (thread, now(), Ending.WRITING, sound(profile), sound(model), wish and plain.dumps(wish)),
    )
    return reply_of(_row(db, message))


def reopen_reply(db: sqlite3.Connection, reply: int, wish: Wish | None = None) -> Reply:
    """Go on with a reply that has ended; it keeps all that it has, and is the newest in its conversation.

    `wish` takes the place of what was asked before.
    """
    index.remove(db, reply)
    _one(
        db.execute(
            "UPDATE message SET ended = ?, fault = NULL, wish = coalesce(?, wish)"
            " WHERE id = ? AND role = 'reply' AND ended <> ?",
            (Ending.WRITING, wish and plain.dumps(wish), reply, Ending.WRITING),
        )
    )
    row = _row(db, reply)
    _advance(db, row["thread"])
    return reply_of(row)


def extend(db: sqlite3.Connection, reply: int, pieces: Sequence[Reasoning | Answer]) -> None:
    """Add to a reply that is being written; neighbours of one kind become one row."""
    _writing(db, reply)
    for kind, run in groupby(pieces, type):
        text = sound("".join(piece.text for piece in run))
        db.execute("INSERT INTO piece (reply, kind, text) VALUES (?, ?, ?)", (reply, KINDS[kind], text))


def close_reply(db: sqlite3.Connection, reply: Reply) -> Reply:
    """End a reply that is being written as this one has ended; its text is what was added to it."""
    _writing(db, reply.id)
    usage = None if reply.usage is None else plain.dumps(reply.usage)
    db.execute(
        "UPDATE message SET thought = ?, usage = ?, steering = ? WHERE id = ?",
        (reply.thought, usage, plain.dumps(reply.steering), reply.id),
    )
    _settle(db, reply.id, ended=reply.ended, fault=reply.fault)
    return reply_of(_row(db, reply.id))


def drop_reply(db: sqlite3.Connection, reply: int) -> None:
    """Delete a reply."""
    index.remove(db, reply)
    _one(db.execute("DELETE FROM message WHERE id = ? AND role = 'reply'", (reply,)))


def save_draft(db: sqlite3.Connection, thread: int | None, draft: Draft) -> None:
    """Keep the unsent question of a conversation; an empty one is forgotten."""
    db.execute("DELETE FROM draft WHERE thread IS ?", (thread,))
    if draft != Draft():
        db.execute("INSERT INTO draft (thread, body) VALUES (?, ?)", (thread, sound(plain.dumps(draft))))


def draft(db: sqlite3.Connection, thread: int | None) -> Draft:
    """Return the unsent question of a conversation, an empty one when there is none."""
    row = db.execute("SELECT body FROM draft WHERE thread IS ?", (thread,)).fetchone()
    if row is None:
        return Draft()
    try:
        return plain.loads(Draft, row["body"])
    except (plain.NotPlainError, TypeError) as error:
        _log.warning("a damaged draft: %s", error)
        return Draft()


def search(db: sqlite3.Connection, words: str, limit: int) -> tuple[Thread, ...]:
    """Return the conversations that have all the words in one message or in the title, as `threads` orders them."""
    wanted = [term.casefold() for term in terms(words)]
    if not wanted:
        return ()
    rows = db.execute(
        "SELECT DISTINCT thread FROM words JOIN message ON message.id = words.rowid WHERE words MATCH ?",
        (query(words),),
    )
    said = {row["thread"] for row in rows}
    found = (
        thread
        for thread in threads(db)
        if thread.id in said or all(term in thread.title.casefold() for term in wanted)
    )
    return tuple(islice(found, limit))


def digests(db: sqlite3.Connection) -> set[str]:
    """Return the digests of all blobs that any question, deleted ones included, draft or capture may refer to."""
    rows = db.execute(
        "SELECT attachments AS body FROM message UNION ALL SELECT body FROM draft UNION ALL SELECT body FROM capture"
    )
    return digests_in(rows)


def title_of(text: str) -> str:
    """Return the text as a title: one line without control characters, cut where it is too long."""
    visible = "".join(" " if unicodedata.category(char) == "Cc" else char for char in sound(text))
    line = " ".join(_TURNING.sub("", visible).split())
    return line if len(line) <= TITLE_LIMIT else line[: TITLE_LIMIT - 1].rstrip() + "…"


def _settle(db: sqlite3.Connection, reply: int, *, ended: Ending, fault: Sentence | None) -> None:
    """Fold the pieces of a reply into it and say how it ended."""
    pieces = _pieces(db, reply)
    db.execute(
        "UPDATE message SET reasoning = reasoning || ?, text = text || ?, ended = ?, fault = ? WHERE id = ?",
        (
            joined(pieces, Reasoning),
            joined(pieces, Answer),
            ended,
            None if fault is None else sound(plain.dumps(fault)),
            reply,
        ),
    )
    db.execute("DELETE FROM piece WHERE reply = ?", (reply,))
    index.add(db, reply)


def _advance(db: sqlite3.Connection, thread: int) -> None:
    """Make a conversation the newest."""
    _one(
        db.execute(
            "UPDATE thread SET updated = ?, turn = (SELECT max(turn) + 1 FROM thread) WHERE id = ? AND NOT deleted",
            (now(), thread),
        )
    )


def _writing(db: sqlite3.Connection, reply: int) -> None:
    if db.execute("SELECT 1 FROM message WHERE id = ? AND ended = 'writing'", (reply,)).fetchone() is None:
        raise StoreError("store.gone")


def _pieces(db: sqlite3.Connection, reply: int) -> list[sqlite3.Row]:
    return db.execute("SELECT kind, text FROM piece WHERE reply = ? ORDER BY id", (reply,)).fetchall()


def _insert(db: sqlite3.Connection, statement: str, values: tuple[object, ...]) -> int:
    return int(db.execute(statement, values).lastrowid or 0)


def _thread(db: sqlite3.Connection, thread: int) -> Thread:
    return thread_of(db.execute("SELECT * FROM thread WHERE id = ?", (thread,)).fetchone())


def _row(db: sqlite3.Connection, message: int) -> sqlite3.Row:
    row: sqlite3.Row = db.execute("SELECT * FROM message WHERE id = ?", (message,)).fetchone()
    return row


def _one(cursor: sqlite3.Cursor) -> None:
    if cursor.rowcount != 1:
        raise StoreError("store.gone")
