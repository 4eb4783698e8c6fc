"""The text in pictures, read in a worker and kept by content: the same picture is read once."""

import contextlib
import json
import os
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

from app.answers import SIDE_LIMIT
from app.errors import Unreadable
from app.model.attachments import Picture
from app.model.screens import Box, Line
from app.ports import Blobs, Workers

VERSION = 3  # of what is kept; raise it when the same picture would be read differently

Found = tuple[Picture, tuple[Line, ...]]


class WorkerOcr:
    """Speaks the `Ocr` port; `cache` is a folder for what has been read."""

    def __init__(self, blobs: Blobs, workers: Workers, cache: Path) -> None:
        self._blobs = blobs
        self._workers = workers
        self._cache = cache

    async def read(self, pictures: Sequence[Picture]) -> AsyncGenerator[Found, None]:
        """Yield each picture with its lines: see `app.ports.Ocr`."""
        known = await self._workers.thread(self._recall_all, pictures)
        missing = {p.blob.digest: p for p in pictures if p.blob.digest not in known}
        async with aclosing(self._look(tuple(missing.values()))) as looked:
            for picture in pictures:
                while picture.blob.digest not in known:
                    seen, lines = await anext(looked)
                    known[seen.blob.digest] = lines
                yield picture, known[picture.blob.digest]

    async def _look(self, pictures: Sequence[Picture]) -> AsyncGenerator[Found, None]:
        """Read the pictures in one worker, which loads its weights once."""
        if not pictures:
            return
        paths = [str(self._blobs.path(picture.blob)) for picture in pictures]
        frames = self._workers.job("ocr", {"paths": paths, "reads": paths})
        async with aclosing(frames):
            for picture in pictures:
                try:
                    head, _ = await anext(frames)
                except StopAsyncIteration:
                    raise Unreadable("worker.died") from None
                lines = _lines(head.get("lines"))
                await self._workers.thread(self._remember, picture, lines)
                yield picture, lines

    def _file(self, picture: Picture) -> Path:
        return self._cache / f"{picture.blob.digest}-{VERSION}.json"

    def _recall_all(self, pictures: Sequence[Picture]) -> dict[str, tuple[Line, ...]]:
        known = {}
        for picture in pictures:
            try:
                known[picture.blob.digest] = _lines(json.loads(self._file(picture).read_bytes()))
            except (OSError, ValueError, Unreadable):
                continue  # it was never kept, or half of it: it is read again
        return known

    def _remember(self, picture: Picture, lines: tuple[Line, ...]) -> None:
        plain = [_plain(line) for line in lines]
        with contextlib.suppress(OSError):  # a full disk costs the memory of it, not the text
            self._cache.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._cache)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(plain, file, ensure_ascii=False)
            Path(name).replace(self._file(picture))


def _plain(line: Line) -> dict[str, Any]:
    box = line.box
    plain = {"text": line.text, "box": [box.left, box.top, box.width, box.height], "score": line.score}
    return plain | {"pieces": [_plain(piece) for piece in line.pieces]} if line.pieces else plain


def _lines(plain: Any) -> tuple[Line, ...]:
    """Return the lines that a worker or the cache gives; raises `Unreadable` when they are none."""
    if not isinstance(plain, list):
        raise Unreadable("worker.died")
    try:
        return tuple(_line(item, _pieces(item)) for item in plain)
    except (TypeError, ValueError, KeyError) as error:
        raise Unreadable("worker.died") from error


def _pieces(item: Any) -> tuple[Line, ...]:
    return tuple(_line(piece) for piece in item["pieces"]) if "pieces" in item else ()


def _line(item: Any, pieces: tuple[Line, ...] = ()) -> Line:
    left, top, width, height = item["box"]
    score = item["score"]
    # So written that what is not a number at all is refused with the rest.
    if not (all(0 <= value <= SIDE_LIMIT for value in item["box"]) and 0 <= score <= 1):
        raise ValueError("a line lies outside every picture")
    text = str(item["text"]).encode("utf-8", "replace").decode("utf-8")
    return Line(text, Box(int(left), int(top), int(width), int(height)), float(score), pieces)
