"""Pictures that stay above all other windows, from being pinned until they are closed."""

import uuid
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtGui import QCursor, QGuiApplication, QScreen

from app.boxes import overlap
from app.errors import Unreadable
from app.intake import Intake
from app.model.attachments import Attachment, Blob, Kind, Picture
from app.model.screens import Box
from app.ports import Blobs, Workers
from ui.journeys.drafting import Drafting
from ui.journeys.saving import Saving
from ui.journeys.stage import Stage
from ui.picture_view import PictureView
from ui.pin import Pin
from ui.tasks import Tasks
from ui.thumbnails import LARGEST, decode

_CASCADE = 24  # logical pixels from one pin to the next, where no place is known


class Pinning:
    """Keeps the pins.  Each has the bytes of its picture: what it was made of may be deleted meanwhile."""

    def __init__(
        self,
        stage: Stage,
        drafting: Drafting,
        intake: Intake,
        saving: Saving,
        blobs: Blobs,
        workers: Workers,
        tasks: Tasks,
    ) -> None:
        self._stage = stage
        self._drafting = drafting
        self._intake = intake
        self._saving = saving
        self._blobs = blobs
        self._workers = workers
        self._tasks = tasks
        self._pins: list[Pin] = []

    def serve(self, view: PictureView, attachment: Attachment, *, drafted: bool) -> None:
        """Pin what is seen in this view when it asks for that."""
        view.offer_pinning()

        def pin(picture: Picture) -> None:
            self._tasks.start(self.pin_blob(picture.blob, attachment.name))

        view.pin_requested.connect(pin)

    async def pin_blob(self, blob: Blob, name: str, box: Box | None = None) -> None:
        """Pin a stored picture that was written by us; raises `StoreError`, `Unreadable`."""
        data = await self._workers.thread(self._blobs.read, blob)
        await self.pin(data, blob.mime, name, box)
        self._pins[-1].activateWindow()  # it was asked for in a window of ours, which had the keys

    async def pin(self, data: bytes, mime: str, name: str, box: Box | None = None) -> None:
        """Pin an encoded picture of our own making where it was taken; raises `Unreadable`."""
        image = await self._workers.thread(decode, data, LARGEST)
        if image.isNull():
            raise Unreadable("document.damaged")
        pin = Pin(image, name)
        pin.copy_requested.connect(lambda: self._copy(data))
        pin.save_requested.connect(lambda: self._tasks.start(self._saving.save(data, mime, over=pin)))
        pin.ask_requested.connect(lambda: self._tasks.start(self._ask(data, name)))
        pin.close_all_requested.connect(self._close_all)
        pin.closed.connect(partial(self._forget, pin))
        self._pins.append(pin)
        pin.show_at(corner_of(box) or self._free_corner(pin))

    def _forget(self, pin: Pin) -> None:
        self._pins.remove(pin)

    def _close_all(self) -> None:
        for pin in tuple(self._pins):
            pin.close_pin()

    def _copy(self, data: bytes) -> None:
        QGuiApplication.clipboard().setImage(decode(data, LARGEST))

    async def _ask(self, data: bytes, name: str) -> None:
        """Put the picture into the draft on screen, for a question about it."""
        thread = self._drafting.thread
        self._stage.window.bring_up()
        # A chip at once, so that the question is not sent without it.
        chip = Attachment(uuid.uuid4().hex, Kind.PICTURE, name)
        self._drafting.put(thread, chip)
        with self._drafting.failing(thread, chip):
            attachment = await self._intake.picture(data, name)
            self._drafting.put(thread, replace(attachment, id=chip.id))

    def _free_corner(self, pin: Pin) -> QPoint:
        """Return a corner such that the pin is in the middle of the screen in use, a little off the last one."""
        screen = QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        off = _CASCADE * ((len(self._pins) - 1) % 10)
        corner = room.center() - QPoint(pin.width() // 2, pin.height() // 2) + QPoint(off, off)
        return QPoint(max(corner.x(), room.left()), max(corner.y(), room.top()))


def corner_of(box: Box | None) -> QPoint | None:
    """Return where Qt has the corner of a place on the desktop; None where there is no screen now."""
    if box is None:
        return None
    for screen in QGuiApplication.screens():
        if (shared := overlap(box, _box_of(screen))) is not None:
            corner, density = screen.geometry().topLeft(), screen.devicePixelRatio()
            # A screen's own corner is in physical pixels; what lies within it is divided by the scale factor.
            return QPoint(
                corner.x() + round((shared.left - corner.x()) / density),
                corner.y() + round((shared.top - corner.y()) / density),
            )
    return None


def _box_of(screen: QScreen) -> Box:
    at, density = screen.geometry(), screen.devicePixelRatio()
    return Box(at.x(), at.y(), round(at.width() * density), round(at.height() * density))
