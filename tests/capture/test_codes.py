"""QR codes, good and hostile, through a real worker."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from app.blobs import BlobStore
from app.errors import Unreadable
from app.model.attachments import Picture
from app.workers import Workers
from capture import codes_worker
from capture.codes import WorkerCodes


def code(text: str, side: int = 200) -> np.ndarray:
    drawn = cv2.QRCodeEncoder.create().encode(text)
    return np.asarray(cv2.resize(drawn, (side, side), interpolation=cv2.INTER_NEAREST))


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


def stored(blobs: BlobStore, pixels: np.ndarray) -> Picture:
    data = cv2.imencode(".png", pixels)[1].tobytes()
    return Picture(blobs.keep(data, "image/png"), pixels.shape[1], pixels.shape[0])


async def test_codes_are_read_from_the_top_down(blobs: BlobStore, workers: Workers) -> None:
    page = np.full((700, 500), 255, np.uint8)
    page[400:600, 40:240] = code("https://example.com/下面")
    page[60:260, 250:450] = code("on top")
    picture = stored(blobs, page)
    assert await WorkerCodes(blobs, workers).read(picture) == ("on top", "https://example.com/下面")


@pytest.mark.parametrize("side", [60, 200, 900])
async def test_a_code_that_fills_its_picture_is_read(blobs: BlobStore, workers: Workers, side: int) -> None:
    assert await WorkerCodes(blobs, workers).read(stored(blobs, code("hello", side))) == ("hello",)


async def test_a_picture_without_codes_has_none(blobs: BlobStore, workers: Workers) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (400, 300), np.uint8)
    assert await WorkerCodes(blobs, workers).read(stored(blobs, noise)) == ()


async def test_what_cannot_be_shown_is_left_out(blobs: BlobStore, workers: Workers) -> None:
    text = "ab\x1b[31mc\x7f"
    assert await WorkerCodes(blobs, workers).read(stored(blobs, code(text))) == ("ab[31mc",)


async def test_a_broken_picture_is_an_error(blobs: BlobStore, workers: Workers) -> None:
    broken = Picture(blobs.keep(b"\x89PNG\r\n\x1a\nnothing", "image/png"), 10, 10)
    with pytest.raises(Unreadable):
        await WorkerCodes(blobs, workers).read(broken)


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (20, 20)])
def test_odd_sizes_do_no_harm(size: tuple[int, int]) -> None:
    assert codes_worker.read(np.zeros(size, np.uint8)) == []


class Lying:
    """A worker that was taken over."""

    def __init__(self, head: dict[str, object]) -> None:
        self._head = head

    async def job(self, name: str, task: dict[str, object]):  # type: ignore[no-untyped-def] # noqa: ANN201
        yield self._head, b""


@pytest.mark.parametrize("head", [{}, {"codes": "x"}, {"codes": [1]}, {"codes": {"a": "b"}}])
async def test_a_lying_worker_is_not_believed(blobs: BlobStore, head: dict[str, object]) -> None:
    with pytest.raises(Unreadable):
        await WorkerCodes(blobs, Lying(head)).read(stored(blobs, code("x")))  # type: ignore[arg-type]


async def test_more_and_longer_than_any_code_is_cut(blobs: BlobStore) -> None:
    lying = Lying({"codes": ["x" * 10**6] * 1000})
    codes = await WorkerCodes(blobs, lying).read(stored(blobs, code("x")))  # type: ignore[arg-type]
    assert len(codes) == 32
    assert {len(one) for one in codes} == {4296}
