"""`glimpse words`: the model is fetched, and deleted again."""

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app import cli, plain
from app.errors import Rejected
from app.library import WORDS, Library, Packed
from app.settings import READER, Settings, load
from app.words import words
from app.workers import Workers


async def _fetch(file: Packed, target: Path, *, workers: Any, told: Callable[[int], None]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    told(file.size // 2)
    target.write_bytes(b"GGUF")
    told(file.size)


@pytest.fixture
def library(tmp_path: Path, workers: Workers) -> Library:
    return Library(tmp_path / "models", workers, lambda: _fetch)


GET, REMOVE = argparse.Namespace(remove=False), argparse.Namespace(remove=True)


async def test_it_is_fetched_and_deleted(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    assert await words(GET, Settings(), library)
    assert Path(library.weights(WORDS).model).read_bytes() == b"GGUF"
    told = capsys.readouterr()
    assert "SmolLM2 135M: 100 %" in told.err
    assert "SmolLM2 is here" in told.out
    assert await words(REMOVE, Settings(), library)
    assert await library.kept(WORDS) == 0
    assert "not on this computer" in capsys.readouterr().out


async def test_where_it_is_switched_off_that_is_said(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    await words(GET, Settings(profiles=(replace(READER, in_words=False),)), library)
    assert "switched off" in capsys.readouterr().out


def test_the_command_says_in_one_sentence_why_it_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def refuse(*_: Any, **__: Any) -> None:
        raise Rejected("package.no_pip")

    monkeypatch.setenv("GLIMPSE_HOME", str(tmp_path))
    monkeypatch.setattr("backends.fetching.fetch", refuse)
    monkeypatch.setattr("app.terminal.prepare", lambda: None)  # pytest's streams are no streams of a terminal
    assert cli.main(["words"]) == cli.FAILED
    assert capsys.readouterr().err.splitlines()[-1].startswith("glimpse: This Glimpse has no pip")


def test_the_reader_is_switched_off_by_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(plain.to_plain(Settings(profiles=(replace(READER, in_words=False),)))))
    assert not load(file)[0].profiles[0].in_words
