"""What a clipboard or a drag offers: files, a picture or a text.  Measured, and never decoded here."""

# Nothing is offered before the first paint: what only a picture needs is named where it is used.
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6 import QtCore, QtGui
from PySide6.QtCore import QMimeData, Qt

from app.model.sentences import Sentence, sentence

PICTURE_BYTES = 64 * 2**20
PIXELS = 33_000_000  # of a picture without a format: 99 MB as bare pixels, just less than is read of one
FILES = 50
LETTERS = 200_000
LINE = 10_000  # a text field takes quadratic time for a line: 200,000 letters in one freeze it for 20 s
_LIST_BYTES = 2**20

# What is read of pictures, the most faithful first.
_FORMATS = ("image/png", "image/jpeg", "image/webp", "image/bmp", "image/gif")


@dataclass(frozen=True, slots=True)
class Offer:
    """At most one of: files, a picture in a format that is read, a text; or why there is none."""

    paths: tuple[Path, ...] = ()
    picture: bytes = b""
    text: str = ""
    fault: Sentence | None = None


def is_welcome(mime: QMimeData) -> bool:
    """Say whether `read` is likely to find something other than text."""
    return mime.hasUrls() or _picture_format(mime) != "" or mime.hasImage()


def read(mime: QMimeData) -> Offer:
    """Return what is offered: files before a picture, a picture only where no text came with it."""
    if mime.hasFormat("text/uri-list"):
        if mime.data("text/uri-list").size() > _LIST_BYTES:
            return Offer(fault=sentence("composer.too_many_files", n=FILES))
        paths = tuple(Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile())
        if len(paths) > FILES:
            return Offer(fault=sentence("composer.too_many_files", n=FILES))
        if paths:
            return Offer(paths=paths)
    # A table or a text copied in an office program brings a picture of itself.
    if (_picture_format(mime) or mime.hasImage()) and not mime.hasFormat("text/plain"):
        return _picture(mime)
    return _text(mime)


def _text(mime: QMimeData) -> Offer:
    # Counted as bytes first: a text of a gigabyte must not become a string.
    if mime.data("text/plain").size() > 4 * LETTERS:
        return Offer(fault=sentence("composer.text_too_long", n=LETTERS))
    text = mime.text()
    if len(text) > LETTERS:
        return Offer(fault=sentence("composer.text_too_long", n=LETTERS))
    return Offer(text=_broken(text))


def _broken(text: str) -> str:
    """Break the lines that a text field could not bear."""
    pieces = (
        line[start : start + LINE] for line in text.split("\n") for start in range(0, max(len(line), 1), LINE)
    )
    return "\n".join(pieces)


def _picture_format(mime: QMimeData) -> str:
    return next((name for name in _FORMATS if mime.hasFormat(name)), "")


def _picture(mime: QMimeData) -> Offer:
    name = _picture_format(mime)
    if not name:
        return _bare(mime)
    # Passed on as it came: a worker finds out what is in it.
    data = mime.data(name)
    if data.size() > PICTURE_BYTES:
        return Offer(fault=sentence("composer.picture_too_large"))
    if data.isEmpty():
        return Offer(fault=sentence("composer.picture_unreadable"))
    return Offer(picture=bytes(data.data()))


def _bare(mime: QMimeData) -> Offer:
    """Return pixels without a format, as Windows and macOS keep them."""
    # Elsewhere a picture always has a format, and Qt would decode here whatever it claims to be.
    foreign = any(name.startswith("image/") for name in mime.formats())
    image = None if foreign else mime.imageData()
    if not isinstance(image, QtGui.QImage) or image.isNull():
        return Offer(fault=sentence("composer.picture_unreadable"))
    if image.width() * image.height() > PIXELS:
        return Offer(fault=sentence("composer.picture_too_large"))
    return Offer(picture=_bmp(image))


def _bmp(image: QtGui.QImage) -> bytes:
    """Return the image on white as BMP, which takes a tenth of the time of the fastest PNG."""
    if image.hasAlphaChannel():
        ground = QtGui.QImage(image.size(), QtGui.QImage.Format.Format_RGB32)
        ground.fill(Qt.GlobalColor.white)
        painter = QtGui.QPainter(ground)
        painter.drawImage(0, 0, image)
        painter.end()
        image = ground
    data = QtCore.QByteArray()
    buffer = QtCore.QBuffer(data)
    buffer.open(QtCore.QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "BMP")  # type: ignore[call-overload] # the stub wants the format as bytes, Qt as text
    return bytes(data.data())
