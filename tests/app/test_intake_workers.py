"""Workers that fail or lie while they read, played by scripts."""

import threading
from pathlib import Path
from typing import Any

import pytest

from app import intake as module
from app.blobs import BlobStore
from app.errors import TooLarge
from app.i18n import say
from app.intake import Intake
from app.model.attachments import Progress
from app.pages import SKIP_LIMIT
from tests.readings import DOCUMENTS, Frame, Played, died, late, page, played, read, steps, total

PAGE = {"number": 1, "width": 10, "height": 10, "mime": "image/png"}


@pytest.mark.parametrize(("interval", "updates"), [(0, 1 + 30 + 2), (1000, 1 + 1 + 2)])
async def test_pages_that_come_fast_are_shown_in_batches_the_first_at_once(
    blobs: BlobStore, monkeypatch: pytest.MonkeyPatch, interval: float, updates: int
) -> None:
    monkeypatch.setattr(module, "INTERVAL", interval)
    workers = Played({"pdf": [[total(30), *(page(n) for n in range(1, 31))]]})
    found = await steps(Intake(blobs, workers), DOCUMENTS / "report.pdf")
    workers.close()
    assert len(found) == updates
    assert (len(found[1].pictures), len(found[-1].pictures)) == (1, 30)


async def test_a_worker_that_used_up_its_time_is_followed_by_a_fresh_one(blobs: BlobStore) -> None:
    last, workers = await played(
        blobs, "report.pdf", pdf=[[total(3), page(1), died()], [total(3), page(2), page(3)]]
    )
    assert [picture.number for picture in last.pictures] == [1, 2, 3]
    assert last.notice is None
    assert [task["first"] for _, task in workers.tasks] == [1, 2]


async def test_a_page_that_kills_twice_is_left_out(blobs: BlobStore) -> None:
    first, third = [total(3), page(1), died()], [total(3), page(3)]
    runs: list[list[Any]] = [first, [total(3), TooLarge("worker.memory")], third]
    last, workers = await played(blobs, "report.pdf", pdf=runs)
    assert [picture.number for picture in last.pictures] == [1, 3]
    assert last.notice is not None
    assert say(last.notice) == "Page 2 could not be drawn and was left out."
    assert [task["first"] for _, task in workers.tasks] == [1, 2, 3]


async def test_a_page_that_hangs_is_left_out_at_once(blobs: BlobStore) -> None:
    last, workers = await played(blobs, "report.pdf", pdf=[[total(2), page(1), late()]])
    assert [picture.number for picture in last.pictures] == [1]
    assert len(workers.tasks) == 1, "the last page hung: nothing is left to read"


async def test_pages_the_worker_could_not_draw_are_named(blobs: BlobStore) -> None:
    skipped = [({"number": n, "skipped": True}, b"") for n in (2, 3)]
    last, _ = await played(blobs, "report.pdf", pdf=[[total(4), page(1), *skipped, page(4)]])
    assert last.notice is not None
    assert say(last.notice) == "2 pages could not be drawn and were left out: 2, 3"


async def test_a_document_that_hangs_on_every_page_is_given_up(blobs: BlobStore) -> None:
    runs: list[list[Any]] = [[total(50), page(1), late()], *[[total(50), late()] for _ in range(SKIP_LIMIT)]]
    last, _ = await played(blobs, "report.pdf", pdf=runs)
    assert [picture.number for picture in last.pictures] == [1]
    assert last.notice is not None
    assert last.notice.key == "document.cut"


async def test_a_document_without_one_page_that_can_be_drawn_fails(blobs: BlobStore) -> None:
    last, _ = await played(blobs, "report.pdf", pdf=[[total(1), late()]])
    assert last.fault is not None
    assert last.fault.key == "document.undrawable"


async def test_a_document_that_hangs_before_its_first_page_fails(blobs: BlobStore) -> None:
    last, _ = await played(blobs, "report.pdf", pdf=[[late()]])
    assert last.fault is not None
    assert last.fault.key == "worker.late"


@pytest.mark.parametrize(
    "frames",
    [
        [page(1)],  # before the number of pages
        [({"total": 0, "last": 0}, b"")],
        [({"total": True, "last": 1}, b"")],
        [({"total": "many", "last": 1}, b"")],
        [({"total": 10**12, "last": 1}, b""), page(1)],
        [({"total": 5000, "last": 5000}, b""), page(1)],
        [({"total": 1, "last": 2}, b""), page(1)],
        [*[total(1)] * 3],
        [total(1), page(2)],
        [total(1), page(1, width=0)],
        [total(1), page(1, width=10**9)],
        [total(1), page(1, height="tall")],
        [total(1), page(1, mime="image/svg+xml")],
        [total(1), page(1, mime=["image/png"])],
        [total(1), (PAGE, b"<svg>")],
        [total(1), (PAGE, b"\xff\xd8\xff")],
    ],
)
async def test_a_lying_worker_is_not_believed(blobs: BlobStore, frames: list[Frame]) -> None:
    last, _ = await played(blobs, "report.pdf", pdf=[[*frames], *[[died()] for _ in range(SKIP_LIMIT)]])
    assert last.progress is Progress.FAILED


async def test_text_that_cannot_be_stored_is_cleaned(blobs: BlobStore) -> None:
    last, _ = await played(blobs, "report.pdf", pdf=[[total(1), page(1, text="a\0b\ud800c\nd\te\x1b[2J")]])
    assert last.pictures[0].text == "abc\nd\te[2J"


@pytest.mark.parametrize(
    "frames", [[], [({}, b"")], [({"width": 1, "height": 1, "mime": "text/html"}, b"<html>")]]
)
async def test_a_lying_image_worker_is_not_believed(blobs: BlobStore, frames: list[Frame]) -> None:
    last, _ = await played(blobs, "plain.png", image=[frames])
    assert last.progress is Progress.FAILED


async def test_a_worker_is_given_the_one_file_and_no_other(blobs: BlobStore, tmp_path: Path) -> None:
    (tmp_path / "link.pdf").symlink_to(DOCUMENTS / "report.pdf")
    workers = Played({"pdf": [[total(1), page(1)]]})
    await read(Intake(blobs, workers), tmp_path / "link.pdf")
    workers.close()
    path = str((DOCUMENTS / "report.pdf").resolve())
    assert workers.tasks == [("pdf", {"path": path, "reads": [path], "first": 1})]


async def test_the_disk_is_not_asked_for_a_path_on_the_loop(
    blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    resolve = Path.resolve

    def remember(path: Path, strict: bool = False) -> Path:
        asked.append(threading.get_ident())
        return resolve(path, strict)

    monkeypatch.setattr(Path, "resolve", remember)
    await played(blobs, "report.pdf", pdf=[[total(1), page(1)]])
    assert asked
    assert threading.get_ident() not in asked
