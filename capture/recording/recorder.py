"""Records the screen: starts the worker that does, and looks after what it leaves behind."""

import os
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from app import plain
from app.errors import AppError, CaptureError, RecordingFailed
from app.model.recordings import Film, Rolling, Take
from app.model.sentences import sentence
from app.orders import Orders
from app.pipes import Frame
from app.ports import Workers
from capture.recording import part as parts


class ScreenRecorder:
    """Speaks the `Recorder` port; `folder` is where parts, and films without another place, are kept."""

    def __init__(self, workers: Workers, folder: Path) -> None:
        self._workers = workers
        self._folder = folder

    async def record(
        self, take: Take, orders: Orders, path: Path | None = None
    ) -> AsyncGenerator[Rolling | Film, None]:
        """Record until ordered to stop: see `app.ports.Recorder`."""
        part = await self._workers.thread(self._new, path)
        try:
            task = {"take": plain.to_plain(take), **_where(part, path)}
            async with aclosing(self._workers.dialogue("recorder", task, orders)) as frames:
                async for frame in frames:
                    yield _heard(frame)
        except CaptureError:
            await self._workers.thread(_sweep, part)
            raise
        except AppError as error:  # the worker has died, or is stuck
            yield await self._rescued(part, path, error)

    async def unfinished(self) -> tuple[Path, ...]:
        """Return the recordings that were broken off: see `app.ports.Recorder`."""
        try:
            return await self._workers.thread(parts.unfinished, self._folder)
        except OSError as error:
            raise RecordingFailed("recording.disk_error") from error

    async def finish(self, part: Path, path: Path | None = None) -> Film:
        """Make a film of an unfinished recording: see `app.ports.Recorder`."""
        try:
            async with aclosing(self._workers.job("finisher", _where(part, path))) as frames:
                async for frame in frames:
                    if isinstance(film := _heard(frame), Film):
                        return film
        except CaptureError:
            raise
        except AppError as error:
            raise RecordingFailed("recording.unplayable") from error
        raise RecordingFailed("recording.unplayable")

    async def forget(self, part: Path) -> None:
        """Delete an unfinished recording: see `app.ports.Recorder`."""
        try:
            await self._workers.thread(part.unlink, True)
        except OSError as error:
            raise RecordingFailed("recording.disk_error") from error

    def _new(self, path: Path | None) -> Path:
        """Return the name of a new part, when there is a place for its film."""
        if path is not None and not os.access(path.parent, os.W_OK):
            raise RecordingFailed("recording.no_folder", name=str(path.parent))
        try:
            return parts.new_name(self._folder, datetime.now().astimezone())
        except OSError as error:
            raise RecordingFailed("recording.disk_error") from error

    async def _rescued(self, part: Path, path: Path | None, error: AppError) -> Film:
        """Return the film of what a dead worker left; raises `RecordingFailed` where that is nothing."""
        try:
            film = await self.finish(part, path)
        except RecordingFailed:
            await self._workers.thread(_sweep, part)
            raise RecordingFailed("recording.failed") from error
        return replace(film, why=film.why or sentence("recording.broken_off"))


def _where(part: Path, path: Path | None) -> dict[str, Any]:
    return {"part": str(part), "path": str(path or parts.finished_name(part))}


def _heard(frame: Frame) -> Rolling | Film:
    head, _ = frame
    try:
        if "film" in head:
            return plain.from_plain(Film, head["film"])
        return plain.from_plain(Rolling, head.get("rolling"))
    except plain.NotPlainError as error:
        raise RecordingFailed("recording.failed") from error


def _sweep(part: Path) -> None:
    """Remove a part that nothing was written to."""
    if part.exists() and not part.stat().st_size:
        part.unlink()
