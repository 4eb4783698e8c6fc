"""Marks put on the pictures of a draft, for good."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from shiboken6 import isValid

from app.capture_history import CaptureHistory
from app.errors import AppError, Unreadable
from app.intake import Intake
from app.model.attachments import Attachment, Picture, Progress
from app.model.marks import Mark, hides
from app.model.screens import Box, Monitor, Shot
from app.model.sentences import Sentence, sentence
from app.ports import Blobs, Workers
from ui.journeys.drafting import Drafting
from ui.mark_painter import drawn
from ui.picture_view import PictureView
from ui.tasks import Tasks
from ui.thumbnails import LARGEST, decode

Marks = Mapping[int, tuple[Mark, ...]]  # by the index of the picture


class Marking:
    """Replaces pictures of a draft by what was drawn on them.  What was sent before is never changed."""

    def __init__(
        self,
        drafting: Drafting,
        intake: Intake,
        blobs: Blobs,
        workers: Workers,
        tasks: Tasks,
        encode: Callable[[Shot], bytes],
        history: CaptureHistory,
    ) -> None:
        """`encode` makes a PNG; it is called on a thread."""
        self._drafting = drafting
        self._intake = intake
        self._blobs = blobs
        self._workers = workers
        self._tasks = tasks
        self._encode = encode
        self._history = history

    def serve(self, view: PictureView, attachment: Attachment, *, drafted: bool) -> None:
        """Let the pictures that this view shows be marked, if they are those of a draft."""
        if not drafted:
            return
        view.allow_marking()
        view.marked.connect(partial(self._begin, view, self._drafting.thread, attachment.id))

    def _begin(
        self, view: PictureView, thread: int | None, attachment_id: str, index: int, marks: tuple[Mark, ...]
    ) -> None:
        # At once, and not when the trip has its turn: the next key may be the Enter that sends.
        if (attachment := self._hold(thread, attachment_id)) is not None:
            self._tasks.start(self._keep(view, thread, attachment, {index: marks}))

    async def _keep(
        self, view: PictureView, thread: int | None, attachment: Attachment, marks: Marks
    ) -> None:
        done = await self._redraw(thread, attachment, marks)
        if done is not None and isValid(view):
            view.show_attachment(done)
            if done.fault is not None:
                view.tell(done.fault)

    async def put(self, thread: int | None, attachment_id: str, marks: Marks) -> Attachment | None:
        """Draw the marks on pictures of an attachment in a draft; return it READY or FAILED, None when it is gone."""
        attachment = self._hold(thread, attachment_id)
        return None if attachment is None else await self._redraw(thread, attachment, marks)

    def _hold(self, thread: int | None, attachment_id: str) -> Attachment | None:
        """Return an attachment of a draft, which counts as being read from now on: it is not sent as it was."""
        attachment = self._drafting.find(thread, attachment_id)
        if attachment is not None:
            self._drafting.put(thread, replace(attachment, progress=Progress.READING))
        return attachment

    async def _redraw(self, thread: int | None, attachment: Attachment, marks: Marks) -> Attachment | None:
        """Draw the marks on what is held, and give it back to its draft.

        Where that cannot be done it stays unfit to be sent, because the user takes for hidden what was marked so.
        """
        done = _failed(attachment, sentence("window.unexpected"))
        try:
            done = await self._draw_all(attachment, marks)
        except AppError as error:
            done = _failed(attachment, error.sentence)
        finally:
            if there := self._drafting.find(thread, attachment.id) is not None:
                self._drafting.put(thread, done)
        if done.fault is None and any(map(hides, marks.values())):
            # What is hidden is to be hidden in what is remembered of captures, too.
            self._tasks.start(self._history.hide(attachment, done))
        return done if there else None

    async def _draw_all(self, attachment: Attachment, marks: Marks) -> Attachment:
        for index, some in marks.items():
            if attachment.fault is None:
                attachment = await self._draw(attachment, index, some)
        return attachment

    async def _draw(self, attachment: Attachment, index: int, marks: tuple[Mark, ...]) -> Attachment:
        picture = attachment.pictures[index]
        shot = await self._workers.thread(_drawn, self._blobs, picture, marks)
        png = await self._workers.thread(self._encode, shot)
        return await self._intake.redrawn(
            attachment, index, png, shot.width, shot.height, hidden=hides(marks)
        )


def _failed(attachment: Attachment, why: Sentence) -> Attachment:
    return replace(attachment, progress=Progress.FAILED, fault=why)


def _drawn(blobs: Blobs, picture: Picture, marks: tuple[Mark, ...]) -> Shot:
    """Return the pixels of a picture with marks on it; raises `StoreError`, or `Unreadable` when it is none."""
    image = decode(blobs.read(picture.blob), LARGEST)
    if image.isNull():
        raise Unreadable("document.damaged")
    made = drawn(image, marks)
    size = made.width(), made.height()
    return Shot(Monitor(Box(0, 0, *size)), *size, bytes(made.constBits()))
