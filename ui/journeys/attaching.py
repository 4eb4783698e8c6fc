"""Anything a user offers, on its way into the draft."""

import asyncio
import uuid
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import replace
from pathlib import Path

from app.i18n import say
from app.intake import Intake
from app.model.attachments import Attachment, Kind
from ui.journeys.drafting import Drafting
from ui.journeys.stage import Stage
from ui.tasks import Tasks


class Attaching:
    """Reads files and pasted pictures; removing the chip of one that is being read stops the reading."""

    def __init__(self, stage: Stage, drafting: Drafting, intake: Intake, tasks: Tasks) -> None:
        self._drafting = drafting
        self._intake = intake
        self._tasks = tasks
        self._reading: dict[str, asyncio.Task[None]] = {}
        composer = stage.composer
        composer.files_offered.connect(self.take_files)
        composer.picture_pasted.connect(self.take_picture)
        composer.attachment_removed.connect(self._stop_reading)

    def take_files(self, files: tuple[Path, ...]) -> None:
        """Attach files to the draft on screen."""
        for file in files:
            # The draft it was offered to is its own, even if the user looks at another one meanwhile.
            self._tasks.start(self._read(self._drafting.thread, self._intake.open(file)))

    def take_picture(self, data: bytes) -> None:
        """Attach an encoded picture that came from the clipboard."""
        self._tasks.start(self._read_picture(self._drafting.thread, data))

    def follow(self, thread: int | None, values: AsyncGenerator[Attachment, None]) -> None:
        """Show in a draft what is being made of one of its attachments."""
        self._tasks.start(self._read(thread, values))

    async def _read_picture(self, thread: int | None, data: bytes) -> None:
        # A chip at once, so that the question is not sent without it.
        chip = Attachment(uuid.uuid4().hex, Kind.PICTURE, say("window.pasted_name"))
        self._drafting.put(thread, chip)
        with self._failing(thread, chip):
            attachment = await self._intake.picture(data, chip.name)
            self._drafting.put(thread, replace(attachment, id=chip.id))

    async def _read(self, thread: int | None, values: AsyncGenerator[Attachment, None]) -> None:
        async with aclosing(values):
            attachment = await anext(values)
            with self._failing(thread, attachment):
                self._drafting.put(thread, attachment)
                async for attachment in values:
                    self._drafting.put(thread, attachment)

    @contextmanager
    def _failing(self, thread: int | None, attachment: Attachment) -> Iterator[None]:
        """Let the reading be stopped by removing the chip; should it fail of itself, the chip says so."""
        task = asyncio.current_task()
        if task is not None:
            self._reading[attachment.id] = task
        try:
            with self._drafting.failing(thread, attachment):
                yield
        finally:
            self._reading.pop(attachment.id, None)

    def _stop_reading(self, attachment_id: str) -> None:
        if task := self._reading.pop(attachment_id, None):
            task.cancel()
