"""The frames of a recorded screen that show something new, so that no step of a click-through is missed.

What counts is what has come to rest and looks other than in the last frame that was taken: a page, a menu, a word.  What
comes and goes (a blinking caret) or never rests (a spinner, a film in an advertisement) does not.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from app.excerpt import fitted
from capture.footage import Footage
from capture.upright import Pixels, pixels

WIDTH = 640  # pixels of the pictures that are compared: a word is still more than a stain
PACE = 6.0  # of them a second
CELL = 16  # pixels of a square that is still or not

_NOISE = 24  # levels of grey that compression makes of nothing
_STIR = 1.0  # white pixels: a cell with more than this has changed
# White pixels' worth of change: less is a caret, up to the other it may be one and has to stay longer than it blinks.
_LEAST, _SURE = 8.0, 40.0
_REST, _LONG_REST = 0.3, 0.8  # seconds without a change
_WINDOW, _RESTLESS = 2.0, 4  # seconds, and changes within them of what never rests
_MOST_CELLS, _WAIT = 0.5, 3.0  # where as many cells move, a frame is taken after so many seconds all the same

Grey = NDArray[np.uint8]
Cells = NDArray[np.float32]


def serve(task: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Yield the number and the moment of each key frame of the video at ``path``, and meanwhile how far it is."""
    cv2.setNumThreads(1)
    with closing(Footage(task["path"])) as footage:
        facts = footage.facts
        if facts.rate > 3 * PACE:
            footage.hurry()
        for seconds, is_key in looked_through(_small(footage)):
            if is_key:
                yield {"moment": seconds, "number": round(seconds * facts.rate)}, b""
            elif round(seconds * PACE) % round(10 * PACE) == 0:
                yield {"at": seconds}, b""


def key_frames(frames: Iterable[tuple[float, Grey]]) -> Iterator[float]:
    """Yield the moments at which grey pictures of one size, each with its time, show something new."""
    return (seconds for seconds, is_key in looked_through(frames) if is_key)


def looked_through(frames: Iterable[tuple[float, Grey]]) -> Iterator[tuple[float, bool]]:
    """Yield the time of each picture, and whether it shows something new."""
    eye: _Eye | None = None
    for seconds, picture in frames:
        if eye is None:
            eye = _Eye(seconds, picture)
            yield seconds, True
        else:
            yield seconds, eye.sees_news(seconds, picture)


def small(picture: Pixels) -> Grey:
    """Return a picture as it is compared: grey."""
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def _small(footage: Footage) -> Iterator[tuple[float, Grey]]:
    size = fitted(footage.facts.width, footage.facts.height, WIDTH)
    times = [n / PACE for n in range(max(1, int(footage.facts.seconds * PACE)))]
    for seconds, frame in footage.at(times):
        yield seconds, small(pixels(frame, *size))


class _Eye:
    """Compares each picture with the one before and with the last one that was taken."""

    def __init__(self, seconds: float, picture: Grey) -> None:
        self._taken, self._taken_at = picture, seconds
        self._before = picture
        cells = _change(picture, picture)
        self._stirred = np.full(cells.shape, seconds - _LONG_REST, np.float32)  # when each cell last changed
        self._recent: deque[tuple[float, NDArray[np.bool_]]] = deque()

    def sees_news(self, seconds: float, picture: Grey) -> bool:
        """Tell whether something new has come to rest; then this picture is the one that was taken last."""
        stirs = _change(self._before, picture) > _STIR
        self._before = picture
        self._stirred[stirs] = seconds
        self._recent.append((seconds, stirs))
        while self._recent[0][0] < seconds - _WINDOW:
            self._recent.popleft()
        restless = np.sum([one for _, one in self._recent], axis=0) >= _RESTLESS
        if not (self._is_new(seconds, picture, restless) or self._is_all_moving(seconds, restless)):
            return False
        self._taken, self._taken_at = picture, seconds
        return True

    def _is_new(self, seconds: float, picture: Grey, restless: NDArray[np.bool_]) -> bool:
        change = _change(self._taken, picture)
        change[restless] = 0
        rest = seconds - self._stirred + 1e-4
        return bool(change[rest >= _REST].sum() >= _SURE or change[rest >= _LONG_REST].sum() >= _LEAST)

    def _is_all_moving(self, seconds: float, restless: NDArray[np.bool_]) -> bool:
        return seconds - self._taken_at >= _WAIT and bool(restless.mean() > _MOST_CELLS)


def _change(one: Grey, other: Grey) -> Cells:
    """Return by how many white pixels each cell differs."""
    difference = cv2.absdiff(one, other)
    difference[difference < _NOISE] = 0
    height, width = (-(-side // CELL) for side in difference.shape)
    padded = np.zeros((height * CELL, width * CELL), np.float32)
    padded[: difference.shape[0], : difference.shape[1]] = difference
    return np.asarray(padded.reshape(height, CELL, width, CELL).sum(axis=(1, 3)) / 255, np.float32)
