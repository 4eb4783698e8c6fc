"""The pages of a PDF as pictures, one by one, with the text that lies on them.

Runs in a worker: MuPDF holds the interpreter while it draws, and a page can take it for ever.
"""

import io
import sys
from collections.abc import Iterator
from typing import Any

from PIL import Image

from app.errors import Locked, Unreadable
from app.model.attachments import PAGE_LIMIT, TEXT_LIMIT
from app.model.screens import Box, Line
from capture.reading_order import in_rows

# PyMuPDF would load a network that guesses layouts, which takes a second and which nobody asks here.
sys.modules["pymupdf.layout"] = None  # type: ignore[assignment]

import pymupdf  # noqa: E402 - after the line above

LONGEST = 1600  # pixels of the longer side
SCALE_LIMIT = 300 / 72  # nothing is drawn finer than 300 dots an inch
SHORTEST = 28  # pixels; models refuse thinner pictures
QUALITY = 88
HEAVY = 4_000_000  # pixels of pictures on one page, from which MuPDF shall not keep them decoded

_DAMAGE = (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase)


def serve(task: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Yield first the number of pages, then every page from number `first` on.

    A page is a head with number, width, height, mime and text, and its picture as body; one that cannot
    be drawn is a head with its number and `skipped`.
    """
    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    with _opened(task["path"]) as document:
        total = _count(document)
        last = min(total, PAGE_LIMIT)
        yield {"total": total, "last": last}, b""
        for number in range(max(1, int(task.get("first", 1))), last + 1):
            yield _page(document, number)


def _opened(path: str) -> Any:
    try:
        document = pymupdf.open(path, filetype="pdf")
        locked = bool(document.needs_pass)
    except _DAMAGE as error:
        raise Unreadable("document.damaged") from error
    # MuPDF reads many formats and goes by the content, whatever it is told.
    if not document.is_pdf:
        raise Unreadable("document.damaged")
    # Before anything else is asked: a locked document still claims to have pages.
    if locked:
        raise Locked("document.locked")
    return document


def _count(document: Any) -> int:
    try:
        total = int(document.page_count)
    except _DAMAGE as error:
        raise Unreadable("document.damaged") from error
    if total < 1:
        raise Unreadable("document.damaged")
    return total


def _page(document: Any, number: int) -> tuple[dict[str, Any], bytes]:
    try:
        page = document.load_page(number - 1)
        picture = draw(page)
        if sum(width * height for _, _, width, height, *_ in page.get_images()) > HEAVY:
            pymupdf.TOOLS.store_shrink(100)
    except _DAMAGE:
        return {"number": number, "skipped": True}, b""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)  # Pillow's encoder is ten times as fast as MuPDF's
    head = {
        "number": number,
        "width": picture.width,
        "height": picture.height,
        "mime": "image/jpeg",
        "text": _text(page),
    }
    return head, out.getvalue()


def draw(page: Any) -> Image.Image:
    """Return the page as RGB, scaled from its own size, never from what it says about resolution."""
    across, down = scales(page.rect.width, page.rect.height)
    pixmap = page.get_pixmap(matrix=pymupdf.Matrix(across, down), colorspace=pymupdf.csRGB, alpha=False)
    size = (pixmap.width, pixmap.height)
    return Image.frombuffer("RGB", size, pixmap.samples_mv, "raw", "RGB", pixmap.stride, 1)


def scales(width: float, height: float) -> tuple[float, float]:
    """Return pixels per point across and down; they differ only where a side would vanish."""
    scale = min(LONGEST / max(width, height, 1), SCALE_LIMIT)
    return max(scale, SHORTEST / max(width, 1)), max(scale, SHORTEST / max(height, 1))


def _text(page: Any) -> str:
    """Return the text layer line by line, the cells of a table's row as one line."""
    try:
        blocks = page.get_text("dict", flags=pymupdf.TEXTFLAGS_TEXT)["blocks"]
        pieces = [_piece(line) for block in blocks for line in block["lines"]]
    except (*_DAMAGE, OverflowError):
        return ""  # the picture is there, and it is what counts
    return "\n".join(line.text for line in in_rows(pieces))[:TEXT_LIMIT].strip()


def _piece(line: dict[str, Any]) -> Line:
    left, top, right, bottom = map(round, line["bbox"])
    if line["dir"] != (1.0, 0.0):
        left = top = right = bottom = 0  # written upwards or aslant: it stands beside nothing
    text = "".join(span["text"] for span in line["spans"])
    return Line(text, Box(left, top, right - left, bottom - top))
