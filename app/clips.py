"""Videos as attachments: read once when they are offered, and again when another part of them is wanted."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

from app import answers
from app.errors import AppError, Unreadable
from app.excerpt import LONGEST_CLIP, MP4, bounds, task_for
from app.model.attachments import PAGE_LIMIT, Attachment, Blob, Clip, Excerpt, Picture, Progress
from app.model.sentences import Sentence, sentence
from app.ports import Blobs, Workers

Steps = AsyncGenerator[Attachment, None]
Keep = Callable[[dict[str, Any], bytes], Awaitable[Picture]]


class Clips:
    """Has the worker read videos, and keeps what it makes of them: from then on the same bytes are sent."""

    def __init__(self, blobs: Blobs, workers: Workers, keep: Keep) -> None:
        """`keep` keeps a still that the worker made."""
        self._blobs = blobs
        self._workers = workers
        self._keep = keep

    async def read(self, path: Path, mime: str, begun: Attachment) -> Steps:
        """Yield a video with ever more stills, the last time READY; raises `DocumentError`, `StoreError`, `OSError`."""
        making = _Making(replace(begun, total=0), may_stay=mime == MP4)
        async with aclosing(self._made(path, making)) as steps:
            async for latest in steps:
                yield latest
        source = await self._workers.thread(self._blobs.keep_file, path, mime)
        yield making.finished(source)

    async def cut(self, attachment: Attachment, excerpt: Excerpt) -> Steps:
        """Yield a video of which another excerpt is made, the last time READY or FAILED.

        Nothing of the one before is left, so that it cannot be sent by mistake.  Closing the generator stops it.
        """
        begun = replace(
            attachment,
            progress=Progress.READING,
            pictures=(),
            clip=None,
            chosen=(),
            notice=None,
            fault=None,
            excerpt=excerpt,
            total=0,
        )
        yield begun
        try:
            if attachment.whole is None:
                raise Unreadable("store.attachment_gone")
            source = attachment.whole.blob
            making = _Making(begun, may_stay=source.mime == MP4)
            async with aclosing(self._made(self._blobs.path(source), making)) as steps:
                async for latest in steps:
                    yield latest
            yield making.finished(source)
        except AppError as error:
            yield replace(begun, progress=Progress.FAILED, fault=error.sentence)

    async def moments(self, attachment: Attachment) -> tuple[float, ...]:
        """Return when something new is to be seen in a video, in seconds; raises `DocumentError`, `StoreError`."""
        if attachment.whole is None:
            raise Unreadable("store.attachment_gone")
        found: list[float] = []
        path = self._blobs.path(attachment.whole.blob)
        async with aclosing(self._job("key_frames", path, {})) as frames:
            async for head, _ in frames:
                if "moment" in head and len(found) < PAGE_LIMIT:
                    found.append(answers.measure(head, "moment"))
        return tuple(sorted(found))

    async def _made(self, path: Path, making: "_Making") -> Steps:
        task = task_for(making.latest.excerpt)
        task["whole"] = task["whole"] and making.may_stay
        async with aclosing(self._job("video", path, task)) as frames:
            async for head, body in frames:
                if "mime" in head:
                    making.add(
                        replace(await self._keep(head, body), seconds=answers.measure(head, "seconds"))
                    )
                    yield making.latest
                elif head.get("film") is True:
                    if body[4:8] != b"ftyp":
                        raise Unreadable("worker.died")
                    making.film = _clip(head, await self._workers.thread(self._blobs.keep, body, MP4))
                else:
                    making.hear(head)

    async def _job(
        self, name: str, path: Path, task: dict[str, Any]
    ) -> AsyncGenerator[tuple[dict[str, Any], bytes], None]:
        file = str(await self._workers.thread(path.resolve))
        async with aclosing(self._workers.job(name, {**task, "path": file, "reads": [file]})) as frames:
            async for frame in frames:
                yield frame


class _Making:
    """What the worker has told of one video so far."""

    def __init__(self, begun: Attachment, *, may_stay: bool) -> None:
        self.latest = begun
        self.may_stay = may_stay
        self.film: Clip | None = None
        self._facts: dict[str, Any] = {}
        self._plain = False
        self._notices: dict[str, bool] = {}

    def hear(self, head: dict[str, Any]) -> None:
        """Take in what is neither a still nor a film."""
        if not self._facts:
            self._facts = head
            self._plain = self.may_stay and head.get("plain") is True
            self.latest = replace(self.latest, total=answers.count(head, "total", PAGE_LIMIT))
        elif head.get("over") is True:
            self._notices = {name: head.get(name) is True for name in ("damaged", "bright")}

    def add(self, still: Picture) -> None:
        """Add one more still."""
        if len(self.latest.pictures) >= self.latest.total:
            raise Unreadable("worker.died")
        self.latest = replace(self.latest, pictures=(*self.latest.pictures, still))

    def finished(self, source: Blob) -> Attachment:
        """Return the attachment; raises `Unreadable` when there is nothing in it."""
        if not self.latest.pictures:
            raise Unreadable("document.no_frames")
        whole = _clip(self._facts, source)
        return replace(
            self.latest,
            progress=Progress.READY,
            source=source,
            clip=whole if self._plain else self.film,
            whole=whole,
            total=len(self.latest.pictures),
            notice=self._notice(whole),
        )

    def _notice(self, whole: Clip) -> Sentence | None:
        start, end = bounds(replace(self.latest, whole=whole), self.latest.excerpt)
        if end - start > LONGEST_CLIP and not self.latest.excerpt.moments:
            return sentence("video.long", n=round(LONGEST_CLIP / 60))
        for name in ("damaged", "bright"):
            if self._notices.get(name):
                return sentence(f"video.{name}")
        return None


def _clip(head: dict[str, Any], blob: Blob) -> Clip:
    width, height = answers.count(head, "width"), answers.count(head, "height")
    return Clip(blob, width, height, answers.measure(head, "seconds"), answers.measure(head, "rate"))
