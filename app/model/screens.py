"""What is on a screen or a picture: places, monitors, pixels and lines of text.  Lengths are physical pixels."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in physical pixels; on a desktop the origin is the virtual screen's."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Monitor:
    """One screen: where it lies on the virtual desktop and what the system calls it."""

    box: Box
    name: str = ""
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Shot:
    """One monitor as it looked: `pixels` are BGRX, 4 bytes each, rows packed, top row first."""

    monitor: Monitor
    width: int
    height: int
    pixels: bytes | bytearray


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """A window of some application, with its frame, where it lies on the virtual desktop."""

    box: Box
    title: str = ""
    active: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the pixels do not say: the windows, the topmost first, and where the pointer is (None: not told)."""

    windows: tuple[OpenWindow, ...] = ()
    pointer: tuple[int, int] | None = None


class Target(StrEnum):
    """What a capture is of."""

    REGION = "region"  # what the user picks
    LAST = "last"  # the region that was picked last
    WINDOW = "window"  # the window under the pointer
    ACTIVE = "active"  # the window that has the keys
    SCREEN = "screen"  # the monitor under the pointer
    MONITOR = "monitor"  # the monitor with a certain corner
    DESKTOP = "desktop"  # all monitors in one picture


@dataclass(frozen=True, slots=True)
class Aim:
    """What to capture, after how many seconds; `corner` is the left upper one of a MONITOR."""

    target: Target = Target.REGION
    corner: tuple[int, int] | None = None
    delay: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text found in a picture, where it stands, and how sure the reader is (0…1).

    `pieces` are those it was joined of, from the left, where they stand apart; none if it is in one piece.
    """

    text: str
    box: Box
    score: float = 1.0
    pieces: "tuple[Line, ...]" = ()
