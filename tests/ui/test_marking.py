"""Marks in the viewer become part of the picture of the draft, and of nothing that was sent."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QPushButton

from app.blobs import BlobStore
from app.errors import Damaged, Full
from app.intake import Intake
from app.model.attachments import Attachment, Draft, Kind, Picture, Progress
from app.model.marks import Mark, Shape
from app.model.screens import Shot
from app.model.sentences import Sentence
from app.workers import Workers
from capture.encode import png
from tests.waiting import until
from ui.journeys.copying import Copying
from ui.journeys.drafting import Drafting
from ui.journeys.marking import Marking
from ui.journeys.viewing import Viewing
from ui.picture_view import PictureView
from ui.shelf import Shelf
from ui.tasks import Tasks
from ui.thread_view import ThreadView
from ui.thumbnails import decode
from ui.window import Window

REDACTION = Mark(Shape.REDACTION, ((100.0, 50.0), (200.0, 90.0)))
LEFT = Qt.MouseButton.LeftButton


class NoStore:
    """A store that keeps nothing."""

    async def draft(self, _: int | None) -> Draft:
        return Draft()

    async def save_draft(self, _: int | None, draft: Draft) -> None:
        pass


class NoHistory:
    """A history of captures that only notes what it is to hide."""

    def __init__(self) -> None:
        self.hidden: list[tuple[Attachment, Attachment]] = []

    async def hide(self, old: Attachment, new: Attachment) -> None:
        self.hidden.append((old, new))


@dataclass
class House:
    """The rooms of a test."""

    app: QApplication
    window: Window
    shelf: Shelf
    thread_view: ThreadView
    blobs: BlobStore
    drafting: Drafting
    marking: Marking
    viewing: Viewing
    told: list[Sentence]
    attachment: Attachment
    history: NoHistory

    def now(self) -> Attachment:
        found = self.drafting.find(None, "a")
        assert found is not None
        return found

    def image(self, picture: Picture) -> QImage:
        return decode(self.blobs.read(picture.blob), QSize(9999, 9999))


def noise(width: int, height: int) -> bytes:
    pixels = np.random.default_rng(7).integers(0, 255, (height, width, 3), np.uint8)
    return cv2.imencode(".png", pixels)[1].tobytes()


class Hand:
    """A reader that has read already."""

    def __init__(self, *texts: str) -> None:
        self._texts = texts

    async def read(self, picture: Any) -> Any:
        return self._texts


@pytest.fixture
async def house(make_stage: Any, light: QApplication, tmp_path: Path) -> AsyncIterator[House]:
    blobs, told, workers = BlobStore(tmp_path / "blobs"), list[Sentence](), Workers()
    stage = make_stage(blobs.read)
    tasks = Tasks(told.append)
    drafting = Drafting(stage.composer, stage.shelf, NoStore(), tasks)  # type: ignore[arg-type] # all it asks
    drafting.begin(Draft())

    def encode(shot: Shot) -> bytes:
        return png(shot)

    history = NoHistory()
    marking = Marking(drafting, Intake(blobs, workers), blobs, workers, tasks, encode, history)  # type: ignore[arg-type] # all it asks
    codes = Copying(light, lambda: None, lambda: Hand("https://example.com\n\u202eevil"), workers, tasks)  # type: ignore[arg-type, return-value] # no text is asked for
    viewing = Viewing(stage, blobs, workers, tasks, (marking.serve, codes.serve))
    blob = blobs.keep(noise(400, 300), "image/png")
    came = blobs.keep(b"as it came", "image/jpeg")
    attachment = Attachment("a", Kind.PICTURE, "a.jpg", Progress.READY, came, (Picture(blob, 400, 300),))
    drafting.put(None, attachment)
    made = House(
        light,
        stage.window,
        stage.shelf,
        stage.thread_view,
        blobs,
        drafting,
        marking,
        viewing,
        told,
        attachment,
        history,
    )
    yield made
    await tasks.finish()
    workers.close()


@pytest.fixture
def view_of(house: House, qtbot: Any) -> Callable[..., PictureView]:
    def make(*, drafted: bool = True) -> PictureView:
        source = house.shelf if drafted else house.thread_view
        source.attachment_opened.emit(house.now(), 0)
        (view,) = house.window.findChildren(PictureView)
        view.activateWindow()
        qtbot.waitUntil(lambda: view.isActiveWindow() and not view._image.isNull())
        return view

    return make


async def settled(house: House) -> Attachment:
    await until(lambda: house.now().progress is not Progress.READING)
    return house.now()


def redact(view: PictureView, qtbot: Any) -> None:
    qtbot.keyClick(view, Qt.Key.Key_M)
    canvas = view._editor.canvas()
    qtbot.waitUntil(canvas.isVisible)
    qtbot.keyClick(canvas, Qt.Key.Key_B)
    start, end = (canvas.widget_point(QPointF(*point)).toPoint() for point in ((100, 50), (200, 90)))
    qtbot.mousePress(canvas, LEFT, pos=start)
    qtbot.mouseMove(canvas, end)
    qtbot.mouseRelease(canvas, LEFT, pos=end)


@pytest.mark.parametrize("way", ["done", "escape", "close"])
async def test_what_was_hidden_is_gone_however_the_view_is_left(
    house: House, view_of: Any, qtbot: Any, way: str
) -> None:
    view = view_of()
    before = house.image(house.attachment.pictures[0])
    redact(view, qtbot)
    if way == "done":
        qtbot.mouseClick(view._done, LEFT)
    elif way == "escape":
        qtbot.keyClick(view._editor.canvas(), Qt.Key.Key_Escape)  # lets go of the mark
        qtbot.keyClick(view._editor.canvas(), Qt.Key.Key_Escape)
    else:
        view.close()
    assert house.now().progress is Progress.READING, "not sent as it was in the meantime"
    now = await settled(house)
    after = house.image(now.pictures[0])
    assert {after.pixel(x, y) for x in range(100, 200) for y in range(50, 90)} == {0xFF000000}
    assert after.copy(0, 100, 400, 200) == before.copy(0, 100, 400, 200).convertToFormat(after.format())
    assert now.source == now.pictures[0].blob
    await until(lambda: house.history.hidden == [(house.attachment, now)])
    assert b"tEXt" not in house.blobs.read(now.pictures[0].blob)
    if way == "done":
        qtbot.waitUntil(lambda: view._image == after)
        assert view._stage.isVisible()


async def test_marks_are_discarded_only_when_asked_for(house: House, view_of: Any, qtbot: Any) -> None:
    view = view_of()
    redact(view, qtbot)
    qtbot.mouseClick(view._discard, LEFT)
    assert house.now() == house.attachment
    assert view._stage.isVisible()
    qtbot.keyClick(view, Qt.Key.Key_M)
    assert view._editor.markup().marks == ()


async def test_leaving_without_a_mark_changes_nothing(house: House, view_of: Any, qtbot: Any) -> None:
    view = view_of()
    qtbot.keyClick(view, Qt.Key.Key_M)
    qtbot.mouseClick(view._done, LEFT)
    assert house.now() == house.attachment


async def test_what_was_sent_cannot_be_marked(house: House, view_of: Any, qtbot: Any) -> None:
    view = view_of(drafted=False)
    assert view._buttons["mark"].isHidden()
    qtbot.keyClick(view, Qt.Key.Key_M)
    assert not view._editor.isVisible()


async def test_the_buttons_are_not_pressed_by_enter(house: House, view_of: Any) -> None:
    view = view_of()
    assert not any(button.autoDefault() or button.isDefault() for button in view.findChildren(QPushButton))


async def test_the_window_does_not_grow_when_marking_begins_and_ends(
    house: House, view_of: Any, qtbot: Any
) -> None:
    view = view_of()
    size = view.size()
    qtbot.keyClick(view, Qt.Key.Key_M)
    qtbot.wait(50)
    assert view.size() == size
    qtbot.mouseClick(view._discard, LEFT)
    qtbot.wait(50)
    assert view.size() == size


@pytest.mark.parametrize("fault", [Full("store.full"), Damaged("store.attachment_gone")])
async def test_what_could_not_be_hidden_cannot_be_sent(
    house: House, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr(house.blobs, "keep" if isinstance(fault, Full) else "read", fail)
    made = await house.marking.put(None, "a", {0: (REDACTION,)})
    assert made is not None
    assert house.now().progress is Progress.FAILED
    assert house.now().fault is not None


async def test_an_unforeseen_fault_leaves_it_unfit_to_be_sent(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(house.blobs, "read", fail)
    with pytest.raises(ZeroDivisionError):
        await house.marking.put(None, "a", {0: (REDACTION,)})
    assert house.now().progress is Progress.FAILED


async def test_what_was_taken_out_meanwhile_does_not_come_back(house: House) -> None:
    trip = asyncio.ensure_future(house.marking.put(None, "a", {0: (REDACTION,)}))
    await asyncio.sleep(0)
    house.window.composer.take_out("a")
    assert await trip is None
    assert house.drafting.find(None, "a") is None
    assert await house.marking.put(None, "gone", {0: (REDACTION,)}) is None


async def test_a_code_is_copied_and_said_but_not_opened(house: House, view_of: Any, qtbot: Any) -> None:
    view = view_of()
    view._copy_codes.trigger()
    await until(lambda: "Copied" in view._where.text())
    assert house.app.clipboard().text() == "https://example.com\n\u202eevil"
    assert view._where.text() == "Copied: https://example.com evil"
