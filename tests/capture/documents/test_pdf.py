"""Pages of good, locked, damaged and absurd PDFs."""

import io
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.errors import Locked, Unreadable
from app.model.attachments import PAGE_LIMIT
from capture.documents import pdf
from capture.documents.pdf import LONGEST, SHORTEST, scales, serve

DOCUMENTS = Path(__file__).parents[2] / "fixtures" / "documents"


def frames(name: str, **task: int) -> list[tuple[dict[str, Any], bytes]]:
    return list(serve({"path": str(DOCUMENTS / name), **task}))


@pytest.mark.parametrize("name", ["report.pdf", "季度 报告.pdf", "owned.pdf"])
def test_every_page_comes_as_a_picture_with_its_text(name: str) -> None:
    head, *pages = frames(name)
    assert head == ({"total": 3, "last": 3}, b"")
    for number, (page, body) in enumerate(pages, 1):
        picture = Image.open(io.BytesIO(body))
        assert picture.size == (page["width"], page["height"])
        assert max(picture.size) == LONGEST
        assert page["mime"] == "image/jpeg"
        assert page["number"] == number
        assert page["text"] == f"Page {number} of the report\n季度收入增长百分之十二"
        assert picture.convert("L").getextrema() == (0, 255)


def test_a_row_of_a_table_is_one_line_of_the_text_layer(tmp_path: Path) -> None:
    with sys.modules["pymupdf"].open() as document:
        page = document.new_page()
        for row, cells in enumerate((("Region", "Units"), ("North", "1,204"))):
            for column, cell in enumerate(cells):
                page.insert_text((60 + 200 * column, 80 + 24 * row), cell)
        page.insert_text((500, 200), "upwards", rotate=90)
        page.insert_text((530, 200), "too", rotate=90)
        document.save(tmp_path / "table.pdf")
    _, (head, _) = serve({"path": str(tmp_path / "table.pdf")})
    assert head["text"] == "Region  Units\nNorth  1,204\nupwards\ntoo"


def test_reading_can_begin_in_the_middle() -> None:
    assert [head.get("number") for head, _ in frames("report.pdf", first=3)] == [None, 3]
    assert [head.get("number") for head, _ in frames("report.pdf", first=4)] == [None]


def test_a_locked_document_says_so() -> None:
    with pytest.raises(Locked):
        frames("locked.pdf")


@pytest.mark.parametrize(
    "name", ["cut.pdf", "empty.pdf", "words.pdf", "plain.png", "deck.pptx", "missing.pdf"]
)
def test_what_is_no_document_is_refused(name: str) -> None:
    with pytest.raises(Unreadable):
        frames(name)


def test_a_document_whose_pages_cannot_be_counted_is_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Any) -> int:
        raise RuntimeError("cycle in the page tree")

    monkeypatch.setattr("pymupdf.Document.page_count", property(refuse))
    with pytest.raises(Unreadable) as caught:
        frames("report.pdf")
    assert caught.value.sentence.key == "document.damaged"


def test_of_ten_thousand_pages_some_are_read() -> None:
    pages = serve({"path": str(DOCUMENTS / "pages-10000.pdf"), "first": PAGE_LIMIT})
    assert [head.get("number", head) for head, _ in pages] == [
        {"total": 10_000, "last": PAGE_LIMIT},
        PAGE_LIMIT,
    ]


def test_pages_of_absurd_sizes_are_drawn_at_sizes_that_can_be_sent() -> None:
    began = time.process_time()
    for head, body in frames("boxes.pdf")[1:]:
        assert min(head["width"], head["height"]) >= SHORTEST
        assert max(head["width"], head["height"]) <= LONGEST + 1
        assert body
    assert time.process_time() - began < 10


@given(st.floats(0, 1e12), st.floats(0, 1e12))
def test_no_size_of_page_makes_a_picture_too_large_or_too_thin(width: float, height: float) -> None:
    across, down = scales(width, height)
    assert max(across * max(width, 1), down * max(height, 1)) <= LONGEST * 1.001
    assert min(across * max(width, 1), down * max(height, 1)) >= SHORTEST * 0.999


def test_a_page_that_cannot_be_drawn_is_named_and_the_others_come(monkeypatch: pytest.MonkeyPatch) -> None:
    real = pdf.draw

    def draw(page: Any) -> Image.Image:
        if page.number == 1:
            raise RuntimeError("broken page")
        return real(page)

    monkeypatch.setattr(pdf, "draw", draw)
    assert [(head.get("number"), head.get("skipped")) for head, _ in frames("report.pdf")[1:]] == [
        (1, None),
        (2, True),
        (3, None),
    ]


def test_the_network_that_guesses_layouts_is_not_loaded() -> None:
    assert sys.modules["pymupdf.layout"] is None
