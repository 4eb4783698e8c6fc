"""What is attached is seen at its full size, and the file it came as can be had back."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel
from shiboken6 import isValid

from app.blobs import BlobStore
from app.model.attachments import Attachment, Blob, Kind, Picture, Progress
from app.model.sentences import Sentence
from app.workers import Workers
from ui.journeys.stage import Stage
from ui.journeys.viewing import Viewing
from ui.picture_view import PictureView
from ui.tasks import Tasks

Open = Callable[[Kind, str, Blob], PictureView]


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


@pytest.fixture
def told() -> list[Sentence]:
    return []


@pytest.fixture
async def open_one(
    qtbot: Any, make_stage: Any, blobs: BlobStore, make_png: Callable[..., bytes], told: list[Sentence]
) -> AsyncIterator[Open]:
    """Give what opens an attachment with one picture, which came as the file in a blob."""
    stage: Stage = make_stage(blobs.read)
    workers, tasks = Workers(), Tasks(told.append)
    viewing = Viewing(stage, blobs, workers, tasks)

    def show(kind: Kind, name: str, source: Blob) -> PictureView:
        picture = Picture(blobs.keep(make_png(40, 30), "image/png"), 40, 30, whole=(80, 60))
        attachment = Attachment("a", kind, name, Progress.READY, source, (picture,))
        stage.thread_view.attachment_opened.emit(attachment, 0)
        (view,) = stage.window.findChildren(PictureView)
        view.activateWindow()
        qtbot.waitUntil(view.isActiveWindow)
        return view

    yield show
    await tasks.finish()
    workers.close()
    del viewing


def save(qtbot: Any, view: PictureView, target: Path) -> str:
    """Press the key, choose a place, and return the name that was proposed."""
    qtbot.keyClick(view, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    (dialog,) = view.findChildren(QFileDialog)
    proposed = Path(dialog.selectedFiles()[0]).name
    dialog.fileSelected.emit(str(target))
    dialog.close()
    return proposed


async def trips() -> None:
    """Wait until all that was started has ended."""
    await asyncio.wait_for(asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()}), 10)


def said(view: PictureView) -> str:
    return " ".join(label.text() for label in view.findChildren(QLabel))


@pytest.mark.parametrize(
    ("kind", "name", "mime", "proposed"),
    [
        (Kind.PICTURE, "photo.jpg", "image/jpeg", "photo.jpg"),
        (Kind.DOCUMENT, "../.report", "application/pdf", "_.report"),
    ],
)
async def test_the_file_it_came_as_is_saved(
    qtbot: Any,
    open_one: Open,
    blobs: BlobStore,
    tmp_path: Path,
    kind: Kind,
    name: str,
    mime: str,
    proposed: str,
) -> None:
    view = open_one(kind, name, blobs.keep(b"as it came", mime))
    target = tmp_path / "mine"
    assert save(qtbot, view, target) == proposed
    await trips()
    assert "Saved as mine." in said(view)
    assert target.read_bytes() == b"as it came"


async def test_what_cannot_be_saved_is_told_where_one_looks(
    qtbot: Any, open_one: Open, blobs: BlobStore, tmp_path: Path, told: list[Sentence]
) -> None:
    view = open_one(Kind.PICTURE, "a.png", blobs.keep(b"as it came", "image/png"))
    save(qtbot, view, tmp_path / "gone" / "mine")
    await trips()
    assert "mine could not be saved" in said(view)
    assert told == []


async def test_it_is_told_in_the_window_when_the_view_was_closed_meanwhile(
    qtbot: Any, open_one: Open, blobs: BlobStore, tmp_path: Path, told: list[Sentence]
) -> None:
    view = open_one(Kind.PICTURE, "a.png", blobs.keep(b"as it came", "image/png"))
    save(qtbot, view, tmp_path / "gone" / "mine")
    view.close()
    qtbot.waitUntil(lambda: not isValid(view))
    await trips()
    assert told[0].key == "store.not_saved"
