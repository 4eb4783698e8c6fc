"""The words of a PPTX deck: text and notes, slide by slide.  Runs in a worker."""

import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from pptx import Presentation
from pptx.exc import PythonPptxError

from app.errors import TooLarge, Unreadable
from app.model.attachments import TEXT_LIMIT

ENTRY_LIMIT = 10_000  # files in the archive
UNPACKED_LIMIT = 600 * 2**20  # bytes all of them unpack to
PART_LIMIT = 200 * 2**20  # bytes one of them unpacks to
MARKUP_LIMIT = 40 * 2**20  # bytes one of them unpacks to, if it is XML: a tree of it is ten times as large
RATIO_LIMIT = 200  # times the packed size, once that matters
RATIO_MATTERS = 20 * 2**20  # bytes

_DAMAGE = (
    PythonPptxError,
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    SyntaxError,  # lxml's too
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RuntimeError,  # an encrypted entry, a recursion
)


def serve(task: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Yield each slide of the deck at `path`: number, text and notes."""
    try:
        guard(task["path"])
        deck = Presentation(task["path"])
        for number, slide in enumerate(deck.slides, 1):
            yield {"number": number, "text": _text(slide.shapes), "notes": _notes(slide)}, b""
    except _DAMAGE as error:
        raise Unreadable("document.damaged") from error


def guard(path: str) -> None:
    """Raise `TooLarge` when the archive would unpack to more than a deck holds."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > ENTRY_LIMIT or unpacked > UNPACKED_LIMIT or any(map(_swells, entries)):
        raise TooLarge("document.bomb")


def _swells(entry: zipfile.ZipInfo) -> bool:
    markup = entry.filename.lower().endswith((".xml", ".rels"))
    swollen = entry.file_size > RATIO_MATTERS and entry.file_size > RATIO_LIMIT * max(entry.compress_size, 1)
    return swollen or entry.file_size > (MARKUP_LIMIT if markup else PART_LIMIT)


def _text(shapes: Any) -> str:
    return "\n".join(line for shape in shapes for line in _lines(shape) if line.strip())[:TEXT_LIMIT]


def _lines(shape: Any) -> Iterator[str]:
    """Yield the lines of a shape; a table gives one line a row, a group what is in it."""
    if getattr(shape, "has_table", False):
        for row in shape.table.rows:
            yield " | ".join(cell.text.replace("\n", " ") for cell in row.cells)
    elif getattr(shape, "has_text_frame", False):
        # A line break inside a paragraph is a vertical tab here.
        yield from shape.text_frame.text.replace("\v", "\n").split("\n")
    elif hasattr(shape, "shapes"):
        for inner in shape.shapes:
            yield from _lines(inner)


def _notes(slide: Any) -> str:
    frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    return "" if frame is None else frame.text.replace("\v", "\n").strip()[:TEXT_LIMIT]
