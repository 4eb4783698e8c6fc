"""Decks drawn by the real LibreOffice, where there is one, and what is said where there is none."""

import os
import shutil
import sys
from pathlib import Path

import pymupdf
import pytest

from app.errors import NoReader, Unreadable
from capture.documents import office

DOCUMENTS = Path(__file__).parents[2] / "fixtures" / "documents"
needs_office = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


@needs_office
def test_a_deck_becomes_a_pdf_with_its_hidden_slide() -> None:
    ((head, body),) = office.serve({"path": str(DOCUMENTS / "deck.pptx")})
    assert head == {}
    with pymupdf.open(stream=body, filetype="pdf") as document:
        pages = [page.get_text() for page in document]
    assert len(pages) == 3
    assert "季度收入增长百分之十二" in pages[0]
    assert "Hidden appendix" in pages[1]
    assert "61,200.75" in pages[2]


@needs_office
def test_a_file_that_is_no_deck_is_refused() -> None:
    with pytest.raises(Unreadable) as caught:
        list(office.serve({"path": str(DOCUMENTS / "hollow.pptx")}))
    assert caught.value.sentence.key == "document.not_drawn"


def program(folder: Path, script: str) -> None:
    """Put a program called soffice into `folder`."""
    path = folder / "soffice"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="ascii")
    path.chmod(0o755)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that is first on the path."""
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


# Finds the folder and writes the result as LibreOffice does.
CONVERT = 'while [ $# -gt 1 ]; do [ "$1" = --outdir ] && out=$2; shift; done; echo PDF > "$out/deck.pdf"'


def test_one_that_asks_for_a_restart_is_started_again_under_a_new_profile(path: Path) -> None:
    program(path, f'echo "$1" >> {path}/profiles; [ $(wc -l < {path}/profiles) = 1 ] && exit 81; {CONVERT}')
    ((_, body),) = office.serve({"path": str(DOCUMENTS / "deck.pptx")})
    assert body == b"PDF\n"
    first, second = (path / "profiles").read_text("utf-8").split()
    assert first.startswith("-env:UserInstallation=file:///")
    assert first != second


def test_one_that_writes_nothing_is_given_up_after_the_second_time(path: Path) -> None:
    program(path, f"echo x >> {path}/runs")
    with pytest.raises(Unreadable):
        list(office.serve({"path": str(DOCUMENTS / "deck.pptx")}))
    assert (path / "runs").read_text("ascii") == "x\nx\n"


def test_one_that_hangs_is_given_up(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "PATIENCE", 0.5)
    program(path, "exec sleep 60")
    with pytest.raises(Unreadable):
        list(office.serve({"path": str(DOCUMENTS / "deck.pptx")}))


def test_macros_are_off_before_it_starts(path: Path) -> None:
    program(
        path,
        f'cat "${{1#-env:UserInstallation=file://}}/user/registrymodifications.xcu" > {path}/seen; {CONVERT}',
    )
    list(office.serve({"path": str(DOCUMENTS / "deck.pptx")}))
    seen = (path / "seen").read_text("utf-8")
    assert '"DisableMacrosExecution"><value>true<' in seen
    assert '"BlockUntrustedRefererLinks"><value>true<' in seen


@pytest.mark.parametrize(
    ("platform", "words"), [("linux", "apt"), ("darwin", "brew"), ("win32", "winget"), ("bsd", "apt")]
)
def test_where_there_is_none_the_command_is_named(
    platform: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(office, "USUAL_PLACES", ("/nonexistent/soffice",))
    monkeypatch.setattr(sys, "platform", platform)
    with pytest.raises(NoReader) as caught:
        office.find()
    assert words in str(dict(caught.value.sentence.args)["command"])


def test_it_is_found_in_a_usual_place_that_is_not_on_the_path(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(path, "exit 0")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(office, "USUAL_PLACES", ("/nonexistent/soffice", str(path / "soffice")))
    assert office.find() == str(path / "soffice")


def test_it_is_given_names_of_ours(path: Path, tmp_path: Path) -> None:
    deck = tmp_path / "-env:Evil= 报告.PPTX"
    shutil.copy(DOCUMENTS / "deck.pptx", deck)
    program(path, f'echo "$@" > {path}/seen; {CONVERT}')
    list(office.serve({"path": str(deck)}))
    assert "Evil" not in (path / "seen").read_text("utf-8")
