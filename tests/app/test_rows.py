import sqlite3
from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.model.messages import Thread
from app.rows import digests_in, thread_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000


def row(created: object) -> sqlite3.Row:
    db = sqlite3.connect(":memory:")
    db.row_factory = sqlite3.Row
    found: sqlite3.Row = db.execute(
        "SELECT 1 AS id, 't' AS title, ? AS created, ? AS updated", (created, created)
    ).fetchone()
    db.close()
    return found


@pytest.mark.parametrize(
    "damaged",
    [
        253_402_300_799 * SECOND,  # the last second of 9999
        -62_135_596_800 * SECOND,  # the first one of year 1
        32_503_680_000 * SECOND,  # the first one of 3000
        -1,
        2**63 - 1,
        -(2**63),
        1.5,
        "noon",
        b"\xff",
        None,
    ],
)
def test_a_damaged_time_is_one_that_every_clock_knows(damaged: object) -> None:
    thread = thread_of(row(damaged))
    assert thread == Thread(1, "t", EPOCH, EPOCH)
    thread.updated.astimezone()


@pytest.mark.parametrize("hours", [-14, 14])
@pytest.mark.parametrize("stored", [0, 1_700_000_000 * SECOND + 7, 32_503_680_000 * SECOND - 1])
def test_a_sound_time_is_told_in_every_zone(stored: int, hours: int) -> None:
    created = thread_of(row(stored)).created
    assert created == EPOCH + timedelta(microseconds=stored)
    assert created.astimezone(timezone(timedelta(hours=hours))) == created


def test_digests_are_picked_out_of_what_cannot_be_understood_any_more() -> None:
    torn = '[{"source": {"digest": "' + "a" * 64 + '", "size": 1}, "clip":{"digest":"' + "b" * 64
    db = sqlite3.connect(":memory:")
    db.row_factory = sqlite3.Row
    rows = db.execute(
        "SELECT ? AS body UNION ALL SELECT ? UNION ALL SELECT 7", (torn, torn.encode())
    ).fetchall()
    db.close()
    assert digests_in(rows) == {"a" * 64, "b" * 64}
