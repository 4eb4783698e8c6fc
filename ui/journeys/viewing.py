"""Looking at what is attached, as large as it is, and saving the file that it came as."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6 import QtWidgets
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.blobs import BlobStore
from app.errors import StoreError
from app.formats import file_name
from app.i18n import say
from app.model.attachments import Attachment, Blob
from app.model.sentences import sentence
from app.ports import Workers
from ui.journeys.stage import Stage
from ui.picture_view import PictureView
from ui.tasks import Tasks


class Helper(Protocol):
    """Something more that can be done in a view; `drafted`: what it shows has not been sent."""

    def __call__(self, view: PictureView, attachment: Attachment, /, *, drafted: bool) -> None:
        """Connect what the view is asked for."""
        ...


class Viewing:
    """Opens a picture, page or still of the draft or of a question."""

    def __init__(
        self, stage: Stage, blobs: BlobStore, workers: Workers, tasks: Tasks, helpers: Sequence[Helper] = ()
    ) -> None:
        """`helpers` are told of every view that is opened, and do in it what they are for."""
        self._stage = stage
        self._helpers = helpers
        self._blobs = blobs
        self._workers = workers
        self._tasks = tasks
        stage.shelf.attachment_opened.connect(partial(self.show, drafted=True))
        stage.thread_view.attachment_opened.connect(self.show)
        stage.composer.refused.connect(lambda why: stage.notices.tell(why, tone="warning"))
        stage.thread_view.try_file.connect(stage.composer.choose_files)

    def show(
        self, attachment: Attachment, index: int = 0, *, drafted: bool = False, over: QWidget | None = None
    ) -> None:
        """Show one of its pictures over a window, that of Glimpse when it is None."""
        if not attachment.pictures:
            return
        view = PictureView(attachment, index, self._blobs.read, over or self._stage.window)
        view.save_requested.connect(partial(self._ask_where, view, attachment.name))
        for help_with in self._helpers:
            help_with(view, attachment, drafted=drafted)
        view.open()

    def _ask_where(self, view: PictureView, name: str, source: Blob) -> None:
        dialog = QtWidgets.QFileDialog(view, say("window.view_save"))
        dialog.setAcceptMode(dialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.selectFile(file_name(name, source.mime))
        dialog.fileSelected.connect(lambda path: self._tasks.start(self._save(view, source, Path(path))))
        dialog.open()

    async def _save(self, view: PictureView, source: Blob, path: Path) -> None:
        told = sentence("window.saved", name=path.name)
        try:
            await self._workers.thread(self._blobs.copy_out, source, path)
        except StoreError as error:
            if not isValid(view):  # closed meanwhile
                raise
            told = error.sentence
        if isValid(view):
            view.tell(told)
