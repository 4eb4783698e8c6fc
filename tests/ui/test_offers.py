from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QMimeData, Qt, QUrl
from PySide6.QtGui import QColor, QImage

from app.formats import MOST
from app.model.attachments import Kind
from ui import offers
from ui.offers import FILES, LETTERS, PICTURE_BYTES, PIXELS, read


def mime(**formats: bytes) -> QMimeData:
    made = QMimeData()
    for name, data in formats.items():
        made.setData(name.replace("__", "/"), QByteArray(data))
    return made


class Sealed(QMimeData):
    """A clipboard whose pictures must not be turned into pixels."""

    def imageData(self) -> object:  # noqa: N802 - Qt's own name
        raise AssertionError("decoded in the process of the window")


def bare(image: QImage) -> QMimeData:
    made = QMimeData()
    made.setImageData(image)
    return made


def test_files_come_before_the_picture_of_them(make_png: Callable[..., bytes]) -> None:
    offered = mime(image__png=make_png(4, 4))
    offered.setUrls([QUrl.fromLocalFile("/a/b.png"), QUrl("https://example.org/c.png")])
    assert read(offered).paths == (Path("/a/b.png"),)


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "bmp", "gif"])
def test_a_picture_with_a_format_is_passed_on_undecoded(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"\x89PNG\r\n\x1a\n" + bytes(30_000_000)  # not one byte of it is looked at
    offered = Sealed()
    offered.setData(f"image/{kind}", QByteArray(data))
    monkeypatch.delattr(offers, "QtGui")
    assert read(offered) == offers.Offer(picture=data)


def test_the_most_faithful_of_several_formats_is_taken(make_png: Callable[..., bytes]) -> None:
    data = make_png(4, 4)
    assert read(mime(image__jpeg=b"\xff\xd8\xff", image__png=data)).picture == data


def test_bare_pixels_are_passed_on_exactly_and_uncompressed(make_png: Callable[..., bytes]) -> None:
    data = read(bare(QImage.fromData(make_png(30, 20, "#c04020")))).picture
    assert data.startswith(b"BM")
    again = QImage.fromData(data)
    assert (again.width(), again.height()) == (30, 20)
    assert again.pixelColor(3, 3).name() == "#c04020"


def test_bare_pixels_that_can_be_seen_through_are_on_white() -> None:
    image = QImage(8, 4, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    image.setPixelColor(2, 2, QColor("red"))
    again = QImage.fromData(read(bare(image)).picture)
    assert again.pixelColor(0, 0).name() == "#ffffff"
    assert again.pixelColor(2, 2).name() == "#ff0000"


def test_the_largest_bare_picture_is_not_too_heavy_to_be_read() -> None:
    assert MOST[Kind.PICTURE] > 3 * PIXELS + 2**16


def test_a_format_that_is_not_read_is_not_decoded_either() -> None:
    offered = Sealed()
    offered.setData("image/svg+xml", QByteArray(b"<svg/>"))
    offered.setData("application/x-qt-image", QByteArray(b""))  # as Qt adds where pictures have formats
    assert offered.hasImage()
    fault = read(offered).fault
    assert fault is not None
    assert fault.key == "composer.picture_unreadable"


def test_a_picture_of_a_text_gives_way_to_the_text(make_png: Callable[..., bytes]) -> None:
    offered = mime(image__png=make_png(4, 4), text__plain=b"1\t2\n3\t4")
    assert read(offered) == offers.Offer(text="1\t2\n3\t4")


@pytest.mark.parametrize(
    ("data", "key"),
    [(b"\0" * (PICTURE_BYTES + 1), "composer.picture_too_large"), (b"", "composer.picture_unreadable")],
    ids=["heavy", "empty"],
)
def test_a_picture_that_is_too_heavy_or_empty_is_refused(data: bytes, key: str) -> None:
    offer = read(mime(image__png=data))
    assert offer.fault is not None
    assert offer.fault.key == key
    assert offer.picture == b""


@pytest.mark.parametrize(
    ("image", "key"),
    [
        (QImage(PIXELS // 1000 + 1, 1000, QImage.Format.Format_Mono), "composer.picture_too_large"),
        (QImage(), "composer.picture_unreadable"),
    ],
    ids=["large", "null"],
)
def test_bare_pixels_that_are_too_many_or_none_are_refused(image: QImage, key: str) -> None:
    offer = read(bare(image))
    assert offer.fault is not None
    assert offer.fault.key == key
    assert offer.picture == b""


def test_a_text_of_gigantic_length_is_refused() -> None:
    offer = read(mime(text__plain=b"x" * (4 * LETTERS + 1)))
    assert offer.fault is not None
    assert offer.fault.key == "composer.text_too_long"


def test_too_many_files_are_refused() -> None:
    offered = QMimeData()
    offered.setUrls([QUrl.fromLocalFile(f"/a/{number}") for number in range(FILES + 1)])
    fault = read(offered).fault
    assert fault is not None
    assert fault.key == "composer.too_many_files"


def test_nothing_offers_nothing() -> None:
    assert read(QMimeData()) == offers.Offer()
