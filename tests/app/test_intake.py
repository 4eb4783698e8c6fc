"""Anything a user may offer, good and bad, through real workers into a real store of attachments."""

import asyncio
import io
import os
import random
import shutil
import subprocess
import threading
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app import formats
from app import intake as module
from app.blobs import BlobStore
from app.errors import Full, NoReader, TooLarge, Unreadable
from app.i18n import catalogue, say
from app.intake import SEEN_LIMIT, WEIGHT_LIMIT, Intake
from app.model.attachments import PAGE_LIMIT, Attachment, Blob, Kind, Progress
from app.pages import SKIP_LIMIT
from app.workers import KINDS, Workers

DOCUMENTS = Path(__file__).parents[1] / "fixtures" / "documents"
needs_office = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")

Frame = tuple[dict[str, Any], bytes]


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


@pytest.fixture
def intake(blobs: BlobStore, workers: Workers) -> Intake:
    return Intake(blobs, workers)


async def steps(intake: Intake, path: Path) -> list[Attachment]:
    """Read a file and return every value of the attachment, after checking what holds for all."""
    async with aclosing(intake.open(path)) as values:
        found = [value async for value in values]
    assert found[0].progress is Progress.READING
    assert {value.id for value in found} == {found[0].id}
    assert all(value.progress is Progress.READING for value in found[:-1])
    last = found[-1]
    assert last.progress in {Progress.READY, Progress.FAILED}
    assert (last.fault is not None) == (last.progress is Progress.FAILED)
    for told in (last.fault, last.notice):
        assert told is None or told.key in catalogue("en")
    return found


async def read(intake: Intake, path: Path) -> Attachment:
    return (await steps(intake, path))[-1]


async def fault(intake: Intake, path: Path) -> str:
    last = await read(intake, path)
    assert last.progress is Progress.FAILED
    assert last.fault is not None
    assert last.pictures == ()
    assert say(last.fault).endswith((".", "。")) or "{" not in say(last.fault)
    return last.fault.key


# Good files


@pytest.mark.parametrize("name", ["plain.png", "plain.webp", "plain.bmp", "moving.gif", "turned.jpg"])
async def test_a_picture_is_ready_with_one_picture_of_ours(
    intake: Intake, blobs: BlobStore, name: str
) -> None:
    last = await read(intake, DOCUMENTS / name)
    assert (last.kind, last.name, last.progress, last.total) == (Kind.PICTURE, name, Progress.READY, 1)
    (picture,) = last.pictures
    assert blobs.read(picture.blob)[:4] in {b"\x89PNG", b"\xff\xd8\xff\xe0"}
    assert last.source is not None
    assert blobs.read(last.source) == (DOCUMENTS / name).read_bytes(), "the original is kept as it came"


async def test_a_document_grows_page_by_page_and_keeps_its_source(intake: Intake, blobs: BlobStore) -> None:
    found = await steps(intake, DOCUMENTS / "季度 报告.pdf")
    last = found[-1]
    assert (last.kind, last.name, last.total) == (Kind.DOCUMENT, "季度 报告.pdf", 3)
    assert len(found[1].pictures) == 1, "the first page shows at once"
    assert [picture.number for picture in last.pictures] == [1, 2, 3]
    assert last.pictures[1].text == "Page 2 of the report\n季度收入增长百分之十二"
    assert last.source is not None
    assert blobs.read(last.source) == (DOCUMENTS / "季度 报告.pdf").read_bytes()
    assert last.source.mime == "application/pdf"


async def test_of_ten_thousand_pages_two_thousand_are_read_and_that_is_said(intake: Intake) -> None:
    found = await steps(intake, DOCUMENTS / "pages-10000.pdf")
    last = found[-1]
    assert (last.total, len(last.pictures)) == (10_000, 2000)
    assert last.notice is not None
    assert last.notice.key == "document.capped"
    assert dict(last.notice.args) == {"n": 2000, "total": 10_000}


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


@needs_office
async def test_a_deck_becomes_pages_with_its_own_words(intake: Intake) -> None:
    last = await read(intake, DOCUMENTS / "deck.pptx")
    assert (last.kind, last.progress, last.total) == (Kind.DECK, Progress.READY, 3)
    assert [picture.number for picture in last.pictures] == [1, 2, 3]
    first, hidden, table = (picture.text for picture in last.pictures)
    assert first == "Quarterly results\n季度收入增长百分之十二\nNotes: Begin with the growth figure."
    assert hidden == "Hidden appendix"
    assert "North | 61,200.75" in table
    assert (last.text, last.notice) == ("", None)


@needs_office
async def test_an_old_deck_becomes_pages_with_their_text_layer(intake: Intake, tmp_path: Path) -> None:
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "ppt", "--outdir", str(tmp_path), str(DOCUMENTS / "deck.pptx")]
    for _ in range(2):
        subprocess.run(command, check=False, capture_output=True)
    last = await read(intake, tmp_path / "deck.ppt")
    assert (last.kind, len(last.pictures)) == (Kind.DECK, 3)
    assert "61,200.75" in last.pictures[2].text
    assert last.source is not None
    assert last.source.mime == formats.PPT


@pytest.mark.parametrize(
    ("name", "mime"),
    [
        ("clip.mp4", "video/mp4"),
        ("clip.mov", "video/quicktime"),
        ("clip.mkv", "video/x-matroska"),
        ("clip.webm", "video/webm"),
    ],
)
async def test_a_video_is_a_clip_with_stills(intake: Intake, blobs: BlobStore, name: str, mime: str) -> None:
    found = await steps(intake, DOCUMENTS / name)
    last = found[-1]
    assert (last.kind, last.progress) == (Kind.CLIP, Progress.READY)
    assert last.clip is not None
    assert last.whole is not None
    assert last.whole.blob == last.source
    assert last.whole.blob.mime == mime
    assert blobs.read(last.whole.blob) == (DOCUMENTS / name).read_bytes()
    assert (last.whole.width, last.whole.height, last.whole.seconds, last.whole.rate) == (320, 180, 4.0, 10.0)
    # What servers may not take is made into what they all do; an ordinary MP4 stays as it is.
    assert last.clip.blob.mime == "video/mp4"
    assert (last.clip == last.whole) == (name == "clip.mp4")
    assert (last.clip.width, last.clip.height, last.clip.seconds) == (320, 180, 4.0)
    assert [picture.seconds for picture in last.pictures] == [0.0, 1.3, 2.6, 3.9]
    assert len(found[1].pictures) == 1, "the poster shows at once"


async def test_the_content_counts_and_not_the_name(intake: Intake) -> None:
    found = await steps(intake, DOCUMENTS / "really-a.jpg")
    assert found[0].kind is Kind.PICTURE
    assert found[-1].kind is Kind.DOCUMENT


async def test_a_name_that_is_not_utf8_is_read_and_shown(intake: Intake, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9 \xe2\x80\xaegpj.png"))
    shutil.copy(DOCUMENTS / "plain.png", path)
    last = await read(intake, path)
    assert last.progress is Progress.READY
    assert last.name == "caf\ufffd gpj.png"


async def test_several_at_once_do_not_disturb_one_another(intake: Intake) -> None:
    names = ["plain.png", "locked.pdf", "report.pdf", "clip.mp4", "bomb.png"]
    found = await asyncio.gather(*(read(intake, DOCUMENTS / name) for name in names))
    assert [value.progress.value for value in found] == ["ready", "failed", "ready", "ready", "failed"]


# Bad files


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("empty.pdf", "document.empty"),
        ("words.pdf", "document.damaged"),
        ("words.docx", "document.unknown"),
        ("cut.pdf", "document.damaged"),
        ("locked.pdf", "document.locked"),
        ("locked.pptx", "document.locked"),
        ("cut.png", "document.damaged"),
        ("bomb.png", "document.pixels"),
        ("lie.png", "document.pixels"),
        ("bomb.pptx", "document.bomb"),
        ("script.mp4", "document.damaged"),
        ("playlist.mp4", "document.damaged"),
        ("sound.mp4", "document.no_frames"),
        ("cut.mp4", "document.no_frames"),
        ("huge.mp4", "document.pixels"),
        ("missing.png", "document.missing"),
        (".", "document.folder"),
    ],
)
async def test_a_bad_file_is_one_sentence(intake: Intake, name: str, key: str) -> None:
    assert await fault(intake, DOCUMENTS / name) == key


async def test_a_page_that_never_ends_is_left_out_and_named(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KINDS, "pdf", replace(KINDS["pdf"], patience=6))
    last = await read(intake, DOCUMENTS / "nested.pdf")
    assert [picture.number for picture in last.pictures] == [1, 3]
    assert last.notice is not None
    assert say(last.notice) == "Page 2 could not be drawn and was left out."


async def test_a_pipe_is_not_waited_for(intake: Intake, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    assert await asyncio.wait_for(fault(intake, tmp_path / "pipe.png"), 10) == "document.special"


async def test_a_device_is_not_read(intake: Intake) -> None:
    assert await fault(intake, Path("/dev/zero")) == "document.special"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
async def test_a_file_one_may_not_read_says_so(intake: Intake, tmp_path: Path) -> None:
    shutil.copy(DOCUMENTS / "plain.png", tmp_path / "a.png")
    (tmp_path / "a.png").chmod(0)
    assert await fault(intake, tmp_path / "a.png") == "document.denied"


async def test_what_the_disk_says_is_passed_on(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    def fail(*_: Any, **__: Any) -> None:
        raise OSError(5, "Input/output error")

    path = tmp_path / "a.png"
    path.touch()
    monkeypatch.setattr(Path, "open", refuse)
    assert await fault(intake, path) == "document.denied"
    monkeypatch.setattr(Path, "open", fail)
    last = await read(intake, path)
    assert last.fault is not None
    assert say(last.fault) == "This file could not be read from the disk: Input/output error"


async def test_names_the_system_does_not_allow_are_one_sentence(intake: Intake) -> None:
    assert await fault(intake, Path("a" * 5000)) == "document.unreadable"
    assert await fault(intake, Path("nul\0byte")) == "document.unreadable"


async def test_a_link_that_leads_nowhere_or_in_a_circle(intake: Intake, tmp_path: Path) -> None:
    (tmp_path / "a.png").symlink_to("b.png")
    (tmp_path / "b.png").symlink_to("a.png")
    (tmp_path / "c.png").symlink_to("nothing")
    assert await fault(intake, tmp_path / "a.png") == "document.unreadable"
    assert await fault(intake, tmp_path / "c.png") == "document.missing"


async def test_a_link_to_a_picture_is_the_picture(intake: Intake, tmp_path: Path) -> None:
    (tmp_path / "a.png").symlink_to(DOCUMENTS / "plain.png")
    assert (await read(intake, tmp_path / "a.png")).progress is Progress.READY


@pytest.mark.parametrize(
    ("start", "name", "most"), [(b"\x89PNG\r\n\x1a\n", "a.png", 100), (b"%PDF-1.7", "a.pdf", 500)]
)
async def test_a_file_that_weighs_too_much_is_not_opened(
    intake: Intake, tmp_path: Path, start: bytes, name: str, most: int
) -> None:
    path = tmp_path / name
    path.write_bytes(start)
    os.truncate(path, (most + 20) * formats.MEGABYTE)  # a file with a hole: it takes no room
    last = await read(intake, path)
    assert last.fault is not None
    assert last.fault.key == "document.heavy"
    assert dict(last.fault.args) == {"size": most + 20, "most": most}


async def test_a_full_disk_is_one_sentence(
    intake: Intake, blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> Blob:
        raise Full("store.disk_full")

    monkeypatch.setattr(blobs, "keep_file", full)
    assert await fault(intake, DOCUMENTS / "report.pdf") == "store.disk_full"
    monkeypatch.setattr(blobs, "keep", full)
    assert await fault(intake, DOCUMENTS / "plain.png") == "store.disk_full"
    shot = await intake.screenshot(b"\x89PNG", 10, 10, "shot")
    assert (shot.progress, shot.fault and shot.fault.key) == (Progress.FAILED, "store.disk_full")


async def test_nothing_of_a_bad_file_is_kept(intake: Intake, tmp_path: Path) -> None:
    for name in ("locked.pdf", "cut.png", "cut.mp4", "bomb.pptx"):
        await fault(intake, DOCUMENTS / name)
    assert not [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]


# Stopping


async def test_closing_in_the_middle_ends_the_worker(intake: Intake, workers: Workers) -> None:
    values = intake.open(DOCUMENTS / "pages-10000.pdf")
    async for value in values:
        if value.pictures:
            break
    (running,) = workers._running
    await values.aclose()
    assert running.killed


async def test_cancelling_in_the_middle_ends_the_worker(intake: Intake, workers: Workers) -> None:
    begun = asyncio.Event()

    async def consume() -> None:
        async with aclosing(intake.open(DOCUMENTS / "nested.pdf")) as values:
            async for value in values:
                if value.pictures:
                    begun.set()

    task = asyncio.create_task(consume())
    await begun.wait()
    await asyncio.sleep(0.2)  # now it waits for the page that never ends
    (running,) = workers._running
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert running.killed


# Pasted and captured


async def test_a_pasted_picture_is_made_ours(intake: Intake, blobs: BlobStore) -> None:
    last = await intake.picture((DOCUMENTS / "turned.jpg").read_bytes(), "Pasted")
    assert (last.kind, last.name, last.progress) == (Kind.PICTURE, "Pasted", Progress.READY)
    assert (last.pictures[0].width, last.pictures[0].height) == (100, 200)
    assert b"secret place" not in blobs.read(last.pictures[0].blob)


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "document.empty"),
        (b"hello", "document.unknown"),
        (b"%PDF-1.7", "document.unknown"),
        (b"\x89PNG\r\n\x1a\n then nothing", "document.damaged"),
    ],
)
async def test_what_is_pasted_but_no_picture_is_one_sentence(intake: Intake, data: bytes, key: str) -> None:
    last = await intake.picture(data, "Pasted")
    assert (last.progress, last.fault and last.fault.key) == (Progress.FAILED, key)


async def test_a_clipboard_that_weighs_too_much_is_not_looked_at(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(formats.MOST, Kind.PICTURE, 10)
    last = await intake.picture(bytes(11), "Pasted")
    assert last.fault is not None
    assert last.fault.key == "document.heavy"


async def test_a_screenshot_is_kept_as_it_is(
    intake: Intake, blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Workers, "job", None)  # no worker is needed for what we encoded ourselves
    png = (DOCUMENTS / "plain.png").read_bytes()
    last = await intake.screenshot(png, 200, 100, "Screen")
    assert last.progress is Progress.READY
    assert blobs.read(last.pictures[0].blob) == png
    assert last.pictures[0].blob.mime == "image/png"
    assert last.pictures[0].whole is None
    assert last.source == last.pictures[0].blob


async def test_a_screenshot_too_heavy_for_some_server_is_made_light_once_and_kept_as_it_was(
    intake: Intake, blobs: BlobStore
) -> None:
    noise = io.BytesIO()
    Image.effect_noise((1600, 1200), 100).convert("RGB").save(noise, "PNG", compress_level=0)
    png = noise.getvalue()
    assert len(png) > WEIGHT_LIMIT
    first, second = [await intake.screenshot(png, 1600, 1200, "Screen") for _ in range(2)]
    (picture,) = first.pictures
    assert (picture.blob.mime, picture.width, picture.height) == ("image/jpeg", 1600, 1200)
    assert picture.blob.size <= WEIGHT_LIMIT
    assert first.pictures == second.pictures, "the same bytes whenever it is sent"
    assert first.source is not None
    assert blobs.read(first.source) == png


async def test_a_screenshot_larger_than_models_see_is_scaled(intake: Intake, tmp_path: Path) -> None:
    Image.new("RGB", (3840, 2160), "navy").save(tmp_path / "a.png")
    last = await intake.screenshot((tmp_path / "a.png").read_bytes(), 3840, 2160, "Screen")
    (picture,) = last.pictures
    assert picture.width * picture.height <= SEEN_LIMIT
    assert picture.width / picture.height == pytest.approx(16 / 9, rel=0.01)
    assert picture.whole == (3840, 2160)
    assert last.source is not None
    assert last.source.size == (tmp_path / "a.png").stat().st_size


# Workers that fail or lie, played by scripts


class Played(Workers):
    """The port with workers that play: each name has a list of runs, a run is frames and maybe an error."""

    def __init__(self, runs: dict[str, list[list[Any]]]) -> None:
        super().__init__()
        self.runs = runs
        self.tasks: list[tuple[str, dict[str, Any]]] = []

    async def job(self, name: str, task: dict[str, Any]) -> AsyncGenerator[Frame, None]:
        self.tasks.append((name, task))
        for item in self.runs[name].pop(0):
            if isinstance(item, Exception):
                raise item
            yield item


def total(n: int) -> Frame:
    return {"total": n, "last": n}, b""


def page(n: int, **more: Any) -> Frame:
    return {
        "number": n,
        "width": 10,
        "height": 10,
        "mime": "image/png",
        "text": f"text {n}",
        **more,
    }, b"\x89PNG\r\n\x1a\n"


async def played(blobs: BlobStore, name: str, **runs: list[list[Any]]) -> tuple[Attachment, Played]:
    workers = Played(runs)
    try:
        return await read(Intake(blobs, workers), DOCUMENTS / name), workers
    finally:
        workers.close()


def died() -> Unreadable:
    return Unreadable("worker.died")


def late() -> Unreadable:
    return Unreadable("worker.late")


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


PAGE = {"number": 1, "width": 10, "height": 10, "mime": "image/png"}


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
    "head",
    [
        {},
        {"width": 1, "height": 1, "rate": "x", "seconds": 1, "total": 1},
        {"rate": -1.0},
        {"width": 1, "height": 1, "rate": 1, "seconds": 10**400, "total": 1},
        {"width": 10**9, "height": 1, "rate": 1, "seconds": 1, "total": 1},
        {"width": 1, "height": 1, "rate": 1, "seconds": 1, "total": 10**5},
    ],
)
async def test_a_lying_video_worker_is_not_believed(blobs: BlobStore, head: dict[str, Any]) -> None:
    last, _ = await played(blobs, "clip.mp4", video=[[(head, b"")]])
    assert last.progress is Progress.FAILED


async def test_a_video_of_more_stills_than_it_said_is_not_believed(blobs: BlobStore) -> None:
    probe = ({"width": 1, "height": 1, "rate": 1, "seconds": 1, "total": 2}, b"")
    last, _ = await played(blobs, "clip.mp4", video=[[probe, *(page(n, seconds=n) for n in range(3))]])
    assert last.progress is Progress.FAILED


@pytest.mark.parametrize("numbers", [[2], [1, 1], [1, 3], [True, 1], [10**400], ["1"]])
async def test_slides_out_of_order_are_not_believed(blobs: BlobStore, numbers: list[Any]) -> None:
    slides: list[Any] = [({"number": n, "text": "x", "notes": ""}, b"") for n in numbers]
    runs = {"slides": [slides], "office": [[Unreadable("document.not_drawn")]]}
    last, _ = await played(blobs, "deck.pptx", **runs)
    assert last.progress is Progress.FAILED


async def test_of_a_deck_without_end_as_many_slides_are_read_as_of_a_document(blobs: BlobStore) -> None:
    slides: list[Any] = [({"number": n, "text": "x", "notes": ""}, b"") for n in range(1, 3000)]
    runs = {"slides": [slides], "office": [[Unreadable("document.not_drawn")]]}
    last, _ = await played(blobs, "deck.pptx", **runs)
    assert (last.progress, last.total) == (Progress.READY, PAGE_LIMIT)


@pytest.mark.parametrize(
    "frames", [[], [({}, b"")], [({"width": 1, "height": 1, "mime": "text/html"}, b"<html>")]]
)
async def test_a_lying_image_worker_is_not_believed(blobs: BlobStore, frames: list[Frame]) -> None:
    last, _ = await played(blobs, "plain.png", image=[frames])
    assert last.progress is Progress.FAILED


WORDS: list[Frame] = [
    ({"number": 1, "text": "Title", "notes": "Speak slowly"}, b""),
    ({"number": 2, "text": "", "notes": ""}, b""),
]
MISSING = NoReader("document.no_office", command="sudo apt install libreoffice-impress")


async def test_without_libreoffice_a_deck_is_its_words_and_says_how_to_get_the_rest(blobs: BlobStore) -> None:
    last, _ = await played(blobs, "deck.pptx", slides=[[*WORDS]], office=[[MISSING]])
    assert (last.progress, last.kind, last.pictures, last.total) == (Progress.READY, Kind.DECK, (), 2)
    assert last.text == "Slide 1\nTitle\nNotes: Speak slowly\n\nSlide 2\n"
    assert last.notice is not None
    assert "sudo apt install libreoffice-impress" in say(last.notice)


async def test_without_libreoffice_an_old_deck_says_how_to_get_it(blobs: BlobStore, tmp_path: Path) -> None:
    (tmp_path / "a.ppt").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    workers = Played({"office": [[MISSING]]})
    last = await read(Intake(blobs, workers), tmp_path / "a.ppt")
    workers.close()
    assert last.fault is not None
    assert last.fault.key == "document.needs_office"
    assert "sudo apt install" in say(last.fault)


async def test_a_deck_that_libreoffice_cannot_draw_is_its_words(blobs: BlobStore) -> None:
    failed = Unreadable("document.not_drawn")
    last, _ = await played(blobs, "deck.pptx", slides=[[*WORDS]], office=[[failed]])
    assert last.progress is Progress.READY
    assert last.notice is not None
    assert last.notice.key == "document.text_only"


async def test_a_deck_whose_words_cannot_be_read_is_still_drawn(blobs: BlobStore) -> None:
    runs: dict[str, list[list[Any]]] = {
        "slides": [[Unreadable("document.damaged")]],
        "office": [[({}, b"%PDF")]],
        "pdf": [[total(1), page(1)]],
    }
    last, _ = await played(blobs, "deck.pptx", **runs)
    assert [picture.text for picture in last.pictures] == ["text 1"]


async def test_the_sockets_of_libreoffice_are_swept_even_when_it_fails(
    blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept: list[bool] = []
    monkeypatch.setattr(module, "sweep_sockets", lambda: swept.append(True))
    await played(blobs, "deck.pptx", slides=[[*WORDS]], office=[[late()]])
    assert swept == [True]


async def test_a_deck_of_no_use_at_all_fails(blobs: BlobStore) -> None:
    last, _ = await played(blobs, "deck.pptx", slides=[[died()]], office=[[Unreadable("document.not_drawn")]])
    assert last.fault is not None
    assert last.fault.key == "document.not_drawn"


async def test_a_deck_that_would_unpack_without_end_never_gets_to_libreoffice(blobs: BlobStore) -> None:
    last, workers = await played(blobs, "deck.pptx", slides=[[TooLarge("document.bomb")]])
    assert last.progress is Progress.FAILED
    assert [name for name, _ in workers.tasks] == ["slides"]


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


# Names


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a.png", "a.png"),
        ("季度 报告.pdf", "季度 报告.pdf"),
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("two\nlines\t.pdf", "two lines .pdf"),
        ("\x1b[31mred.pdf", "[31mred.pdf"),
        ("\u200b\u2066", "?"),
        ("x" * 300 + ".pdf", "x" * 115 + "….pdf"),
    ],
)
def test_a_name_is_shown_on_one_line_the_right_way_round(name: str, shown: str) -> None:
    assert formats.clean_name(name) == shown


# Anything at all


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Return the file with some bits flipped, a piece cut out, or its end lost."""
    broken = bytearray(data)
    for _ in range(dice.choice([1, 10, 200])):
        broken[dice.randrange(len(broken))] ^= 1 << dice.randrange(8)
    if dice.random() < 0.3:
        start = dice.randrange(len(broken))
        del broken[start : start + dice.randrange(1, 500)]
    return bytes(broken[: dice.randrange(1, len(broken) + 1)]) if dice.random() < 0.2 else bytes(broken)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["plain.png", "turned.jpg", "moving.gif", "plain.webp", "report.pdf", "clip.mp4", "clip.webm"]
)
async def test_a_damaged_file_ends_ready_or_failed_and_never_in_a_crash(
    intake: Intake, tmp_path: Path, name: str
) -> None:
    data = (DOCUMENTS / name).read_bytes()
    for seed in range(8):
        path = tmp_path / name
        path.write_bytes(mutated(data, random.Random(f"{name} {seed}")))
        await read(intake, path)


@pytest.mark.parametrize("suffix", [".png", ".pdf", ".ppt", ".mp4", ".xyz", ""])
@pytest.mark.parametrize(
    "start", [b"", b"\x89PNG\r\n\x1a\n", b"%PDF-1.4\n", b"\0\0\0\x18ftypmp42", b"\x1aE\xdf\xa3", b"BM"]
)
async def test_random_bytes_end_failed(intake: Intake, tmp_path: Path, suffix: str, start: bytes) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(start + random.Random(f"{suffix}{start!r}").randbytes(3000))
    assert await fault(intake, path) in catalogue("en")


# Drawn on by the user


def png(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "PNG")
    return out.getvalue()


async def test_a_redrawn_picture_takes_the_place_of_the_old_one(intake: Intake, blobs: BlobStore) -> None:
    last = await read(intake, DOCUMENTS / "plain.png")
    old = last.pictures[0]
    made = await intake.redrawn(last, 0, png(old.width, old.height), old.width, old.height, hidden=False)
    assert (made.id, made.name, made.source, made.progress) == (
        last.id,
        last.name,
        last.source,
        Progress.READY,
    )
    (new,) = made.pictures
    assert new.blob != old.blob
    assert replace(new, blob=old.blob) == old
    assert blobs.read(new.blob) == png(old.width, old.height)


async def test_of_what_is_hidden_in_a_picture_nothing_is_left(intake: Intake, blobs: BlobStore) -> None:
    last = await read(intake, DOCUMENTS / "turned.jpg")
    old = last.pictures[0]
    made = await intake.redrawn(last, 0, png(old.width, old.height), old.width, old.height, hidden=True)
    assert made.source == made.pictures[0].blob
    assert {made.source, made.pictures[0].blob}.isdisjoint({last.source, old.blob})


async def test_of_a_page_with_something_hidden_neither_text_nor_file_is_left(intake: Intake) -> None:
    last = await read(intake, DOCUMENTS / "report.pdf")
    assert all(page.text for page in last.pictures)
    page = last.pictures[1]
    made = await intake.redrawn(last, 1, png(page.width, page.height), page.width, page.height, hidden=True)
    assert made.source is None
    assert [bool(one.text) for one in made.pictures] == [True, False, True]
    assert [one.number for one in made.pictures] == [1, 2, 3]
    assert made.pictures[0] == last.pictures[0]


async def test_a_clip_with_something_hidden_is_sent_as_stills(intake: Intake) -> None:
    last = await read(intake, DOCUMENTS / "clip.mp4")
    assert last.clip is not None
    still = last.pictures[0]
    made = await intake.redrawn(
        last, 0, png(still.width, still.height), still.width, still.height, hidden=True
    )
    assert (made.clip, made.source) == (None, None)
    assert made.notice is not None
    assert made.notice.key == "marks.clip_as_stills"
    assert made.pictures[0].seconds == still.seconds


async def test_what_cannot_be_kept_is_not_sent_as_it_was(
    intake: Intake, blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = await read(intake, DOCUMENTS / "plain.png")
    old = last.pictures[0]

    def full(*_: object) -> Blob:
        raise Full("store.full")

    monkeypatch.setattr(blobs, "keep", full)
    made = await intake.redrawn(last, 0, png(old.width, old.height), old.width, old.height, hidden=True)
    assert made.progress is Progress.FAILED
    assert made.fault is not None
