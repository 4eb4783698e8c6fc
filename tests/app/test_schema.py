import sqlite3
import stat
from pathlib import Path

import pytest

from app import schema
from app.database import open_database, translated
from app.errors import Full


def tables(db: sqlite3.Connection) -> set[str]:
    return {row["name"] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def add_label(db: sqlite3.Connection) -> None:
    db.execute("ALTER TABLE thread ADD COLUMN label TEXT NOT NULL DEFAULT 'none'")


def fail(db: sqlite3.Connection) -> None:
    db.execute("DROP TABLE draft")
    raise sqlite3.OperationalError("half way")


def test_a_new_file_takes_every_step_and_needs_no_backup(history: Path) -> None:
    db = open_database(history)
    assert schema.version(db) == len(schema.STEPS)
    assert {"thread", "message", "piece", "draft", "words"} <= tables(db)
    assert schema.backups(history) == []
    db.close()


def test_an_older_file_is_copied_and_brought_up_to_date(history: Path) -> None:
    db = open_database(history)
    db.execute("INSERT INTO thread (title, created, updated, turn) VALUES ('old', 1, 1, 1)")
    db.close()
    db = open_database(history, (*schema.STEPS, add_label))
    assert tuple(db.execute("SELECT title, label FROM thread").fetchone()) == ("old", "none")
    db.close()
    (copy,) = schema.backups(history)
    assert copy.name == "history.v1.sqlite"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    db = open_database(copy)
    assert [row["title"] for row in db.execute("SELECT * FROM thread")] == ["old"]
    db.close()


def test_a_step_that_fails_leaves_the_file_as_it_was(history: Path) -> None:
    open_database(history).close()
    with pytest.raises(Exception, match="failed"):
        open_database(history, (*schema.STEPS, add_label, fail))
    db = open_database(history)
    assert schema.version(db) == 1
    assert "draft" in tables(db)
    assert "label" not in db.execute("SELECT * FROM thread").description
    db.close()


def test_the_last_three_copies_are_kept(history: Path) -> None:
    steps = list(schema.STEPS)
    open_database(history).close()
    for _ in range(11):
        steps.append(lambda _: None)
        open_database(history, steps).close()
    assert [copy.name for copy in schema.backups(history)] == [f"history.v{n}.sqlite" for n in (9, 10, 11)]


def test_no_upgrade_without_a_copy(history: Path) -> None:
    open_database(history).close()
    (history.parent / "history.v1.sqlite.tmp").mkdir()
    with pytest.raises(Full), translated():
        open_database(history, (*schema.STEPS, add_label))
    db = open_database(history)
    assert schema.version(db) == 1
    db.close()
