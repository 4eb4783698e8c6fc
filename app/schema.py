"""The tables of the history, as steps from one version to the next.

`PRAGMA user_version` counts the steps a file has taken.  A step is never changed once it was released: another is
added below it.
"""

import contextlib
import os
import re
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from app import index
from app.files import PRIVATE_FILE, settle

Step = Callable[[sqlite3.Connection], None]

APPLICATION = 0x476C696D  # "Glim" in the file's header: this database is ours
BACKUPS = 3


def version(db: sqlite3.Connection) -> int:
    """Return how many steps the file has taken."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def is_ours(db: sqlite3.Connection) -> bool:
    """Say whether Glimpse made this database; an empty one will be."""
    if not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        return True
    return int(db.execute("PRAGMA application_id").fetchone()[0]) == APPLICATION


def upgrade(db: sqlite3.Connection, steps: Sequence[Step]) -> None:
    """Take the steps that the file has not taken; belongs in a transaction."""
    for step in steps[version(db) :]:
        step(db)
    db.execute(f"PRAGMA user_version = {len(steps)}")


def backup(db: sqlite3.Connection, path: Path) -> Path:
    """Copy the database beside itself, durably, and keep the last few such copies; raises `OSError`.

    There is one copy of each version, named after it: ``history.v1.sqlite``.
    """
    copy = path.with_name(f"{path.stem}.v{version(db)}{path.suffix}")
    temporary = copy.with_name(copy.name + ".tmp")
    temporary.unlink(missing_ok=True)
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE))
    with contextlib.closing(sqlite3.connect(temporary)) as target:
        db.backup(target)
    settle(temporary, copy)
    for old in backups(path)[:-BACKUPS]:
        old.unlink()
    return copy


def backups(path: Path) -> list[Path]:
    """Return the copies beside a database, the oldest version first."""
    pattern = re.compile(re.escape(path.stem) + r"\.v(\d+)" + re.escape(path.suffix))
    found = [
        (int(match[1]), file) for file in path.parent.iterdir() if (match := pattern.fullmatch(file.name))
    ]
    return [file for _, file in sorted(found)]


def _conversations(db: sqlite3.Connection) -> None:
    """Make the first tables.

    `thread.turn` orders conversations and `message.id` messages: clocks jump, counters do not.  Times are
    microseconds since 1970.  `message.text` is a question or an answer, `names` what was attached to it, one a line,
    for the index.  `piece` holds what has arrived of a reply that is being written.
    """
    db.execute(f"PRAGMA application_id = {APPLICATION}")
    for statement in (
        """CREATE TABLE thread (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            title TEXT NOT NULL,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            turn INTEGER NOT NULL,
            deleted INTEGER NOT NULL DEFAULT 0)""",
        "CREATE INDEX thread_turn ON thread (turn)",
        """CREATE TABLE message (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            thread INTEGER NOT NULL REFERENCES thread ON DELETE CASCADE,
            role TEXT NOT NULL CHECK (role IN ('question', 'reply')),
            made INTEGER NOT NULL,
            text TEXT NOT NULL DEFAULT '',
            names TEXT NOT NULL DEFAULT '',
            attachments TEXT NOT NULL DEFAULT '[]',
            reasoning TEXT NOT NULL DEFAULT '',
            ended TEXT NOT NULL DEFAULT '',
            profile TEXT NOT NULL DEFAULT '',
            model TEXT NOT NULL DEFAULT '',
            thought REAL,
            fault TEXT,
            usage TEXT)""",
        "CREATE INDEX message_thread ON message (thread, id)",
        "CREATE INDEX message_writing ON message (id) WHERE ended = 'writing'",
        """CREATE TABLE piece (
            id INTEGER PRIMARY KEY,
            reply INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
            kind TEXT NOT NULL CHECK (kind IN ('reasoning', 'answer')),
            text TEXT NOT NULL)""",
        "CREATE INDEX piece_reply ON piece (reply, id)",
        """CREATE TABLE draft (
            thread INTEGER UNIQUE REFERENCES thread ON DELETE CASCADE,
            body TEXT NOT NULL)""",
    ):
        db.execute(statement)
    index.build(db)


def _steering(db: sqlite3.Connection) -> None:
    """Let a reply say by which means it was steered: a list of the words of `app.model.messages.Steering`."""
    db.execute("ALTER TABLE message ADD COLUMN steering TEXT NOT NULL DEFAULT '[]'")


def _wish(db: sqlite3.Connection) -> None:
    """Let a reply say what was wished of its thinking, as `app.model.messages.Wish`; nothing where that is not known."""
    db.execute("ALTER TABLE message ADD COLUMN wish TEXT")


def _captures(db: sqlite3.Connection) -> None:
    """Remember captures: `body` is an `Attachment`, `place` the `Box` it was taken of, where that is known.

    Without AUTOINCREMENT, by whose counters a file that never held a conversation is told.
    """
    db.execute(
        """CREATE TABLE capture (
            id INTEGER PRIMARY KEY,
            made INTEGER NOT NULL,
            place TEXT,
            body TEXT NOT NULL)"""
    )


STEPS: tuple[Step, ...] = (_conversations, _steering, _wish, _captures)
