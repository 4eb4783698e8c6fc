"""Looks at one area of the desktop again and again, and notices when nothing has changed."""

import contextlib
import time
from collections.abc import Callable, Sequence
from typing import Any

import mss
import numpy as np
from mss.exception import ScreenShotError

from app.errors import NoScreen
from app.model.screens import Box, Monitor
from capture.recording.film import Pixels
from capture.recording.marks import Mark, Marks
from capture.recording.place import seen

_LOOK_ROUND = 1.0  # seconds between two looks at the monitors themselves

# How mss says that the monitor or the server is gone: of the server it takes for granted that it answers.
_GONE = (ScreenShotError, AssertionError)

Monitors = Callable[[], Sequence[Monitor]]


class Eye:
    """Sees one area, `box`; `monitors` says where there are any, `marks` what is drawn on top."""

    def __init__(self, box: Box, monitors: Monitors, marks: Marks | None) -> None:
        self.box = box
        self._place = {"left": box.left, "top": box.top, "width": box.width, "height": box.height}
        self._monitors = monitors
        self._on_monitors = seen(box, monitors())
        self._looked_round = time.monotonic()
        self._marks = marks
        self._marked: tuple[Mark, ...] = ()
        self._beneath: list[tuple[Pixels, Pixels]] = []  # parts of the last picture, and what they were
        self._last: bytearray | None = None
        self._camera = mss.MSS()

    def look(self) -> Pixels | None:
        """Return the area as it is now, height × width × BGRX, or None if it is as it was; raises `NoScreen`."""
        self._look_round()
        try:
            shot: Any = self._camera.grab(self._place)
        except _GONE as error:
            raise NoScreen("recording.area_gone") from error
        marks = self._marks.look() if self._marks else ()
        self._wipe()
        if shot.raw == self._last and marks == self._marked:
            return None
        self._last, self._marked = shot.raw, marks
        picture: Pixels = np.frombuffer(shot.raw, np.uint8).reshape(self.box.height, self.box.width, 4)
        self._draw(picture)
        return picture

    def close(self) -> None:
        """Let go of the desktop."""
        with contextlib.suppress(*_GONE):  # already
            self._camera.close()
        if self._marks is not None:
            self._marks.close()

    def _look_round(self) -> None:
        """Notice a monitor that is gone: the desktop may go on showing its last picture, or black."""
        if time.monotonic() - self._looked_round < _LOOK_ROUND:
            return
        self._looked_round = time.monotonic()
        if seen(self.box, self._monitors()) < self._on_monitors:
            raise NoScreen("recording.area_gone")

    def _draw(self, picture: Pixels) -> None:
        parts = [picture[self._part(mark.box)] for mark in self._marked]
        self._beneath = [(part, part.copy()) for part in parts]
        for mark in self._marked:
            mark.draw(picture, self.box.left, self.box.top)

    def _wipe(self) -> None:
        """Give the last picture back what was drawn over, so that it can be compared with the next."""
        for part, was in self._beneath:
            part[:] = was
        self._beneath = []

    def _part(self, box: Box) -> tuple[slice, slice]:
        left, top = box.left - self.box.left, box.top - self.box.top
        return (
            slice(max(top, 0), max(top + box.height, 0)),
            slice(max(left, 0), max(left + box.width, 0)),
        )
