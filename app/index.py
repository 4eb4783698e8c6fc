"""The index of words: which messages hold them.

It has no text of its own (contentless) and no sizes, and is made from the messages alone: a damaged one is built
anew.  A reply that is being written is not in it.
"""

import sqlite3

from app.search import spaced

_ENTRY = "id, spaced(text || char(10) || names)"
_NOT_WRITING = "ended <> 'writing'"


def prepare(db: sqlite3.Connection) -> None:
    """Teach a connection what the statements of this file need."""
    db.create_function("spaced", 1, lambda text: spaced(str(text)), deterministic=True)


def build(db: sqlite3.Connection) -> None:
    """Make the index anew from all messages; belongs in a transaction."""
    _discard(db)
    db.execute("CREATE VIRTUAL TABLE words USING fts5(text, content='', columnsize=0)")
    db.execute(f"INSERT INTO words(rowid, text) SELECT {_ENTRY} FROM message WHERE {_NOT_WRITING}")  # noqa: S608 - ours


def add(db: sqlite3.Connection, message: int) -> None:
    """Put a finished message in; belongs in the transaction that finishes it."""
    db.execute(f"INSERT INTO words(rowid, text) SELECT {_ENTRY} FROM message WHERE id = ?", (message,))  # noqa: S608 - ours


def remove(db: sqlite3.Connection, message: int) -> None:
    """Take a message out while its row is still there; belongs in the transaction that deletes it."""
    db.execute(
        f"INSERT INTO words(words, rowid, text) SELECT 'delete', {_ENTRY} FROM message"  # noqa: S608 - ours
        f" WHERE id = ? AND {_NOT_WRITING}",
        (message,),
    )


def forget(db: sqlite3.Connection) -> None:
    """Merge the index, so that the words of what was removed are no longer in the file."""
    db.execute("INSERT INTO words(words) VALUES ('optimize')")


def _discard(db: sqlite3.Connection) -> None:
    """Drop the index as the plain tables it consists of: a damaged one cannot be opened, and so not be dropped."""
    db.execute("PRAGMA writable_schema = ON")
    db.execute("DELETE FROM sqlite_master WHERE name = 'words'")
    db.execute("PRAGMA writable_schema = RESET")
    for row in db.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'words_*'"
    ).fetchall():
        db.execute(f"DROP TABLE {row['name']}")
