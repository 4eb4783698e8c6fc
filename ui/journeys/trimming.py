"""Choosing what of a video is sent: its frames come from a worker, and so does what is made of the choice."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from functools import partial
from typing import Any

from PySide6.QtGui import QImage
from shiboken6 import isValid

from app import answers
from app.clips import Clips
from app.errors import AppError, Unreadable
from app.excerpt import Outlook, outlook
from app.model.attachments import Attachment, Excerpt
from app.model.limits import Limits
from app.orders import Orders
from app.ports import Blobs, Workers
from ui.journeys.attaching import Attaching
from ui.journeys.drafting import Drafting
from ui.journeys.stage import Stage
from ui.strip import Strip
from ui.tasks import Tasks

_NEXT = "next"  # the player's word for it
_SIDE_LIMIT = 2000  # pixels of a frame; the player sends no larger ones


class Trimming:
    """Opens the strip of a video in the draft, plays it there, and has the chosen excerpt made."""

    def __init__(
        self,
        stage: Stage,
        drafting: Drafting,
        attaching: Attaching,
        clips: Clips,
        limits: Callable[[], Limits],
        blobs: Blobs,
        workers: Workers,
        tasks: Tasks,
    ) -> None:
        """`limits` are those of the backend that will be asked."""
        self._stage = stage
        self._drafting = drafting
        self._attaching = attaching
        self._clips = clips
        self._limits = limits
        self._blobs = blobs
        self._workers = workers
        self._tasks = tasks
        stage.shelf.strip_wanted.connect(self._open)

    def _open(self, attachment: Attachment) -> None:
        if attachment.whole is None:
            return
        strip = Strip(attachment, partial(self._outlook, attachment), self._stage.window)
        orders = Orders()
        strip.frame_wanted.connect(lambda moment: orders.say(f"at {moment:.4f}"))
        strip.next_wanted.connect(lambda: orders.say(_NEXT))
        strip.glance_wanted.connect(lambda moment: orders.say(f"glance {moment:.4f}"))
        running = [self._tasks.start(self._play(strip, attachment, orders))]
        strip.key_frames_wanted.connect(
            lambda: running.append(self._tasks.start(self._find_key_frames(strip, attachment)))
        )
        strip.chosen.connect(partial(self._cut, self._drafting.thread, attachment))
        strip.finished.connect(lambda: _cancel(running))
        strip.open()
        strip.seek(attachment.excerpt.start)

    def _outlook(self, attachment: Attachment, excerpt: Excerpt) -> Outlook:
        return outlook(attachment, excerpt, self._limits())

    def _cut(self, thread: int | None, attachment: Attachment, excerpt: Excerpt) -> None:
        latest = self._drafting.find(thread, attachment.id)
        if latest is not None and (excerpt != latest.excerpt or latest.fault is not None):
            self._attaching.follow(thread, self._clips.cut(latest, excerpt))

    async def _play(self, strip: Strip, attachment: Attachment, orders: Orders) -> None:
        if attachment.whole is None:
            return
        try:
            path = str(await self._workers.thread(self._blobs.path(attachment.whole.blob).resolve))
            task = {"path": path, "reads": [path]}
            async with aclosing(self._workers.dialogue("player", task, orders)) as frames:
                async for head, body in frames:
                    if not isValid(strip):
                        return
                    _show(strip, head, body)
        except AppError as error:
            if isValid(strip):
                strip.tell(error.sentence)

    async def _find_key_frames(self, strip: Strip, attachment: Attachment) -> None:
        try:
            moments = await self._clips.moments(attachment)
        except AppError as error:
            if isValid(strip):
                strip.tell(error.sentence)
        else:
            if isValid(strip):
                strip.show_key_frames(moments)


def _show(strip: Strip, head: dict[str, Any], body: bytes) -> None:
    """Show what the player sent; raises `Unreadable` for what is no frame."""
    small = answers.measure(head, "glance") if "glance" in head else None
    if head.get("over") is True:
        if small is None:
            strip.show_end()
        return
    width, height = answers.count(head, "width", _SIDE_LIMIT), answers.count(head, "height", _SIDE_LIMIT)
    if len(body) != width * height * 3:
        raise Unreadable("worker.died")
    # A copy, because the image would only borrow the bytes.
    image = QImage(body, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
    if small is not None:
        strip.show_glance(small, image)
    else:
        strip.show_frame(answers.measure(head, "seconds"), image)


def _cancel(running: list[asyncio.Task[None]]) -> None:
    for task in running:
        task.cancel()
