"""One SQLite file, opened carefully.

SQLite before 3.51.3 can corrupt a database in WAL mode when two connections write and checkpoint at the same
moment, and Python brings such a version.  There is therefore one connection in one process, and exclusive
locking makes SQLite itself see to it: a second one is turned away, and the shared-memory index in which the
fault lives is never made.  With `synchronous=FULL` a commit is on the disk when it returns.
"""

import contextlib
import errno
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from app import index, schema
from app.errors import Damaged, Full, Newer, StoreError
from app.files import PRIVATE_FILE, make_folder, sync_folder, unwritable
from app.schema import STEPS, Step

_PATIENCE = 1.0  # seconds to wait for another process that is about to close the file
_PRIMARY = 0xFF  # the lowest byte of an SQLite error code says what, the others where

_FAULTS: dict[int, tuple[type[StoreError], str]] = {
    sqlite3.SQLITE_FULL: (Full, "store.disk_full"),
    sqlite3.SQLITE_IOERR: (Full, "store.disk_error"),
    sqlite3.SQLITE_READONLY: (Full, "store.read_only"),
    sqlite3.SQLITE_CANTOPEN: (Full, "store.read_only"),
    sqlite3.SQLITE_PERM: (Full, "store.read_only"),
    sqlite3.SQLITE_CORRUPT: (Damaged, "store.damaged"),
    sqlite3.SQLITE_NOTADB: (Damaged, "store.damaged"),
    # Our own SQL is sound: a table or column that is not there was there once.
    sqlite3.SQLITE_ERROR: (Damaged, "store.damaged"),
    sqlite3.SQLITE_BUSY: (StoreError, "store.in_use"),
    sqlite3.SQLITE_LOCKED: (StoreError, "store.in_use"),
    sqlite3.SQLITE_CONSTRAINT: (StoreError, "store.gone"),
    sqlite3.SQLITE_TOOBIG: (StoreError, "store.too_long"),
}
# Finds a fault in what people wrote.  Later releases of SQLite look into the index of words too, which can be
# made anew and so is no reason to refuse the file.
_FAULT = """SELECT 1 FROM sqlite_master AS made, pragma_quick_check(made.name) AS found
    WHERE made.type = 'table' AND made.sql NOT LIKE 'CREATE VIRTUAL %' AND found.quick_check <> 'ok' LIMIT 1"""


def open_database(path: Path, steps: Sequence[Step] = STEPS) -> sqlite3.Connection:
    """Open the file, or make it, and bring it up to date; raises `StoreError`.

    A file that is damaged, foreign or of a later version is closed again with nothing written to it.
    """
    try:
        _make_private(path)
    except OSError as error:
        raise unwritable(error) from error
    with translated():
        db = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
        try:
            _configure(db)
            _inspect(db, steps)
            _bring_up_to_date(db, path, steps)
        except BaseException:
            db.close()
            raise
    return db


def _make_private(path: Path) -> None:
    make_folder(path.parent)
    # Only a new file is opened here: closing one that SQLite holds would drop its locks.
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE))
        sync_folder(path.parent)
    except FileExistsError:
        # Asked here, because SQLite calls it a fault of the disk.
        if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
            raise PermissionError(errno.EACCES, "read-only", str(path)) from None
        # The write-ahead log beside it takes the same mode.
        if path.stat().st_mode & 0o077:
            path.chmod(PRIVATE_FILE)


def _configure(db: sqlite3.Connection) -> None:
    db.row_factory = sqlite3.Row
    db.text_factory = lambda data: data.decode("utf-8", "replace")
    index.prepare(db)
    for pragma in (
        "locking_mode = EXCLUSIVE",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        db.execute(f"PRAGMA {pragma}")


def _inspect(db: sqlite3.Connection, steps: Sequence[Step]) -> None:
    """Look, without writing, whether this is a file for us."""
    if not schema.is_ours(db):
        raise Damaged("store.foreign")
    if schema.version(db) > len(steps):
        raise Newer("store.newer")
    if db.execute(_FAULT).fetchone():
        raise Damaged("store.damaged")


def _bring_up_to_date(db: sqlite3.Connection, path: Path, steps: Sequence[Step]) -> None:
    db.execute("PRAGMA journal_mode = WAL")
    found = schema.version(db)
    if found == len(steps):
        return
    if found > 0:
        try:
            schema.backup(db, path)
        except OSError as error:
            raise unwritable(error) from error
    with transaction(db):
        schema.upgrade(db, steps)


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Keep all that happens inside, or nothing; raises `sqlite3.Error`."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # on a full disk SQLite has rolled back by itself
            db.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Let no error of SQLite out, but the `StoreError` that tells the user about it."""
    try:
        yield
    except (sqlite3.ProgrammingError, sqlite3.InterfaceError):
        raise  # a fault of ours, not of the file
    except sqlite3.Error as error:
        kind, key = _FAULTS.get(code(error) & _PRIMARY, (StoreError, "store.failed"))
        raise kind(key) from error
    except UnicodeDecodeError as error:
        # Python could not read SQLite's message about a damaged schema: it quotes the damage.
        raise Damaged("store.damaged") from error


def code(error: sqlite3.Error) -> int:
    """Return SQLite's extended error code, 0 where Python itself found the fault."""
    return int(getattr(error, "sqlite_errorcode", 0))
