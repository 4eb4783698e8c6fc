"""The words of decks, and decks that mean harm."""

import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from app.errors import TooLarge, Unreadable
from capture.documents import slides
from capture.documents.slides import serve

DOCUMENTS = Path(__file__).parents[2] / "fixtures" / "documents"


def heads(path: Path) -> list[dict[str, Any]]:
    return [head for head, _ in serve({"path": str(path)})]


def test_every_slide_gives_its_words_hidden_ones_and_notes_and_tables_too() -> None:
    assert heads(DOCUMENTS / "deck.pptx") == [
        {
            "number": 1,
            "text": "Quarterly results\n季度收入增长百分之十二",
            "notes": "Begin with the growth figure.",
        },
        {"number": 2, "text": "Hidden appendix", "notes": ""},
        {"number": 3, "text": "Revenue by region\nRegion | Revenue\nNorth | 61,200.75", "notes": ""},
    ]


@pytest.mark.parametrize("name", ["hollow.pptx", "locked.pptx", "report.pdf", "missing.pptx", "empty.pdf"])
def test_what_is_no_deck_is_refused(name: str) -> None:
    with pytest.raises(Unreadable):
        heads(DOCUMENTS / name)


def test_a_deck_that_unpacks_without_end_is_refused_before_it_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(slides, "Presentation", None)
    with pytest.raises(TooLarge):
        heads(DOCUMENTS / "bomb.pptx")


def test_a_deck_of_too_many_parts_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "many.pptx", "w") as archive:
        for number in range(slides.ENTRY_LIMIT + 1):
            archive.writestr(f"ppt/{number}", b"")
    with pytest.raises(TooLarge):
        heads(tmp_path / "many.pptx")


def test_markup_may_be_less_than_pictures_are(tmp_path: Path) -> None:
    path = tmp_path / "a.pptx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ppt/slides/slide1.xml", bytes(slides.MARKUP_LIMIT + 1))
    with pytest.raises(TooLarge):
        slides.guard(str(path))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ppt/media/film.mp4", bytes(slides.MARKUP_LIMIT + 1))
    slides.guard(str(path))


@pytest.mark.parametrize("part", ["[Content_Types].xml", "ppt/presentation.xml", "ppt/slides/slide1.xml"])
@pytest.mark.parametrize("content", [None, b"", b"<", b"<?xml version='1.0'?><a/>", b"\xff\xfe\0"])
def test_a_deck_with_a_damaged_part_is_refused_or_read_but_never_a_crash(
    part: str, content: bytes | None, tmp_path: Path
) -> None:
    with zipfile.ZipFile(DOCUMENTS / "deck.pptx") as good, zipfile.ZipFile(tmp_path / "a.pptx", "w") as bad:
        for entry in good.infolist():
            if entry.filename != part:
                bad.writestr(entry, good.read(entry))
            elif content is not None:
                bad.writestr(entry, content)
    with suppress(Unreadable):
        assert len(heads(tmp_path / "a.pptx")) <= 3
