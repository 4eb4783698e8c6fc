"""What is on a screen or a picture: places, monitors, pixels and lines of text.  Lengths are physical pixels."""

from dataclasses import dataclass


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
class Line:
    """One line of text found in a picture, where it stands, and how sure the reader is (0…1)."""

    text: str
    box: Box
    score: float = 1.0
