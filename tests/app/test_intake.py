"""What a user offers, through real workers into a real store of attachments."""

import asyncio
import io
import os
import shutil
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from app import formats
from app.blobs import BlobStore
from app.errors import Full
from app.intake import SEEN_LIMIT, WEIGHT_LIMIT, Intake
from app.model.attachments import Blob, Kind, Progress
from app.workers import Workers
from tests.readings import DOCUMENTS, read, steps


def png(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "PNG")
    return out.getvalue()


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
