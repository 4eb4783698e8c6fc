"""Makes a plain film of a part: the same pictures, seekable, with its table of contents in front.

Runs in a worker: at the end of a recording, and when one that was broken off is taken up.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from app import plain
from app.errors import RecordingFailed
from app.files import settle
from app.model.recordings import Film
from app.model.sentences import Sentence, sentence
from capture.recording.part import cut_to_whole, finished_name, is_full

Frames = Iterator[tuple[dict[str, Any], bytes]]

_BROKEN = (OSError, av.FFmpegError)


def serve(task: dict[str, Any]) -> Frames:
    """Finish the ``part`` as the film at ``path``; raises `RecordingFailed`."""
    av.logging.set_level(None)
    yield told(finish(Path(task["part"]), Path(task["path"])))


def told(film: Film) -> tuple[dict[str, Any], bytes]:
    """Return a film as a worker tells of it."""
    return {"film": plain.to_plain(film)}, b""


def finish(part: Path, path: Path, why: Sentence | None = None) -> Film:
    """Make the film of a part, which is gone afterwards; raises `RecordingFailed` and leaves the part.

    Where there is no room for another file, the part itself becomes the film: it can be played as it is.  `why` is
    what ended the recording.
    """
    found = _look(part)
    try:
        size = _copy(part, path)
    except _BROKEN as error:
        full = isinstance(error, OSError) and is_full(error)
        unmade = sentence("recording.not_finished" if full else "recording.not_written", name=path.name)
        return replace(found, path=str(_rename(part)), why=why or unmade)
    with contextlib.suppress(OSError):  # it is offered once more, no worse
        part.unlink()
    return replace(found, path=str(path), size=size, why=why)


def _look(part: Path) -> Film:
    """Return what a part holds, a sudden end cut off; raises `RecordingFailed` when that is nothing."""
    try:
        size = cut_to_whole(part)
        with _opened(part) as container:
            video = container.streams.video[0]
            slots = sum(1 for _ in _packets(container))
            rate = round(video.average_rate or 0)
            width, height = video.width, video.height
    except (*_BROKEN, IndexError) as error:
        raise RecordingFailed("recording.unplayable") from error
    if not (slots and rate):
        raise RecordingFailed("recording.unplayable")
    return Film(str(part), width, height, rate, slots, size)


def _copy(part: Path, path: Path) -> int:
    """Write the packets of a part as a plain film, and return its size."""
    descriptor, name = tempfile.mkstemp(prefix=".tmp-", suffix=".mp4", dir=path.parent)
    os.close(descriptor)
    temporary = Path(name)
    try:
        with (
            _opened(part) as source,
            av.open(name, "w", format="mp4", container_options={"movflags": "faststart"}) as film,
        ):
            stream = film.add_stream_from_template(source.streams.video[0])
            for packet in _packets(source):
                packet.stream = stream
                film.mux_one(packet)
        size = temporary.stat().st_size
        settle(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return size


def _rename(part: Path) -> Path:
    name = finished_name(part)
    try:
        part.replace(name)
    except OSError as error:
        raise RecordingFailed("recording.not_written", name=name.name) from error
    return name


def _opened(part: Path) -> InputContainer:
    return av.open(str(part), "r", format="mp4", container_options={"protocol_whitelist": "file"})


def _packets(container: InputContainer) -> Iterator["Packet[VideoStream]"]:
    for packet in container.demux(video=0):
        if packet.dts is not None and not packet.is_corrupt:  # the last one is an empty word of farewell
            yield packet
