"""What is asked of the table of captures, in SQL.

Plain calls for the thread that owns the connection; `app.store` runs them there, those that write in a transaction.
Those that take captures away return the digests of the blobs that nothing stored refers to any more.
"""

import logging
import sqlite3
from collections.abc import Collection

from app import conversations, plain
from app.model.attachments import Attachment
from app.model.captures import Capture, digests
from app.model.screens import Box
from app.rows import digests_in, moment, now, sound

_log = logging.getLogger(__name__)


def captures(db: sqlite3.Connection) -> tuple[Capture, ...]:
    """Return all captures, the newest first; one whose row is damaged is left out."""
    rows = db.execute("SELECT * FROM capture ORDER BY id DESC").fetchall()
    return tuple(capture for row in rows if (capture := _capture_of(row)) is not None)


def keep(db: sqlite3.Connection, attachment: Attachment, box: Box | None, most: int, weight: int) -> set[str]:
    """Keep a capture, as the newest; of all, at most so many remain, and no more than `weight` bytes."""
    db.execute(
        "INSERT INTO capture (made, place, body) VALUES (?, ?, ?)",
        (now(), box and plain.dumps(box), sound(plain.dumps(attachment))),
    )
    return trim(db, most, weight)


def trim(db: sqlite3.Connection, most: int, weight: int) -> set[str]:
    """Forget the oldest: at most so many remain, and no more than `weight` bytes."""
    too_old, taken = [], 0
    for count, row in enumerate(db.execute("SELECT * FROM capture ORDER BY id DESC").fetchall()):
        capture = _capture_of(row)
        taken += 0 if capture is None else capture.size()
        if count >= most or taken > weight:
            too_old.append(row["id"])
    return forget(db, too_old)


def forget(db: sqlite3.Connection, ids: Collection[int]) -> set[str]:
    """Forget these captures; one that is gone already is no fault."""
    found = [
        row
        for number in ids
        if (row := db.execute("SELECT * FROM capture WHERE id = ?", (number,)).fetchone()) is not None
    ]
    db.executemany("DELETE FROM capture WHERE id = ?", [(row["id"],) for row in found])
    return _left_over(db, digests_in(found))


def forget_all(db: sqlite3.Connection) -> set[str]:
    """Forget every capture, damaged ones too."""
    found = db.execute("SELECT * FROM capture").fetchall()
    db.execute("DELETE FROM capture")
    return _left_over(db, digests_in(found))


def replace(db: sqlite3.Connection, old: Attachment, new: Attachment) -> set[str]:
    """Let `new` take the place of every capture that shares a blob with `old`; the blobs of `old` count as given up."""
    given_up = set(digests(old))
    for row in db.execute("SELECT * FROM capture").fetchall():
        capture = _capture_of(row)
        if capture is not None and capture.digests() & digests(old):
            db.execute("UPDATE capture SET body = ? WHERE id = ?", (sound(plain.dumps(new)), row["id"]))
            given_up |= capture.digests()
    return _left_over(db, given_up)


def _left_over(db: sqlite3.Connection, given_up: Collection[str]) -> set[str]:
    """Return which of these digests nothing refers to now."""
    return set(given_up) - conversations.digests(db) if given_up else set()


def _capture_of(row: sqlite3.Row) -> Capture | None:
    try:
        attachment = plain.loads(Attachment, str(row["body"]))
        box = None if row["place"] is None else plain.loads(Box, str(row["place"]))
    except plain.NotPlainError as error:
        _log.warning("capture %s is damaged: %s", row["id"], error)
        return None
    return Capture(row["id"], moment(row["made"]), attachment, box) if attachment.pictures else None
