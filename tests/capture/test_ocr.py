"""Text in pictures, read by the real weights in a real worker; and once only."""

import io
import json
import stat
import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

from app.blobs import BlobStore
from app.errors import Unreadable
from app.model.attachments import Picture
from app.model.screens import Box, Line
from app.workers import Workers
from capture.ocr import WorkerOcr

CJK = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


@pytest.fixture
def ocr(blobs: BlobStore, workers: Workers, tmp_path: Path) -> WorkerOcr:
    return WorkerOcr(blobs, workers, tmp_path / "cache")


def kept(blobs: BlobStore, *texts: str) -> Picture:
    """Keep a picture of these rows of text."""
    picture = Image.new("RGB", (500, 40 + 50 * len(texts)), "white")
    font = ImageFont.truetype(CJK, 24, index=2)
    for row, text in enumerate(texts):
        ImageDraw.Draw(picture).text((20, 20 + 50 * row), text, "black", font)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return Picture(blobs.keep(out.getvalue(), "image/png"), *picture.size)


async def all_of(ocr: WorkerOcr, *pictures: Picture) -> list[tuple[Picture, tuple[Line, ...]]]:
    return [found async for found in ocr.read(pictures)]


async def test_both_languages_are_read_where_they_stand(ocr: WorkerOcr, blobs: BlobStore) -> None:
    one = kept(blobs, "Amount due 420.36", "季度收入增长百分之十二")
    two = kept(blobs, "Second page")
    blank = kept(blobs)
    (first, lines), (second, others), (third, none) = await all_of(ocr, one, two, blank)
    assert (first, second, third) == (one, two, blank)
    assert [line.text for line in lines] == ["Amount due 420.36", "季度收入增长百分之十二"]
    assert [line.text for line in others] == ["Second page"]
    assert none == ()
    for row, line in enumerate(lines):
        assert abs(line.box.left - 20) < 12
        assert abs(line.box.top + line.box.height / 2 - (20 + 50 * row + 18)) < 12
        assert 0.8 < line.score <= 1


async def test_leaders_are_read_with_what_stands_between_them(ocr: WorkerOcr, blobs: BlobStore) -> None:
    ((_, lines),) = await all_of(ocr, kept(blobs, "Contents", "Winter ............ F ........ 142"))
    assert [line.text for line in lines] == ["Contents", "Winter ............ F ........ 142"]


class Counted(Workers):
    """The real workers, with a list of what was asked of them."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[list[str]] = []

    async def job(
        self, name: str, task: dict[str, Any]
    ) -> AsyncGenerator[tuple[dict[str, Any], bytes], None]:
        self.asked.append(task["paths"])
        async for frame in super().job(name, task):
            yield frame


async def test_the_same_picture_is_read_once(blobs: BlobStore, tmp_path: Path) -> None:
    workers = Counted()
    one, two = kept(blobs, "one line"), kept(blobs, "two lines")
    try:
        before = await all_of(WorkerOcr(blobs, workers, tmp_path / "cache"), one, one)
        # Another start of the app, and a new picture among the old.
        after = await all_of(WorkerOcr(blobs, workers, tmp_path / "cache"), one, two, one)
    finally:
        workers.close()
    assert workers.asked == [[str(blobs.path(one.blob))], [str(blobs.path(two.blob))]]
    assert before[0] == before[1] == after[0] == after[2]
    files = list((tmp_path / "cache").iterdir())
    assert len(files) == 2
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[",
        "{}",
        '[{"text": 1}]',
        '[{"box": [1], "text": "x", "score": 1}]',
        "null",
        "7",
        '[{"box": [1, 2, 3, Infinity], "text": "x", "score": 1}]',
        '[{"box": [1, 2, 3, 4], "text": "x", "score": NaN}]',
    ],
)
async def test_a_damaged_memory_is_read_anew(
    content: str, ocr: WorkerOcr, blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = ocr._file(kept(blobs, "x"))
    file.parent.mkdir()
    file.write_text(content, encoding="ascii")
    head = {"lines": [{"text": "anew", "box": [1, 2, 3, 4], "score": 0.5}]}
    (line,) = await answered(ocr, blobs, monkeypatch, head)
    assert line.text == "anew"
    assert json.loads(file.read_text("utf-8")) == head["lines"]


async def test_a_picture_that_is_none_is_one_error_and_is_not_remembered(
    ocr: WorkerOcr, blobs: BlobStore, tmp_path: Path
) -> None:
    picture = Picture(blobs.keep(b"not a picture", "image/png"), 10, 10)
    with pytest.raises(Unreadable):
        await all_of(ocr, picture)
    assert not (tmp_path / "cache").exists()


async def answered(
    ocr: WorkerOcr, blobs: BlobStore, monkeypatch: pytest.MonkeyPatch, head: Any
) -> tuple[Line, ...]:
    async def job(self: Workers, name: str, task: dict[str, Any]) -> AsyncGenerator[tuple[Any, bytes], None]:
        yield head, b""

    monkeypatch.setattr(Workers, "job", job)
    ((_, lines),) = await all_of(ocr, kept(blobs, "x"))
    return lines


@pytest.mark.parametrize(
    "head",
    [
        {},
        {"lines": 7},
        {"lines": [{}]},
        *(
            {"lines": [{"text": "x", "box": [1, 2, 3, value], "score": 1}]}
            for value in ("a", None, -1, 10**400, float("inf"), float("nan"))
        ),
        *(
            {"lines": [{"text": "x", "box": [1, 2, 3, 4], "score": value}]}
            for value in ("a", None, -1, 2, 10**400, float("inf"), float("nan"))
        ),
    ],
)
async def test_a_lying_worker_is_one_error(
    head: Any, ocr: WorkerOcr, blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Unreadable):
        await answered(ocr, blobs, monkeypatch, head)


async def test_text_that_cannot_be_stored_is_made_storable(
    ocr: WorkerOcr, blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = {"lines": [{"text": "a\ud800b", "box": [1, 2, 3, 4], "score": 0.5}]}
    (line,) = await answered(ocr, blobs, monkeypatch, head)
    assert line.text == "a?b"


async def test_stopping_in_the_middle_ends_the_worker(
    ocr: WorkerOcr, blobs: BlobStore, workers: Workers
) -> None:
    found = ocr.read([kept(blobs, "one"), kept(blobs, "two"), kept(blobs, "three")])
    await anext(found)
    (running,) = workers._running
    await found.aclose()
    assert running.killed


async def test_no_weights_are_fetched_and_nothing_is_written_beside_them(
    ocr: WorkerOcr, blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker has neither network nor write access (see test_sandbox), and reads all the same."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    ((_, lines),) = await all_of(ocr, kept(blobs, "offline"))
    assert [line.text for line in lines] == ["offline"]


def test_the_engine_has_one_thread_and_says_nothing() -> None:
    program = (
        "import numpy\n"
        "from capture import ocr_worker\n"
        "engine = ocr_worker.make_engine()\n"
        "engine(numpy.full((64, 64, 3), 255, 'uint8'))\n"
        "options = engine.text_det.session.session.get_session_options()\n"
        "assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)\n"
        "assert engine.text_cls is None\n"
    )
    command = [sys.executable, "-I", "-W", "error", "-c", program]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_what_is_remembered_is_plain_json(blobs: BlobStore, ocr: WorkerOcr) -> None:
    picture = kept(blobs, "x")
    line = Line("中文", Box(1, 2, 3, 4), 0.5)
    ocr._remember(picture, (line,))
    (plain,) = json.loads(ocr._file(picture).read_text("utf-8"))
    assert plain == {"text": "中文", "box": [1, 2, 3, 4], "score": 0.5}
    assert ocr._recall_all([picture]) == {picture.blob.digest: (line,)}
