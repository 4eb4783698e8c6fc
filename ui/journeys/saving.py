"""A picture into a file of the user's."""

import asyncio
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from PySide6 import QtWidgets
from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QWidget

from app.files import save_as
from app.i18n import say
from app.model.sentences import sentence
from app.ports import Workers
from ui.journeys.choosing import Choosing
from ui.journeys.stage import Stage

_SUFFIXES = {"image/png": "png", "image/jpeg": "jpg"}  # of all that we write


class Saving:
    """Asks where to, remembers the folder, and writes."""

    def __init__(self, stage: Stage, choosing: Choosing, workers: Workers) -> None:
        self._stage = stage
        self._choosing = choosing
        self._workers = workers

    async def save(
        self, data: bytes, mime: str, made: datetime | None = None, over: QWidget | None = None
    ) -> None:
        """Ask for a file and write the picture there, named after when it was made; raises `StoreError`.

        The question is asked `over` a window, that of Glimpse when it is None.
        """
        time = (made or datetime.now().astimezone()).strftime("%Y-%m-%d %H.%M.%S")
        window = self._stage.window
        path = await self._ask(
            say("captures.file_name", time=time),
            _SUFFIXES.get(mime, "png"),
            over or (window if window.isVisible() else None),
        )
        if path is None:
            return
        await self._workers.thread(save_as, path, data)
        self._choosing.change(replace(self._choosing.settings, save_folder=str(path.parent)))
        self._stage.notices.tell(sentence("region.saved", name=path.name))

    async def _ask(self, name: str, suffix: str, over: QWidget | None) -> Path | None:
        """Return the file that the user chooses, None when they do not."""
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        dialog = QtWidgets.QFileDialog(over, say("region.save_as"))
        dialog.setAcceptMode(dialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(f"{suffix.upper()} (*.{suffix})")
        dialog.setDefaultSuffix(suffix)
        dialog.setDirectory(self._folder())
        dialog.selectFile(f"{name}.{suffix}")
        dialog.finished.connect(lambda: None if answer.done() else answer.set_result(None))
        try:
            dialog.open()
            # Without a parent nobody else brings it up.
            dialog.raise_()
            dialog.activateWindow()
            await answer
            accepted = dialog.result() == dialog.DialogCode.Accepted
            return Path(dialog.selectedFiles()[0]) if accepted else None
        finally:
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.close()

    def _folder(self) -> str:
        remembered = self._choosing.settings.save_folder
        if remembered and Path(remembered).is_dir():
            return remembered
        return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
