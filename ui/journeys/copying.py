"""What is written in a picture, into the clipboard: without a model, and without opening anything."""

from collections.abc import Callable
from contextlib import aclosing
from typing import Protocol

from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from app.clean import visible
from app.errors import AppError
from app.model.attachments import Attachment, Picture
from app.model.sentences import Sentence, sentence
from app.ports import Ocr, Workers
from ui.picture_view import PictureView
from ui.tasks import Tasks

_SHOWN = 120  # letters of a code that are said


class Codes(Protocol):
    """Reads the QR codes in a picture."""

    async def read(self, picture: Picture) -> tuple[str, ...]:
        """Return what they say; raises `DocumentError`."""
        ...


class Copying:
    """Copies text and the contents of QR codes out of the picture that is being looked at."""

    def __init__(
        self,
        app: QApplication,
        ocr: Callable[[], Ocr],
        codes: Callable[[], Codes],
        workers: Workers,
        tasks: Tasks,
    ) -> None:
        """`ocr` and `codes` give the readers; they may block."""
        self._app = app
        self._ocr = ocr
        self._codes = codes
        self._workers = workers
        self._tasks = tasks

    def serve(self, view: PictureView, _: Attachment, *, drafted: bool) -> None:
        """Copy what this view is asked for."""
        view.offer_copying()
        view.text_requested.connect(lambda picture: self._tasks.start(self._copy_text(view, picture)))
        view.codes_requested.connect(lambda picture: self._tasks.start(self._copy_codes(view, picture)))

    async def _copy_text(self, view: PictureView, picture: Picture) -> None:
        view.tell(sentence("window.reading_text"))
        try:
            ocr = await self._workers.thread(self._ocr)
            async with aclosing(ocr.read((picture,))) as found:
                lines = [line.text async for _, read in found for line in read]
        except AppError as error:
            self._tell(view, error.sentence)
            return
        if lines:
            self._app.clipboard().setText("\n".join(lines))
        self._tell(view, sentence("window.text_copied" if lines else "window.no_text"))

    async def _copy_codes(self, view: PictureView, picture: Picture) -> None:
        view.tell(sentence("window.reading_text"))
        try:
            codes = await (await self._workers.thread(self._codes)).read(picture)
        except AppError as error:
            self._tell(view, error.sentence)
            return
        if not codes:
            self._tell(view, sentence("window.no_codes"))
            return
        text = "\n".join(codes)
        self._app.clipboard().setText(text)
        # Said, because nobody can see what a code says: where a link leads is for the user to judge.
        shown = visible(text)
        self._tell(view, sentence("window.codes_copied", text=shown[:_SHOWN] + "…" * (len(shown) > _SHOWN)))

    @staticmethod
    def _tell(view: PictureView, words: Sentence) -> None:
        if isValid(view):
            view.tell(words)
