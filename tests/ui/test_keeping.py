"""What was captured is remembered, whatever becomes of it, and hidden there once something of it is hidden."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QApplication, QFileDialog

from app.blobs import BlobStore
from app.capture_history import CaptureHistory
from app.errors import Full
from app.intake import Intake
from app.model.attachments import Attachment, Draft, Progress
from app.model.marks import Mark, Shape
from app.model.screens import Box, Monitor, Shot
from app.model.sentences import Sentence
from app.settings import Settings
from app.store import Store
from app.workers import Workers
from capture.encode import png
from tests.waiting import until
from ui.journeys.choosing import Choosing
from ui.journeys.drafting import Drafting
from ui.journeys.keeping import Keeping
from ui.journeys.marking import Marking
from ui.journeys.pinning import Pinning
from ui.journeys.saving import Saving
from ui.pin import Pin
from ui.tasks import Tasks

BOX = Box(10, 20, 40, 30)
BLACK = (Mark(Shape.REDACTION, ((0, 0), (10, 10))),)
ARROW = (Mark(Shape.ARROW, ((0, 0), (10, 10)), "#ff0000", 2),)


class Choices:
    """The settings, without the rest of `Choosing`."""

    def __init__(self) -> None:
        self.settings = Settings()

    def change(self, settings: Settings) -> None:
        self.settings = settings


@dataclass
class House:
    """The rooms of these trips."""

    keeping: Keeping
    marking: Marking
    drafting: Drafting
    captures: CaptureHistory
    choices: Choices
    blobs: BlobStore
    tasks: Tasks
    told: list[Sentence]

    def draft(self) -> Draft:
        return self.drafting._composer.draft()

    async def trips(self) -> None:
        """Wait until all that was started has ended."""
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others, timeout=10)


@pytest.fixture
async def house(make_stage: Any, tmp_path: Path) -> AsyncIterator[House]:
    blobs, workers, told = BlobStore(tmp_path / "blobs"), Workers(), list[Sentence]()
    tasks, choices = Tasks(told.append), Choices()
    stage = make_stage(blobs.read)
    with ThreadPoolExecutor(1) as executor:
        store = await Store.open(tmp_path / "history.sqlite", executor)
        drafting, intake = Drafting(stage.composer, stage.shelf, store, tasks), Intake(blobs, workers)
        drafting.begin(Draft())
        captures = CaptureHistory(
            store, blobs, workers, lambda: choices.settings.captures_kept, drafting.save, may_delete=True
        )
        saving = Saving(stage, cast("Choosing", choices), workers)
        pinning = Pinning(stage, drafting, intake, saving, blobs, workers, tasks)
        keeping = Keeping(stage, drafting, intake, captures, saving, pinning, workers)
        marking = Marking(drafting, intake, blobs, workers, tasks, png, captures)
        yield House(keeping, marking, drafting, captures, choices, blobs, tasks, told)
        await tasks.finish()
        await drafting.save()
        await store.close()
    workers.close()
    for pin in QApplication.topLevelWidgets():
        if isinstance(pin, Pin):
            pin.close_pin()


def shots() -> tuple[Shot, ...]:
    return (Shot(Monitor(Box(0, 0, 100, 80)), 100, 80, bytes(range(200)) * 160),)


@pytest.mark.parametrize("trip", ["attach", "copy", "pin"])
async def test_what_was_captured_is_remembered_with_its_place(house: House, trip: str) -> None:
    await getattr(house.keeping, trip)(shots(), BOX)
    (capture,) = await house.captures.all()
    assert capture.box == BOX
    picture = capture.attachment.pictures[0]
    assert (picture.width, picture.height) == (BOX.width, BOX.height)
    assert house.blobs.read(picture.blob).startswith(b"\x89PNG")
    assert house.told == []


@pytest.mark.parametrize("asked_by", ["attach", "pin"])
@pytest.mark.parametrize(
    ("error", "fault"), [(Full("store.full"), "store.full"), (KeyError(), "window.unexpected")]
)
async def test_a_picture_that_cannot_be_kept_does_not_wait_in_the_draft_for_ever(
    house: House, monkeypatch: pytest.MonkeyPatch, asked_by: str, error: Exception, fault: str
) -> None:
    async def fail(*_: object) -> Attachment:
        raise error

    await house.keeping.pin(shots(), BOX)
    monkeypatch.setattr(Intake, "screenshot", fail)
    monkeypatch.setattr(Intake, "picture", fail)
    if asked_by == "attach":
        await house.tasks.start(house.keeping.attach(shots(), BOX))
    else:
        (pin,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, Pin)]
        pin.ask_requested.emit()
        await house.trips()
    (chip,) = house.draft().attachments
    assert chip.progress is Progress.FAILED
    assert chip.fault is not None
    assert [chip.fault.key] == [one.key for one in house.told] == [fault]


async def test_a_pin_is_asked_about_and_outlives_what_is_remembered(house: House, qtbot: Any) -> None:
    await house.keeping.pin(shots(), BOX)
    await house.captures.forget_all()
    assert house.blobs.digests() == set()
    (pin,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, Pin)]
    # Physical pixels: the line around it lies outside of what was taken.
    assert pin.geometry().getRect() == (BOX.left - 1, BOX.top - 1, BOX.width + 2, BOX.height + 2)
    pin.copy_requested.emit()
    assert QApplication.clipboard().image().width() == BOX.width
    pin.ask_requested.emit()
    await house.trips()
    (attached,) = house.draft().attachments
    assert house.blobs.read(attached.pictures[0].blob)
    with qtbot.waitSignal(pin.closed):
        pin.close_all_requested.emit()


async def test_nothing_is_kept_of_what_is_only_copied_when_nothing_is_remembered(house: House) -> None:
    house.choices.settings = replace(house.choices.settings, captures_kept=0)
    await house.keeping.copy(shots(), BOX)
    assert QApplication.clipboard().image().width() == BOX.width
    assert await house.captures.all() == ()
    assert house.blobs.digests() == set()


async def test_what_is_hidden_in_a_draft_cannot_be_found_among_the_captures(house: House) -> None:
    await house.keeping.attach(shots(), BOX)
    (attached,) = house.draft().attachments
    await house.marking.put(None, attached.id, {0: ARROW})
    await house.trips()
    (capture,) = await house.captures.all()
    # An arrow hides nothing: what was captured is still there without it.
    assert capture.attachment.source == attached.source
    await house.marking.put(None, attached.id, {0: BLACK})
    await house.trips()
    (hidden,) = house.draft().attachments
    (capture,) = await house.captures.all()
    assert capture.attachment.pictures == hidden.pictures
    assert capture.attachment.source == hidden.pictures[0].blob
    # And the bytes that showed it are gone.
    assert house.blobs.digests() == {hidden.pictures[0].blob.digest}


async def test_it_is_saved_whole_under_a_name_with_its_time_and_the_folder_is_remembered(
    house: House, qtbot: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    saved = house.tasks.start(house.keeping.save(shots(), BOX))
    dialog = await a_dialog()
    (proposed,) = dialog.selectedFiles()
    assert Path(proposed).name.startswith("Glimpse 20")
    pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    assert Path(proposed).parent in (Path(pictures), Path.cwd())
    dialog.selectFile(str(folder / "x.png"))
    dialog.accept()
    await saved
    assert (folder / "x.png").read_bytes().startswith(b"\x89PNG")
    assert [file.name for file in folder.iterdir()] == ["x.png"]
    assert house.choices.settings.save_folder == str(folder)
    again = house.tasks.start(house.keeping.save(shots(), BOX))
    dialog = await a_dialog()
    assert Path(dialog.directory().path()) == folder
    dialog.reject()
    await again


async def a_dialog() -> QFileDialog:
    def look() -> QFileDialog | None:
        dialogs = (one for one in QApplication.topLevelWidgets() if isinstance(one, QFileDialog))
        return next((one for one in dialogs if one.isVisible()), None)

    return await until(look)
