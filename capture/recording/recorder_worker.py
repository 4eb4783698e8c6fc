"""The inside of the worker that records: an eye, a clock and a reel, until it is told to stop.

The film is finished here, too.  Whatever happens, the part holds what was recorded up to the last fragment.
"""

from contextlib import closing, suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import av
import cv2

from app import plain
from app.errors import AppError, CaptureError, RecordingFailed
from app.model.recordings import FASTEST, LONGEST, SLOWEST, Film, Rolling, Take
from app.model.sentences import Sentence, sentence
from capture.recording.eye import Eye
from capture.recording.eyes import open_eye
from capture.recording.film import Reel
from capture.recording.finisher import Frames, finish, told
from capture.recording.part import Part, is_full
from capture.recording.roll import Beat, Ended, Roll

Heard = SimpleQueue[str | None]


def serve(task: dict[str, Any], heard: Heard) -> Frames:
    """Record the ``take`` into the ``part`` and make the film at ``path`` of it; raises `CaptureError`."""
    cv2.setNumThreads(1)
    av.logging.set_level(None)
    try:
        take = plain.from_plain(Take, task.get("take"))
    except plain.NotPlainError as error:
        raise RecordingFailed("recording.failed") from error
    with closing(open_eye(take)) as eye:
        yield from _record(take, eye, Path(task["part"]), Path(task["path"]), heard)


def _record(take: Take, eye: Eye, file: Path, path: Path, heard: Heard) -> Frames:
    rate = min(max(take.rate, SLOWEST), FASTEST)
    limit = min(take.limit, LONGEST)
    why: Sentence | None = None
    with closing(_begun(file)) as part:
        reel = Reel(part, eye.box.width, eye.box.height, rate)
        roll = Roll(reel, eye.look, heard, rate, limit)
        try:
            for beat in roll.run():
                yield _rolling(beat, reel, part, eye), b""
            reel.close()
        except (CaptureError, OSError) as error:
            why = _why(error)
            with suppress(OSError):  # full before, full now
                reel.close()
    if roll.ended is Ended.DISCARDED:
        file.unlink()
    elif roll.ended is not Ended.LEFT:
        if roll.ended is Ended.LIMIT:
            why = sentence("recording.limit")
        yield told(_finished(file, path, why))


def _begun(file: Path) -> Part:
    try:
        return Part(file)
    except OSError as error:
        raise _failed(error) from error


def _finished(file: Path, path: Path, why: Sentence | None) -> Film:
    try:
        return finish(file, path, why)
    except RecordingFailed as error:
        if why is None:
            raise
        # Nothing was kept, and what ended it is the better explanation.
        raise RecordingFailed(why.key, **dict(why.args)) from error


def _why(error: CaptureError | OSError) -> Sentence:
    return error.sentence if isinstance(error, AppError) else _failed(error).sentence


def _failed(error: OSError) -> RecordingFailed:
    return RecordingFailed("recording.disk_full" if is_full(error) else "recording.disk_error")


def _rolling(beat: Beat, reel: Reel, part: Part, eye: Eye) -> dict[str, Any]:
    box = eye.box
    rolling = Rolling(
        beat.seconds, part.size, box.width, box.height, reel.slots, beat.grabs, beat.paused, beat.ending
    )
    return {"rolling": plain.to_plain(rolling)}
