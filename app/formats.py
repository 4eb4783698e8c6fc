"""What a file is, by its first bytes before its name, and whether it may be opened at all."""

import mimetypes
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from app.clean import visible
from app.errors import Locked, TooLarge, Unreadable
from app.model.attachments import Kind

MEGABYTE = 10**6
# The heaviest file of each kind that is opened, in bytes.
MOST = {
    Kind.PICTURE: 100 * MEGABYTE,
    Kind.DOCUMENT: 500 * MEGABYTE,
    Kind.DECK: 500 * MEGABYTE,
    Kind.CLIP: 1000 * MEGABYTE,
}
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
PPT = "application/vnd.ms-powerpoint"

_START = 65536  # bytes looked at
_NAME_LIMIT = 120  # characters
_UNNAMEABLE = re.compile(r'[<>:"/\\|?*]')  # on some system
_OLE, _ZIP, _MATROSKA = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04", b"\x1aE\xdf\xa3"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
)
_MOVIE_ATOMS = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide")
# Pictures that come in the container of movies.
_PICTURE_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
_DECK_NAMES = (".pptx", ".pptm", ".ppsx", ".ppsm", ".potx")
_OLD_DECK_NAMES = (".ppt", ".pps", ".pot")
_KINDS_BY_NAME = {
    **dict.fromkeys((".pdf",), Kind.DOCUMENT),
    **dict.fromkeys((*_DECK_NAMES, *_OLD_DECK_NAMES), Kind.DECK),
    **dict.fromkeys((".mp4", ".m4v", ".mov", ".mkv", ".webm"), Kind.CLIP),
}


@dataclass(frozen=True, slots=True)
class Format:
    """What a file is; `mime` as it is kept and sent."""

    kind: Kind
    mime: str


def examine(path: Path) -> Format:
    """Return what the file is; raises `DocumentError` with the reason why it cannot be read.  Blocks."""
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise Unreadable("document.folder")
        if not stat.S_ISREG(found.st_mode):
            raise Unreadable("document.special")
        with path.open("rb") as file:
            start = file.read(_START)
    except FileNotFoundError as error:
        raise Unreadable("document.missing") from error
    except PermissionError as error:
        raise Unreadable("document.denied") from error
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        raise Unreadable("document.unreadable", reason=reason) from error
    form = recognise(start, path.name)
    check_size(found.st_size, form.kind)
    return form


def check_size(size: int, kind: Kind) -> None:
    """Raise `TooLarge` when so many bytes are more than is read of this kind."""
    most = MOST[kind]
    if size > most:
        raise TooLarge("document.heavy", size=round(size / MEGABYTE), most=round(most / MEGABYTE))


def recognise(start: bytes, name: str) -> Format:
    """Return what a file with this beginning and this name is; raises `Unreadable` or `Locked`."""
    if not start:
        raise Unreadable("document.empty")
    for magic, mime in _PICTURES:
        if start.startswith(magic):
            return Format(Kind.PICTURE, mime)
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return Format(Kind.PICTURE, "image/webp")
    if b"%PDF-" in start[:1024]:
        return Format(Kind.DOCUMENT, "application/pdf")
    form = _movie(start, name) or _deck(start, name)
    if form is None:
        # A name of ours on something else is a damaged file; any other name is simply not ours.
        damaged = Path(name).suffix.lower() in {
            *_KINDS_BY_NAME,
            ".png",
            ".jpg",
            ".jpeg",
            ".webp",
            ".gif",
            ".bmp",
        }
        raise Unreadable("document.damaged" if damaged else "document.unknown")
    return form


def _movie(start: bytes, name: str) -> Format | None:
    if start.startswith(_MATROSKA):
        return Format(Kind.CLIP, "video/webm" if b"webm" in start[:64] else "video/x-matroska")
    if start[4:8] in _MOVIE_ATOMS and start[8:12] not in _PICTURE_BRANDS:
        quicktime = start[8:12] == b"qt  " or name.lower().endswith(".mov")
        return Format(Kind.CLIP, "video/quicktime" if quicktime else "video/mp4")
    return None


def _deck(start: bytes, name: str) -> Format | None:
    suffix = Path(name).suffix.lower()
    if start.startswith(_ZIP) and (suffix in _DECK_NAMES or b"ppt/" in start):
        return Format(Kind.DECK, PPTX)
    if start.startswith(_OLE):
        if suffix in _DECK_NAMES or _ENCRYPTED in start:
            raise Locked("document.locked")
        if suffix in _OLD_DECK_NAMES:
            return Format(Kind.DECK, PPT)
    return None


def kind_by_name(name: str) -> Kind:
    """Return what a file of this name will probably be, before it has been looked at."""
    return _KINDS_BY_NAME.get(Path(name).suffix.lower(), Kind.PICTURE)


def clean_name(name: str) -> str:
    """Return a file name fit to be shown: one line, nothing invisible, nothing that turns text around."""
    shown = visible(name)
    if len(shown) > _NAME_LIMIT:
        suffix = Path(shown).suffix[:10]
        shown = shown[: _NAME_LIMIT - len(suffix) - 1] + "…" + suffix
    return shown or "?"


def file_name(name: str, mime: str) -> str:
    """Return the name under which what was shown as `name` can be saved: in no folder, not hidden, with a suffix."""
    plain = _UNNAMEABLE.sub("_", clean_name(name)).lstrip(". ") or "_"
    return plain if Path(plain).suffix else plain + (mimetypes.guess_extension(mime) or "")
