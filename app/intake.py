"""Anything a user offers, as attachments.

A file is never parsed here: workers do that, and what they send is checked before it is believed.
"""

import tempfile
import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

from app import answers
from app.clips import Clips
from app.errors import AppError, DocumentError, NoReader, TooLarge, Unreadable
from app.formats import PPTX, Format, check_size, clean_name, examine, kind_by_name, recognise
from app.i18n import say
from app.model.attachments import PAGE_LIMIT, Attachment, Blob, Kind, Picture, Progress
from app.model.sentences import Sentence, sentence
from app.pages import Pages
from app.ports import Blobs, Workers
from app.sandbox import sweep_sockets

INTERVAL = 0.1  # seconds between two updates of one attachment
SEEN_LIMIT = 4_816_896  # pixels; models scale anything larger down to this
WEIGHT_LIMIT = 5_000_000 - 1  # bytes; the strictest server takes no heavier picture

Steps = AsyncGenerator[Attachment, None]


class Intake:
    """Reads what is offered and keeps what will be sent."""

    def __init__(self, blobs: Blobs, workers: Workers) -> None:
        self._blobs = blobs
        self._workers = workers
        self.clips = Clips(blobs, workers, self._keep)

    async def open(self, path: Path) -> Steps:
        """Yield the file as one attachment, again and again while it is read; the last is READY or FAILED.

        Never raises for a bad file: its `fault` says what is wrong.  Closing the generator stops reading.
        """
        latest = Attachment(uuid.uuid4().hex, kind_by_name(path.name), clean_name(path.name))
        yield latest
        try:
            form = await self._workers.thread(examine, path)
            latest = replace(latest, kind=form.kind)
            async with aclosing(self._read(path, form, latest)) as steps:
                async for latest in steps:
                    yield latest
        except (AppError, OSError) as error:
            yield _failed(latest, error)

    async def picture(self, data: bytes, name: str) -> Attachment:
        """Return an encoded picture of unknown origin (pasted, dropped) as an attachment, READY or FAILED."""
        attachment = Attachment(uuid.uuid4().hex, Kind.PICTURE, clean_name(name))
        try:
            check_size(len(data), Kind.PICTURE)
            form = recognise(data, "")
            if form.kind is not Kind.PICTURE:
                raise Unreadable("document.unknown")
            with tempfile.TemporaryDirectory(prefix="glimpse-") as folder:
                path = Path(folder) / "picture"
                await self._workers.thread(path.write_bytes, data)
                picture = await self._decode(path)
            source = await self._workers.thread(self._blobs.keep, data, form.mime)
            return _shown(attachment, picture, source)
        except (AppError, OSError) as error:
            return _failed(attachment, error)

    async def screenshot(self, png: bytes, width: int, height: int, name: str) -> Attachment:
        """Return a PNG of our own making as an attachment; one that is more than models take is made smaller."""
        if width * height > SEEN_LIMIT or len(png) > WEIGHT_LIMIT:
            return await self.picture(png, name)
        attachment = Attachment(uuid.uuid4().hex, Kind.PICTURE, clean_name(name))
        try:
            blob = await self._workers.thread(self._blobs.keep, png, "image/png")
        except AppError as error:
            return _failed(attachment, error)
        return _shown(attachment, Picture(blob, width, height), blob)

    async def redrawn(
        self, attachment: Attachment, index: int, png: bytes, width: int, height: int, *, hidden: bool
    ) -> Attachment:
        """Return the attachment with a PNG of our own making in the place of one of its pictures, or FAILED.

        Where something of it is `hidden` now, nothing is left by which it could be seen all the same: no file as it
        came, no clip, no text of that page.
        """
        old = attachment.pictures[index]
        drawn = await self.screenshot(png, width, height, attachment.name)
        if drawn.fault is not None:
            return replace(attachment, progress=Progress.FAILED, fault=drawn.fault)
        (new,) = drawn.pictures
        new = replace(old, blob=new.blob, width=new.width, height=new.height, whole=old.whole or new.whole)
        if hidden:
            new = replace(new, text="")
        pictures = (*attachment.pictures[:index], new, *attachment.pictures[index + 1 :])
        attachment = replace(attachment, pictures=pictures)
        return _without_the_hidden(attachment) if hidden else attachment

    def _read(self, path: Path, form: Format, begun: Attachment) -> Steps:
        if form.kind is Kind.PICTURE:
            return self._read_picture(path, form, begun)
        if form.kind is Kind.DOCUMENT:
            return self._read_document(path, form, begun)
        if form.kind is Kind.DECK:
            return self._read_deck(path, form, begun)
        return self.clips.read(path, form.mime, begun)

    async def _read_picture(self, path: Path, form: Format, begun: Attachment) -> Steps:
        yield await self._finished(replace(begun, pictures=(await self._decode(path),)), path, form)

    async def _read_document(self, path: Path, form: Format, begun: Attachment) -> Steps:
        latest = begun
        async with aclosing(self._read_pages(path, begun, {})) as steps:
            async for latest in steps:
                yield latest
        yield await self._finished(latest, path, form)

    async def _read_pages(self, path: Path, begun: Attachment, words: dict[int, str]) -> Steps:
        """Yield the attachment with ever more pages; `words` replace the text layer of the pages they are for.

        A page that hangs or kills its worker is left out, and a new worker goes on behind it.
        """
        pages = Pages(begun, words)
        shown = 0.0
        while not pages.over:
            pages.begin_run()
            try:
                async with aclosing(self._job("pdf", path, first=pages.next)) as frames:
                    async for head, body in frames:
                        pages.take(head, await self._keep(head, body) if body else None)
                        if body and time.monotonic() - shown >= INTERVAL:
                            shown = time.monotonic()
                            yield pages.attachment()
            except (Unreadable, TooLarge) as error:
                pages.fail(error)
            else:
                pages.finish()
        yield pages.attachment()

    async def _read_deck(self, path: Path, form: Format, begun: Attachment) -> Steps:
        latest = begun
        words = await self._words(path) if form.mime == PPTX else {}
        try:
            with tempfile.TemporaryDirectory(prefix="glimpse-") as folder:
                drawn = await self._draw(path, Path(folder))
                async with aclosing(self._read_pages(drawn, begun, words)) as steps:
                    async for latest in steps:
                        yield latest
        except DocumentError as error:
            latest = _as_text(begun, words, error)
        yield await self._finished(latest, path, form)

    async def _finished(self, latest: Attachment, path: Path, form: Format) -> Attachment:
        """Keep the file itself, now that it has proved readable, and return the attachment as READY."""
        source = await self._workers.thread(self._blobs.keep_file, path, form.mime)
        return replace(latest, progress=Progress.READY, source=source)

    async def _decode(self, path: Path) -> Picture:
        async with aclosing(self._job("image", path)) as frames:
            async for head, body in frames:
                return await self._keep(head, body)
        raise Unreadable("worker.died")

    async def _words(self, path: Path) -> dict[int, str]:
        """Return text and notes of each slide; nothing when the deck cannot be read."""
        words: dict[int, str] = {}
        try:
            async with aclosing(self._job("slides", path)) as frames:
                async for head, _ in frames:
                    text, notes = answers.text(head, "text"), answers.text(head, "notes")
                    told = say("document.notes", text=notes) if notes else ""
                    number = answers.number(head, len(words) + 1)
                    words[number] = "\n".join(filter(None, (text, told)))
                    if number == PAGE_LIMIT:
                        break
        except Unreadable:
            return {}  # LibreOffice forgives more than we do; a deck that unpacks without end it never gets
        return words

    async def _draw(self, path: Path, folder: Path) -> Path:
        """Return the deck as a PDF in `folder`."""
        pdf = folder / "deck.pdf"
        try:
            async with aclosing(self._job("office", path)) as frames:
                async for _, body in frames:
                    await self._workers.thread(pdf.write_bytes, body)
                    return pdf
        finally:
            await self._workers.thread(sweep_sockets)
        raise Unreadable("document.not_drawn")

    async def _job(
        self, name: str, path: Path, **task: int
    ) -> AsyncGenerator[tuple[dict[str, Any], bytes], None]:
        file = str(await self._workers.thread(path.resolve))
        async with aclosing(self._workers.job(name, {"path": file, "reads": [file], **task})) as frames:
            async for frame in frames:
                yield frame

    async def _keep(self, head: dict[str, Any], body: bytes) -> Picture:
        width, height, mime = answers.picture(head, body)
        whole = None
        if "whole_width" in head:
            whole = answers.count(head, "whole_width"), answers.count(head, "whole_height")
        return Picture(await self._workers.thread(self._blobs.keep, body, mime), width, height, whole=whole)


def _as_text(begun: Attachment, words: dict[int, str], error: DocumentError) -> Attachment:
    """Return the deck as its words alone; raises what went wrong when there are none."""
    missing = isinstance(error, NoReader)
    if not any(words.values()):
        if missing:
            raise NoReader("document.needs_office", **dict(error.sentence.args)) from error
        raise error
    told = (f"{say('document.slide', n=number)}\n{text}" for number, text in words.items())
    notice = error.sentence if missing else sentence("document.text_only")
    return replace(begun, text="\n\n".join(told), total=len(words), notice=notice)


def _shown(attachment: Attachment, picture: Picture, source: Blob) -> Attachment:
    return replace(attachment, progress=Progress.READY, pictures=(picture,), source=source)


def _without_the_hidden(attachment: Attachment) -> Attachment:
    """Return an attachment of which something is hidden without the file as it came, which would show it."""
    if attachment.kind is Kind.PICTURE:
        return replace(attachment, source=attachment.pictures[0].blob)
    if attachment.kind is Kind.CLIP:
        return replace(
            attachment, source=None, clip=None, whole=None, notice=sentence("marks.clip_as_stills")
        )
    return replace(attachment, source=None)


def _failed(attachment: Attachment, error: AppError | OSError) -> Attachment:
    """Return the attachment with the sentence that says why it cannot be used."""
    fault: Sentence
    if isinstance(error, AppError):
        fault = error.sentence
    else:  # the file went away, or the disk is full
        fault = sentence("document.unreadable", reason=error.strerror or type(error).__name__)
    return replace(attachment, progress=Progress.FAILED, pictures=(), notice=None, fault=fault)
