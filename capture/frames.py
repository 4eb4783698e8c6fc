"""A video as models take it: stills with their times, and a small film of an ordinary kind.

Runs in a worker; see `app.clips` for the other end of the pipe.
"""

import heapq
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2
from av.video.frame import VideoFrame

from app.errors import TooLarge, Unreadable
from app.excerpt import LONGEST_CLIP, Task, fitted, pace, spread
from capture.footage import Footage
from capture.shrinking import MOST, ShrunkFilm
from capture.upright import Pixels, is_bright, pixels

QUALITY = 88
HASTE = 4  # times the pace that is wanted: a video so fast is not looked at frame by frame
_HEARTBEAT = 0.5  # seconds
# What goes out as it came: every server plays it, and making it smaller would be work for little.
_LIGHT, _LARGEST = 20_000_000, 1920 * 1088  # bytes, pixels
_FORMATS = ("yuv420p", "yuvj420p")

Frames = Iterator[tuple[dict[str, Any], bytes]]


def serve(task: dict[str, Any]) -> Frames:
    """Yield what the video at ``path`` is, the stills and the film of the excerpt that is wanted, and how it went."""
    cv2.setNumThreads(1)
    path, wanted = task["path"], Task.of(task)
    with closing(Footage(path)) as footage:
        facts = footage.facts
        start, end = _bounds(wanted, facts.seconds)
        plain = wanted.film and wanted.whole and end - start <= LONGEST_CLIP and is_plain(footage, path)
        film = wanted.film and not plain and end - start <= LONGEST_CLIP
        stills = _stills(wanted, footage, start, end)
        yield {**asdict(facts), "total": len(stills), "plain": plain}, b""
        if film:
            yield from _both(footage, wanted, stills, start, end)
        else:
            yield from _only_stills(footage, wanted, stills)
        yield {"over": True, "damaged": footage.damaged, "bright": is_bright(footage.poster)}, b""


def is_plain(footage: Footage, path: str) -> bool:
    """Tell whether a video can be sent as it is: small enough, H.264, upright, at a constant rate."""
    facts, poster = footage.facts, footage.poster
    upright = poster.rotation == 0 and (facts.width, facts.height) == (poster.width, poster.height)
    even = facts.width % 2 == facts.height % 2 == 0
    small = facts.width * facts.height <= _LARGEST and Path(path).stat().st_size <= _LIGHT
    ordinary = footage.codec == "h264" and footage.pixel_format in _FORMATS and not is_bright(poster)
    return upright and even and small and ordinary and facts.steady and not footage.damaged


def _bounds(wanted: Task, seconds: float) -> tuple[float, float]:
    end = min(wanted.end or seconds, seconds)
    start = min(wanted.start, end)
    if end <= start:
        raise Unreadable("video.nothing_left")
    return start, end


def _stills(wanted: Task, footage: Footage, start: float, end: float) -> list[float]:
    if wanted.moments:
        return sorted(one for one in wanted.moments if start <= one <= end) or [start]
    rate = footage.facts.rate
    frames = max(1, round((end - start) * rate))
    return [start + number / rate for number in spread(frames, end - start, wanted.stills)]


def _only_stills(footage: Footage, wanted: Task, stills: list[float]) -> Frames:
    size = fitted(footage.facts.width, footage.facts.height, wanted.side)
    for moment, frame in footage.at(stills):
        yield _still(pixels(frame, *size), moment)


def _both(footage: Footage, wanted: Task, stills: list[float], start: float, end: float) -> Frames:
    """Yield the stills while the film is made, and then the film: the video is read once."""
    facts = footage.facts
    size = fitted(facts.width, facts.height, wanted.side)
    rate = pace(end - start, wanted.pace)
    slots = [start + slot / rate for slot in range(max(1, round((end - start) * rate)))]
    if facts.rate >= HASTE * rate:
        footage.hurry()
    moments = heapq.merge(((one, False) for one in slots), ((one, True) for one in stills))
    order = list(moments)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "film.mp4"
        film = ShrunkFilm(file, *size, rate, end - start)
        shown: VideoFrame | None = None
        picture: Pixels | None = None
        fresh, told = True, time.monotonic()
        found = footage.at([moment for moment, _ in order])
        for (moment, is_still), (_, frame) in zip(order, found, strict=False):
            if frame is not shown or picture is None:
                shown, picture, fresh = frame, pixels(frame, *size), True
            if is_still:
                yield _still(picture, moment)
            elif fresh:
                film.show(picture)
                fresh = False
            else:
                film.hold()
            if time.monotonic() - told > _HEARTBEAT:
                told = time.monotonic()
                yield {"at": moment - start}, b""
        film.close()
        if film.slots == 0 or file.stat().st_size > MOST:
            raise TooLarge("video.heavy")
        width, height = size
        head = {"film": True, "width": width, "height": height, "rate": rate, "seconds": film.slots / rate}
        yield head, file.read_bytes()


def _still(picture: Pixels, seconds: float) -> tuple[dict[str, Any], bytes]:
    height, width = picture.shape[:2]
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return {"width": width, "height": height, "mime": "image/jpeg", "seconds": seconds}, data.tobytes()
