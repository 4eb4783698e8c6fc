"""What is drawn on a picture of the desktop that is not in it: the pointer, and rings where a button was pressed."""

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from app.model.screens import Box
from capture.recording.film import Pixels

RING_SECONDS = 0.6
_SMALL, _LARGE, _THICK = 10, 26, 4  # pixels
_COLOUR = (0, 160, 255, 255)  # amber, as BGRX


class Mark(Protocol):
    """Something to be drawn; `box` is what it touches, on the desktop.  Equal ones look the same."""

    @property
    def box(self) -> Box:
        """The part of the desktop that drawing it touches."""
        ...

    def draw(self, picture: Pixels, left: int, top: int) -> None:
        """Draw it on a picture whose first pixel lies there on the desktop."""
        ...


class Marks(Protocol):
    """Knows what is to be drawn at a moment."""

    def look(self) -> tuple[Mark, ...]:
        """Return the marks of now, the lowest first."""
        ...

    def close(self) -> None:
        """Let go of the desktop."""
        ...


@dataclass(frozen=True, slots=True)
class Cursor:
    """The pointer's picture: BGRA, multiplied by its own alpha, rows packed."""

    box: Box
    pixels: bytes

    def draw(self, picture: Pixels, left: int, top: int) -> None:
        """Lay it over the picture."""
        image = np.frombuffer(self.pixels, np.uint8).reshape(self.box.height, self.box.width, 4)
        x, y = self.box.left - left, self.box.top - top
        below = picture[max(y, 0) : max(y + self.box.height, 0), max(x, 0) : max(x + self.box.width, 0)]
        height, width = below.shape[:2]
        above = image[max(-y, 0) :, max(-x, 0) :][:height, :width].astype(np.uint16)
        below[:] = (above + below * (255 - above[..., 3:]) // 255).clip(0, 255)


@dataclass(frozen=True, slots=True)
class Ring:
    """A press of a button at a place of the desktop, `age` seconds ago."""

    x: int
    y: int
    age: float

    @property
    def box(self) -> Box:
        """The part of the desktop that drawing it touches."""
        reach = _LARGE + _THICK
        return Box(self.x - reach, self.y - reach, 2 * reach + 1, 2 * reach + 1)

    def draw(self, picture: Pixels, left: int, top: int) -> None:
        """Draw it, the older the larger and thinner."""
        grown = min(self.age / RING_SECONDS, 1)
        radius = round(_SMALL + (_LARGE - _SMALL) * grown)
        thick = max(1, round(_THICK * (1 - grown)))
        cv2.circle(picture, (self.x - left, self.y - top), radius, _COLOUR, thick, cv2.LINE_AA)
