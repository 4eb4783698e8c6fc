"""From a capture of before to a question, a file, the clipboard or a pin; or to its end."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtGui import QGuiApplication
from shiboken6 import isValid

from app.capture_history import CaptureHistory
from app.errors import AppError
from app.model.attachments import Blob
from app.model.captures import Capture
from app.model.sentences import sentence
from app.ports import Blobs
from ui.captures_window import CapturesWindow
from ui.journeys.choosing import Choosing
from ui.journeys.drafting import Drafting
from ui.journeys.pinning import Pinning
from ui.journeys.saving import Saving
from ui.journeys.stage import Stage
from ui.journeys.viewing import Viewing
from ui.tasks import Tasks
from ui.thumbnails import LARGEST, decode


@dataclass(frozen=True, slots=True)
class Uses:
    """What else can be done with a picture."""

    saving: Saving
    pinning: Pinning
    viewing: Viewing


class Recalling:
    """Shows the captures that are remembered, and does with them what is asked for."""

    def __init__(
        self,
        stage: Stage,
        drafting: Drafting,
        choosing: Choosing,
        history: CaptureHistory,
        uses: Uses,
        blobs: Blobs,
        tasks: Tasks,
    ) -> None:
        self._stage = stage
        self._drafting = drafting
        self._history = history
        self._uses = uses
        self._blobs = blobs
        self._tasks = tasks
        self._window: CapturesWindow | None = None
        self._trips = {
            "attach": self._attach,
            "open": self._open,
            "copy": self._copy,
            "save": self._save,
            "pin": self._pin,
            "delete": self._history.forget,
        }
        stage.window.captures_requested.connect(self.show)
        history.on_change(self._refresh)
        choosing.on_change(lambda: self._heed(choosing.settings.captures_kept))
        self._most = choosing.settings.captures_kept

    def show(self) -> None:
        """Open the list, or bring it up."""
        self._tasks.start(self._show())

    def _heed(self, most: int) -> None:
        """Forget at once what the user does not want to be remembered any more."""
        if most != self._most:
            self._most = most
            self._tasks.start(self._history.trim())

    async def _show(self) -> None:
        captures = await self._history.all()
        if self._window is None or not isValid(self._window):
            self._window = CapturesWindow(self._blobs.read, self._stage.window)
            self._window.requested.connect(self._begin)
            self._window.all_deleted.connect(lambda: self._tasks.start(self._history.forget_all()))
        self._window.show_captures(captures, is_on=self._history.is_on())
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()

    def _begin(self, name: str, captures: tuple[Capture, ...]) -> None:
        self._tasks.start(self._do(name, captures))

    async def _do(self, name: str, captures: tuple[Capture, ...]) -> None:
        try:
            await self._trips[name](captures)
        except AppError as error:
            # Told where one looks, if that is still there.
            if self._window is None or not isValid(self._window):
                raise
            self._window.tell(error.sentence)

    def _refresh(self) -> None:
        if self._window is not None and isValid(self._window):
            self._tasks.start(self._show_again(self._window))

    async def _show_again(self, window: CapturesWindow) -> None:
        captures = await self._history.all()
        if isValid(window):
            window.show_captures(captures, is_on=self._history.is_on())

    # What is done with them

    async def _attach(self, captures: Sequence[Capture]) -> None:
        for capture in reversed(captures):  # as they were taken
            await self._history.read(
                capture.attachment.pictures[0].blob
            )  # it may be gone: to be said now, not when it is sent
            self._drafting.put(self._drafting.thread, replace(capture.attachment, id=uuid.uuid4().hex))
        if self._window is not None and isValid(self._window):
            self._window.close()
        self._stage.window.bring_up()

    async def _open(self, captures: Sequence[Capture]) -> None:
        self._uses.viewing.show(captures[0].attachment, over=self._window)

    async def _copy(self, captures: Sequence[Capture]) -> None:
        data = await self._history.read(original(captures[0]))
        QGuiApplication.clipboard().setImage(decode(data, LARGEST))
        if self._window is not None and isValid(self._window):
            self._window.tell(sentence("captures.copied"))

    async def _save(self, captures: Sequence[Capture]) -> None:
        blob = original(captures[0])
        data = await self._history.read(blob)
        over = self._window if self._window is not None and isValid(self._window) else None
        await self._uses.saving.save(data, blob.mime, captures[0].made.astimezone(), over)

    async def _pin(self, captures: Sequence[Capture]) -> None:
        for capture in captures:
            await self._uses.pinning.pin_blob(original(capture), capture.attachment.name, capture.box)


def original(capture: Capture) -> Blob:
    """Return the picture as it was taken: what models get of it may be smaller."""
    return capture.attachment.source or capture.attachment.pictures[0].blob
