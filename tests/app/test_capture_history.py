"""What was captured is remembered, within bounds, and gone for good once it is forgotten."""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app import capture_history
from app.blobs import BlobStore
from app.capture_history import CaptureHistory
from app.database import open_database
from app.model.attachments import Attachment, Blob, Draft, Kind, Picture, Progress
from app.model.screens import Box
from app.store import Store
from app.workers import Workers

PLACE = Box(-800, 20, 300, 200)


class Kept:
    """A history with its knobs."""

    def __init__(self, store: Store, blobs: BlobStore, workers: Workers, *, may_delete: bool = True) -> None:
        self.most = 3
        self.settled = 0
        self.told = 0
        self.history = CaptureHistory(
            store, blobs, workers, lambda: self.most, self.settle, may_delete=may_delete
        )
        self.history.on_change(self.hear)

    def hear(self) -> None:
        self.told += 1

    async def settle(self) -> None:
        self.settled += 1

    async def names(self) -> list[str]:
        return [capture.attachment.name for capture in await self.history.all()]


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    made = Workers()
    yield made
    made.close()


@pytest.fixture
def kept(store: Store, blobs: BlobStore, workers: Workers) -> Kept:
    return Kept(store, blobs, workers)


def capture(blobs: BlobStore, name: str) -> Attachment:
    """Return a capture that was more than models take: it has two blobs."""
    source = blobs.keep(f"{name} as taken".encode(), "image/png")
    shown = Picture(blobs.keep(name.encode(), "image/png"), 30, 20, whole=(60, 40))
    return Attachment(name, Kind.PICTURE, name, Progress.READY, source, (shown,))


async def test_it_comes_back_as_it_was_taken_the_newest_first(kept: Kept, blobs: BlobStore) -> None:
    first, second = capture(blobs, "one"), capture(blobs, "two")
    await kept.history.keep(first, PLACE)
    await kept.history.keep(second, None)
    newest, older = await kept.history.all()
    assert (newest.attachment, newest.box) == (second, None)
    assert (older.attachment, older.box) == (first, PLACE)
    assert older.size() == len("one as taken") + len("one")
    assert kept.told == 2


async def test_what_is_older_than_the_last_ones_is_gone_from_the_disk(kept: Kept, blobs: BlobStore) -> None:
    for name in ("one", "two", "three", "four"):
        await kept.history.keep(capture(blobs, name), None)
    assert await kept.names() == ["four", "three", "two"]
    assert len(blobs.digests()) == 6
    kept.most = 1
    await kept.history.trim()
    assert await kept.names() == ["four"]
    assert len(blobs.digests()) == 2


async def test_they_take_no_more_room_than_they_may(
    kept: Kept, blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capture_history, "WEIGHT", 2 * len("two as takentwo"))
    for name in ("one", "two", "six"):
        await kept.history.keep(capture(blobs, name), None)
    assert await kept.names() == ["six", "two"]


async def test_nothing_is_remembered_when_that_is_off(kept: Kept, blobs: BlobStore) -> None:
    await kept.history.keep(capture(blobs, "one"), None)
    kept.most = 0
    assert not kept.history.is_on()
    await kept.history.keep(capture(blobs, "two"), None)
    assert await kept.names() == ["one"]
    await kept.history.trim()
    assert await kept.names() == []


async def test_what_could_not_be_read_is_not_remembered(kept: Kept) -> None:
    await kept.history.keep(Attachment("a", Kind.PICTURE, "a", Progress.FAILED), None)
    assert await kept.names() == []


async def test_what_a_draft_or_question_is_made_of_stays_when_the_capture_is_forgotten(
    kept: Kept, blobs: BlobStore, store: Store
) -> None:
    drafted, asked, loose = (capture(blobs, name) for name in ("drafted", "asked", "loose"))
    for one in (drafted, asked, loose):
        await kept.history.keep(one, None)
    await store.begin_thread("t", Draft("?", (asked,)))
    await store.save_draft(None, Draft("", (drafted,)))
    await kept.history.forget(await kept.history.all())
    assert await kept.names() == []
    assert blobs.read(drafted.pictures[0].blob) == b"drafted"
    assert blobs.read(asked.pictures[0].blob) == b"asked"
    assert len(blobs.digests()) == 4
    # What was on its way into the store was waited for, each time.
    assert kept.settled == 4


async def test_two_captures_of_the_same_pixels_are_forgotten_one_by_one(kept: Kept, blobs: BlobStore) -> None:
    await kept.history.keep(capture(blobs, "same"), None)
    await kept.history.keep(capture(blobs, "same"), None)
    newest, older = await kept.history.all()
    await kept.history.forget((newest,))
    assert len(blobs.digests()) == 2
    await kept.history.forget((older,))
    assert blobs.digests() == set()


async def test_what_was_hidden_is_hidden_in_the_history_too(kept: Kept, blobs: BlobStore) -> None:
    secret, other = capture(blobs, "secret"), capture(blobs, "other")
    await kept.history.keep(secret, PLACE)
    await kept.history.keep(other, None)
    black = blobs.keep(b"blackened", "image/png")
    hidden = Attachment("x", Kind.PICTURE, "secret", Progress.READY, black, (Picture(black, 30, 20),))
    await kept.history.hide(secret, hidden)
    newest, older = await kept.history.all()
    assert newest.attachment == other
    assert (older.attachment, older.box) == (hidden, PLACE)
    # Nothing is left of what was hidden.
    assert not {blob.digest for blob in (secret.source, secret.pictures[0].blob) if blob} & blobs.digests()


async def test_all_are_forgotten_at_once_damaged_ones_too(
    blobs: BlobStore, workers: Workers, history: Path, executor: ThreadPoolExecutor
) -> None:
    store = await Store.open(history, executor)
    kept = Kept(store, blobs, workers)
    await kept.history.keep(capture(blobs, "one"), None)
    await kept.history.keep(capture(blobs, "two"), None)
    await store.close()
    db = open_database(history)
    db.execute("UPDATE capture SET body = replace(body, 'ready', 'what') WHERE body LIKE '%two%'")
    db.close()
    again = await Store.open(history, executor)
    damaged = Kept(again, blobs, workers)
    assert await damaged.names() == ["one"]
    # A row that cannot be understood still protects its blobs.
    assert blobs.digests() <= await again.digests()
    await damaged.history.forget_all()
    assert blobs.digests() == set()
    await again.close()


async def test_where_nobody_knows_whose_the_blobs_are_none_is_deleted(
    store: Store, blobs: BlobStore, workers: Workers
) -> None:
    careful = Kept(store, blobs, workers, may_delete=False)
    await careful.history.keep(capture(blobs, "one"), None)
    await careful.history.forget_all()
    assert await careful.names() == []
    assert len(blobs.digests()) == 2


async def test_captures_alone_do_not_make_a_history_that_stands_in_for_another_look_old(
    blobs: BlobStore, workers: Workers, history: Path, executor: ThreadPoolExecutor
) -> None:
    store = await Store.open(history, executor)
    await Kept(store, blobs, workers).history.keep(capture(blobs, "one"), None)
    await store.close()
    again = await Store.open(history, executor)
    assert again.fresh
    await again.close()


def test_a_blob_of_nobody_is_no_digest(blobs: BlobStore, tmp_path: Path) -> None:
    assert blobs.digests() == set()
    kept = blobs.keep(b"x", "image/png")
    (tmp_path / "blobs/new/.tmp-x").write_bytes(b"")
    assert blobs.digests() == {kept.digest}
    assert isinstance(kept, Blob)
