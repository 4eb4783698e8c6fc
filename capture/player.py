"""Shows a video frame by frame, as it is asked for: `at SECONDS`, `next`, and `glance SECONDS` for a small picture.

Runs in a worker that hears.  What is wanted large goes first, and of several such wishes only the last is still one.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import closing, suppress
from queue import Empty, SimpleQueue
from typing import Any

import cv2
from av.video.frame import VideoFrame

from app.excerpt import fitted
from capture.footage import TICK, Footage
from capture.upright import pixels

Heard = SimpleQueue[str | None]
Frames = Iterator[tuple[dict[str, Any], bytes]]
Shown = tuple[float, VideoFrame]

SIDE, SMALL_SIDE = 960, 160  # pixels of the longer side
_MOST_GLANCES = 2000  # wishes for small pictures that are remembered


def serve(task: dict[str, Any], heard: Heard) -> Frames:
    """Yield the frames of the video at ``path`` that are asked for, as RGB; ``over`` where there is none."""
    cv2.setNumThreads(1)
    # It is opened twice, so that a glance does not take the player from where it stands.
    with closing(Footage(task["path"])) as footage, closing(Footage(task["path"])) as aside:
        player, glances, wishes = _Player(footage), _Glances(aside), _Wishes(heard)
        while wishes.hear(wait=not glances.wanted):
            glances.add(wishes.glances())
            if (wish := wishes.large()) is not None:
                shown = player.next() if wish == "next" else player.at(_moment(wish))
                yield _told(footage, shown, SIDE, {})
            elif glances.wanted:
                moment, frame = glances.next()
                yield _told(aside, None if frame is None else (moment, frame), SMALL_SIDE, {"glance": moment})


def _moment(wish: str) -> float:
    """Return the time in an order; the beginning where there is none in it."""
    try:
        return max(0.0, float(wish.partition(" ")[2]))
    except ValueError:
        return 0.0


class _Wishes:
    """What is still wanted."""

    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        self._large: str | None = None
        self._glances: set[float] = set()

    def hear(self, *, wait: bool) -> bool:
        """Take in what has been said, and with `wait` at least one order; False when nobody listens any more."""
        with suppress(Empty):
            while True:
                order = self._heard.get(block=wait)
                if order is None:
                    return False
                if order.startswith("glance"):
                    self._glances.add(_moment(order))
                else:
                    self._large = order
                wait = False
        return True

    def large(self) -> str | None:
        """Return the last order for something large, once."""
        order, self._large = self._large, None
        return order

    def glances(self) -> set[float]:
        """Return what was asked for in small, once."""
        moments, self._glances = self._glances, set()
        return moments


class _Glances:
    """Small frames: all that are wanted are found on one way through the video."""

    def __init__(self, footage: Footage) -> None:
        self._footage = footage
        self._later: set[float] = set()
        self._way: deque[float] = deque()
        self._found: Iterator[Shown] = iter(())

    @property
    def wanted(self) -> bool:
        """Whether anything still is."""
        return bool(self._later or self._way)

    def add(self, moments: set[float]) -> None:
        """Want these, too."""
        if len(self._later) < _MOST_GLANCES:
            self._later |= moments

    def next(self) -> tuple[float, VideoFrame | None]:
        """Return the next that is wanted, None where the video cannot be read."""
        if not self._way:
            self._way.extend(sorted(self._later))
            self._later.clear()
            self._found = self._footage.at(tuple(self._way))
        found = next(self._found, None)
        return self._way.popleft(), None if found is None else found[1]


class _Player:
    """Walks through a video and knows where it stands."""

    def __init__(self, footage: Footage) -> None:
        self._footage = footage
        self._walk: Iterator[Shown] = footage.walk()
        self._ahead: Shown | None = None

    def at(self, moment: float) -> Shown | None:
        """Return the frame that is on the screen at this moment."""
        self._walk = self._footage.walk(moment)
        shown = self._ahead = None
        for found in self._walk:
            if shown is not None and found[0] > moment + TICK:
                self._ahead = found
                break
            shown = found
        return shown

    def next(self) -> Shown | None:
        """Return the frame after the last one."""
        found, self._ahead = self._ahead, None
        return found or next(self._walk, None)


def _told(
    footage: Footage, shown: Shown | None, side: int, head: dict[str, Any]
) -> tuple[dict[str, Any], bytes]:
    if shown is None:
        return {**head, "over": True}, b""
    seconds, frame = shown
    width, height = fitted(footage.facts.width, footage.facts.height, side)
    picture = pixels(frame, width, height)
    return {**head, "seconds": max(0.0, seconds), "width": width, "height": height}, picture.tobytes()
