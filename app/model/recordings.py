"""Recordings of the screen: what is to be recorded, how it goes, and the film that comes of it."""

from dataclasses import dataclass
from enum import StrEnum

from app.model.screens import Box
from app.model.sentences import Sentence

SLOWEST, USUAL, FASTEST = 2, 5, 30  # frames a second; models look at two of them
LIMIT = 300.0  # seconds of a film, as much as a model watches of one
SHORTEST, LONGEST = 0.5, 4 * 3600.0
NOTICE = 15.0  # seconds before the limit from which on it is told
SMALLEST = 16  # pixels of a side


class Order(StrEnum):
    """What can be said to a recording while it runs."""

    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    DISCARD = "discard"


@dataclass(frozen=True, slots=True)
class Take:
    """What to record: `area`, or the `monitor` counted from 1, or without both the whole desktop.

    `rate` is in frames a second, `limit` in seconds.  `clicks` shows the buttons that are pressed.
    """

    area: Box | None = None
    monitor: int | None = None
    rate: int = USUAL
    pointer: bool = False
    clicks: bool = False
    microphone: bool = False
    system_sound: bool = False
    limit: float = LIMIT


@dataclass(frozen=True, slots=True)
class Rolling:
    """How a recording goes: `seconds` and `size` of the film so far, of what `width` and `height`.

    It has `slots` frames, of which `grabs` were looked at in their own time; the others repeat the one before.
    `ending` says that the limit is near.
    """

    seconds: float
    size: int
    width: int
    height: int
    slots: int
    grabs: int
    paused: bool = False
    ending: bool = False


@dataclass(frozen=True, slots=True)
class Film:
    """A recording that is finished: an MP4 file of `slots` frames at a constant `rate`.

    `why` says what ended it, if that was not the user.
    """

    path: str
    width: int
    height: int
    rate: int
    slots: int
    size: int
    why: Sentence | None = None

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return self.slots / self.rate
