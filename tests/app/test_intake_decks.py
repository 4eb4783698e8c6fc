"""Decks: pages where LibreOffice draws them, their words where it does not."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from app import formats
from app import intake as module
from app.blobs import BlobStore
from app.errors import NoReader, TooLarge, Unreadable
from app.i18n import say
from app.intake import Intake
from app.model.attachments import PAGE_LIMIT, Kind, Progress
from tests.readings import DOCUMENTS, Frame, Played, died, late, page, played, read, total

needs_office = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


WORDS: list[Frame] = [
    ({"number": 1, "text": "Title", "notes": "Speak slowly"}, b""),
    ({"number": 2, "text": "", "notes": ""}, b""),
]
MISSING = NoReader("document.no_office", command="sudo apt install libreoffice-impress")


@needs_office
async def test_a_deck_becomes_pages_with_its_own_words(intake: Intake) -> None:
    last = await read(intake, DOCUMENTS / "deck.pptx")
    assert (last.kind, last.progress, last.total) == (Kind.DECK, Progress.READY, 3)
    assert [picture.number for picture in last.pictures] == [1, 2, 3]
    first, hidden, table = (picture.text for picture in last.pictures)
    assert first == "Quarterly results\n季度收入增长百分之十二\nNotes: Begin with the growth figure."
    assert hidden == "Hidden appendix"
    assert "North | 61,200.75" in table
    assert (last.text, last.notice) == ("", None)


@needs_office
async def test_an_old_deck_becomes_pages_with_their_text_layer(intake: Intake, tmp_path: Path) -> None:
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "ppt", "--outdir", str(tmp_path), str(DOCUMENTS / "deck.pptx")]
    for _ in range(2):
        subprocess.run(command, check=False, capture_output=True)
    last = await read(intake, tmp_path / "deck.ppt")
    assert (last.kind, len(last.pictures)) == (Kind.DECK, 3)
    assert "61,200.75" in last.pictures[2].text
    assert last.source is not None
    assert last.source.mime == formats.PPT


@pytest.mark.parametrize("numbers", [[2], [1, 1], [1, 3], [True, 1], [10**400], ["1"]])
async def test_slides_out_of_order_are_not_believed(blobs: BlobStore, numbers: list[Any]) -> None:
    slides: list[Any] = [({"number": n, "text": "x", "notes": ""}, b"") for n in numbers]
    runs = {"slides": [slides], "office": [[Unreadable("document.not_drawn")]]}
    last, _ = await played(blobs, "deck.pptx", **runs)
    assert last.progress is Progress.FAILED


async def test_of_a_deck_without_end_as_many_slides_are_read_as_of_a_document(blobs: BlobStore) -> None:
    slides: list[Any] = [({"number": n, "text": "x", "notes": ""}, b"") for n in range(1, 3000)]
    runs = {"slides": [slides], "office": [[Unreadable("document.not_drawn")]]}
    last, _ = await played(blobs, "deck.pptx", **runs)
    assert (last.progress, last.total) == (Progress.READY, PAGE_LIMIT)


async def test_without_libreoffice_a_deck_is_its_words_and_says_how_to_get_the_rest(blobs: BlobStore) -> None:
    last, _ = await played(blobs, "deck.pptx", slides=[[*WORDS]], office=[[MISSING]])
    assert (last.progress, last.kind, last.pictures, last.total) == (Progress.READY, Kind.DECK, (), 2)
    assert last.text == "Slide 1\nTitle\nNotes: Speak slowly\n\nSlide 2\n"
    assert last.notice is not None
    assert "sudo apt install libreoffice-impress" in say(last.notice)


async def test_without_libreoffice_an_old_deck_says_how_to_get_it(blobs: BlobStore, tmp_path: Path) -> None:
    (tmp_path / "a.ppt").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    workers = Played({"office": [[MISSING]]})
    last = await read(Intake(blobs, workers), tmp_path / "a.ppt")
    workers.close()
    assert last.fault is not None
    assert last.fault.key == "document.needs_office"
    assert "sudo apt install" in say(last.fault)


async def test_a_deck_that_libreoffice_cannot_draw_is_its_words(blobs: BlobStore) -> None:
    failed = Unreadable("document.not_drawn")
    last, _ = await played(blobs, "deck.pptx", slides=[[*WORDS]], office=[[failed]])
    assert last.progress is Progress.READY
    assert last.notice is not None
    assert last.notice.key == "document.text_only"


async def test_a_deck_whose_words_cannot_be_read_is_still_drawn(blobs: BlobStore) -> None:
    runs: dict[str, list[list[Any]]] = {
        "slides": [[Unreadable("document.damaged")]],
        "office": [[({}, b"%PDF")]],
        "pdf": [[total(1), page(1)]],
    }
    last, _ = await played(blobs, "deck.pptx", **runs)
    assert [picture.text for picture in last.pictures] == ["text 1"]


async def test_the_sockets_of_libreoffice_are_swept_even_when_it_fails(
    blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept: list[bool] = []
    monkeypatch.setattr(module, "sweep_sockets", lambda: swept.append(True))
    await played(blobs, "deck.pptx", slides=[[*WORDS]], office=[[late()]])
    assert swept == [True]


async def test_a_deck_of_no_use_at_all_fails(blobs: BlobStore) -> None:
    last, _ = await played(blobs, "deck.pptx", slides=[[died()]], office=[[Unreadable("document.not_drawn")]])
    assert last.fault is not None
    assert last.fault.key == "document.not_drawn"


async def test_a_deck_that_would_unpack_without_end_never_gets_to_libreoffice(blobs: BlobStore) -> None:
    last, workers = await played(blobs, "deck.pptx", slides=[[TooLarge("document.bomb")]])
    assert last.progress is Progress.FAILED
    assert [name for name, _ in workers.tasks] == ["slides"]
