"""A video as stills: what it is, how it begins, and evenly spaced pictures with their times.

Runs in a worker.  FFmpeg is told which containers it may open: a text file called `video.mp4` can be a
script that names other files.
"""

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from app.errors import TooLarge, Unreadable

FEWEST, MOST = 2, 16  # stills
PIXEL_LIMIT = 36_000_000  # of one frame
LONGEST = 1280  # pixels of the longer side of a still
WALK_LIMIT = 1000  # frames read one after the other rather than jumped to
COUNT_LIMIT = 100_000  # frames counted one by one where the file does not say how many it has
QUALITY = 88
_OPTIONS = "format_whitelist;mov,mp4,matroska,webm|protocol_whitelist;file"

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Probe:
    """What a video is: `rate` in frames per second, `frames` how many, sizes as shown (turned)."""

    width: int
    height: int
    rate: float
    frames: int

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return self.frames / self.rate


def serve(task: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Yield first what the video at `path` is, then its stills: the first is the poster."""
    os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = _OPTIONS
    cv2.setNumThreads(1)
    path = task["path"]
    _check_container(path)
    found, poster = probe(path)
    numbers = spread(found.frames, found.seconds)
    yield (
        {
            "width": found.width,
            "height": found.height,
            "rate": found.rate,
            "seconds": found.seconds,
            "total": len(numbers),
        },
        b"",
    )
    yield _still(poster, 0.0)
    for number, picture in stills(path, numbers[1:]):
        yield _still(picture, number / found.rate)


def probe(path: str) -> tuple[Probe, Pixels]:
    """Return what the video is and its first frame."""
    capture = _opened(path)
    try:
        claimed = capture.get(cv2.CAP_PROP_FRAME_WIDTH) * capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
        if claimed > PIXEL_LIMIT:
            raise TooLarge("document.pixels")
        rate = capture.get(cv2.CAP_PROP_FPS)
        frames = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
        read, poster = capture.read()
        if not read:
            raise Unreadable("document.no_frames")
    except cv2.error as error:
        raise Unreadable("document.no_frames") from error
    finally:
        capture.release()
    if not (math.isfinite(rate) and 0 < rate <= 1000):  # noqa: PLR2004 - what no camera does
        rate = 25.0
    if frames < 1:
        frames = _count(path)
    height, width = poster.shape[:2]
    return Probe(width, height, rate, frames), np.asarray(poster, np.uint8)


def spread(frames: int, seconds: float) -> list[int]:
    """Return which frames to take: about one a second, from the first to the last, evenly."""
    count = min(max(FEWEST, min(MOST, math.ceil(seconds))), frames)
    if count < FEWEST:
        return [0]
    return [round(i * (frames - 1) / (count - 1)) for i in range(count)]


def stills(path: str, numbers: list[int]) -> Iterator[tuple[int, Pixels]]:
    """Yield the frames with these rising numbers that can be read."""
    capture = _opened(path)
    try:
        # Walking is exact and needs no index in the file; jumping is for what is long.
        yield from (_jump if numbers and numbers[-1] > WALK_LIMIT else _walk)(capture, numbers)
    except cv2.error as error:
        raise Unreadable("document.no_frames") from error
    finally:
        capture.release()


def _walk(capture: cv2.VideoCapture, numbers: list[int]) -> Iterator[tuple[int, Pixels]]:
    at = 0
    for number in numbers:
        while at <= number and capture.grab():
            at += 1
        read, picture = capture.retrieve()
        if at <= number or not read:
            return
        yield number, np.asarray(picture, np.uint8)


def _jump(capture: cv2.VideoCapture, numbers: list[int]) -> Iterator[tuple[int, Pixels]]:
    for number in numbers:
        for tried in range(number, number - 3, -1):  # the last frames of a file are often not there
            capture.set(cv2.CAP_PROP_POS_FRAMES, tried)
            read, picture = capture.read()
            if read:
                yield number, np.asarray(picture, np.uint8)
                break


def _opened(path: str) -> cv2.VideoCapture:
    capture = cv2.VideoCapture(path, cv2.CAP_FFMPEG)
    if not capture.isOpened():
        raise Unreadable("document.no_frames")
    return capture


def _check_container(path: str) -> None:
    with Path(path).open("rb") as file:
        start = file.read(12)
    if (
        start[4:8] not in (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide")
        and start[:4] != b"\x1aE\xdf\xa3"
    ):
        raise Unreadable("document.damaged")


def _count(path: str) -> int:
    capture = _opened(path)
    frames = 0
    while frames < COUNT_LIMIT and capture.grab():
        frames += 1
    capture.release()
    return max(frames, 1)


def _still(picture: Pixels, seconds: float) -> tuple[dict[str, Any], bytes]:
    height, width = picture.shape[:2]
    scale = LONGEST / max(width, height)
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    height, width = picture.shape[:2]
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return {"width": width, "height": height, "mime": "image/jpeg", "seconds": seconds}, data.tobytes()
