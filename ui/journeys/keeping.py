"""What becomes of a picture of the screen: into the draft, onto the clipboard, into a file, or pinned."""

import uuid
from dataclasses import replace
from datetime import datetime
from importlib import import_module
from typing import Any

from PySide6.QtGui import QGuiApplication, QImage

from app.capture_history import CaptureHistory
from app.i18n import say
from app.intake import Intake
from app.model.attachments import Attachment, Kind
from app.model.marks import Mark
from app.model.screens import Box, Shot
from app.model.sentences import sentence
from app.ports import Workers
from ui.journeys.drafting import Drafting
from ui.journeys.pinning import Pinning
from ui.journeys.saving import Saving
from ui.journeys.stage import Stage
from ui.mark_painter import drawn

Marks = tuple[Mark, ...]


class Keeping:
    """Each trip cuts `box`, None for everything, out of the shots; it raises `CaptureError` where no monitor was.

    `marks`, in pixels of the box, become part of the picture: what was hidden goes nowhere.
    """

    def __init__(
        self,
        stage: Stage,
        drafting: Drafting,
        intake: Intake,
        history: CaptureHistory,
        saving: Saving,
        pinning: Pinning,
        workers: Workers,
    ) -> None:
        self._stage = stage
        self._history = history
        self._saving = saving
        self._pinning = pinning
        self._drafting = drafting
        self._intake = intake
        self._workers = workers

    async def attach(self, shots: tuple[Shot, ...], box: Box | None, marks: Marks = ()) -> None:
        """Put it into the draft on screen."""
        thread = self._drafting.thread
        shot = await self._workers.thread(_cut, shots, box, marks)
        # A chip at once, so that the question is not sent without it.
        chip = Attachment(uuid.uuid4().hex, Kind.PICTURE, _name())
        self._drafting.put(thread, chip)
        with self._drafting.failing(thread, chip):
            png = await self._workers.thread(_encode, shot)
            attachment = await self._intake.screenshot(png, shot.width, shot.height, chip.name)
            self._drafting.put(thread, replace(attachment, id=chip.id))
        await self._history.keep(attachment, shot.monitor.box)

    async def copy(self, shots: tuple[Shot, ...], box: Box | None, marks: Marks = ()) -> None:
        """Put it on the clipboard."""
        shot = await self._workers.thread(_cut, shots, box, marks)
        image = QImage(shot.pixels, shot.width, shot.height, 4 * shot.width, QImage.Format.Format_RGB32)
        # Its own bytes: the clipboard outlives the shot.
        QGuiApplication.clipboard().setImage(image.copy())
        self._stage.notices.tell(sentence("region.copied"))
        await self._remember(shot)

    async def save(self, shots: tuple[Shot, ...], box: Box | None, marks: Marks = ()) -> None:
        """Ask for a file and write it there; raises `StoreError`."""
        shot = await self._workers.thread(_cut, shots, box, marks)
        png = await self._workers.thread(_encode, shot)
        await self._remember(shot, png)
        await self._saving.save(png, "image/png")

    async def pin(self, shots: tuple[Shot, ...], box: Box | None, marks: Marks = ()) -> None:
        """Leave it where it is, above all windows."""
        shot = await self._workers.thread(_cut, shots, box, marks)
        png = await self._workers.thread(_encode, shot)
        await self._pinning.pin(png, "image/png", _name(), shot.monitor.box)
        await self._remember(shot, png)

    async def _remember(self, shot: Shot, png: bytes = b"") -> None:
        """Put it into the history, if there is one; it may have been encoded already."""
        if self._history.is_on():
            png = png or await self._workers.thread(_encode, shot)
            attachment = await self._intake.screenshot(png, shot.width, shot.height, _name())
            await self._history.keep(attachment, shot.monitor.box)


def _name() -> str:
    return say("window.capture_name", time=datetime.now().astimezone().strftime("%H.%M.%S"))


# On a thread; OpenCV is imported there.


def _cut(shots: tuple[Shot, ...], box: Box | None, marks: Marks) -> Shot:
    canvas: Any = import_module("capture.canvas")
    shot: Shot = canvas.cut(shots, box)
    if not marks:
        return shot
    image = QImage(shot.pixels, shot.width, shot.height, 4 * shot.width, QImage.Format.Format_RGB32)
    return replace(shot, pixels=bytes(drawn(image, marks).constBits()))


def _encode(shot: Shot) -> bytes:
    encode: Any = import_module("capture.encode")
    png: bytes = encode.png(shot)
    return png
