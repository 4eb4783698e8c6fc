import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app import schema
from app.database import open_database, translated
from app.errors import Full
from app.model.messages import Ending, Reply, Usage
from app.store import Store

NOW = len(schema.STEPS)


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
    assert copy.name == f"history.v{NOW}.sqlite"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    db = open_database(copy)
    assert [row["title"] for row in db.execute("SELECT * FROM thread")] == ["old"]
    db.close()


def test_a_step_that_fails_leaves_the_file_as_it_was(history: Path) -> None:
    open_database(history).close()
    with pytest.raises(Exception, match="failed"):
        open_database(history, (*schema.STEPS, add_label, fail))
    db = open_database(history)
    assert schema.version(db) == NOW
    assert "draft" in tables(db)
    assert "label" not in db.execute("SELECT * FROM thread").description
    db.close()


def test_the_last_three_copies_are_kept(history: Path) -> None:
    steps = list(schema.STEPS)
    open_database(history).close()
    for _ in range(11):
        steps.append(lambda _: None)
        open_database(history, steps).close()
    assert [copy.name for copy in schema.backups(history)] == [
        f"history.v{NOW + n}.sqlite" for n in (8, 9, 10)
    ]


def test_no_upgrade_without_a_copy(history: Path) -> None:
    open_database(history).close()
    (history.parent / f"history.v{NOW}.sqlite.tmp").mkdir()
    with pytest.raises(Full), translated():
        open_database(history, (*schema.STEPS, add_label))
    db = open_database(history)
    assert schema.version(db) == NOW
    db.close()


async def test_a_history_from_before_replies_were_steered_is_read_whole(
    history: Path, executor: ThreadPoolExecutor
) -> None:
    db = open_database(history, schema.STEPS[:1])
    db.execute("INSERT INTO thread (title, created, updated, turn) VALUES ('old', 1, 1, 1)")
    db.execute(
        "INSERT INTO message (thread, role, made, text, reasoning, ended, thought, usage)"
        " VALUES (1, 'reply', 1, 'Red.', 'hm', 'finished', 0.5, '{\"prompt\":3,\"completion\":4}')"
    )
    db.close()
    store = await Store.open(history, executor)
    (reply,) = await store.messages(1)
    await store.close()
    assert isinstance(reply, Reply)
    assert (reply.answer, reply.reasoning, reply.ended) == ("Red.", "hm", Ending.FINISHED)
    assert (reply.thought, reply.usage, reply.steering) == (0.5, Usage(3, 4), ())
    assert reply.wish is None
    assert [copy.name for copy in schema.backups(history)] == ["history.v1.sqlite"]
