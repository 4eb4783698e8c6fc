"""What a backend streams."""

from dataclasses import dataclass

from app.model.messages import Ending, Steering, Usage


@dataclass(frozen=True, slots=True)
class Reasoning:
    """A piece of what the model thinks."""

    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A piece of what the model answers."""

    text: str


@dataclass(frozen=True, slots=True)
class Finish:
    """The server ended the reply and said how: `FINISHED` or `CUT`."""

    ended: Ending


@dataclass(frozen=True, slots=True)
class Steered:
    """The reply is steered by this means."""

    by: Steering


@dataclass(frozen=True, slots=True)
class Looping:
    """The reply repeats itself: in its `answer`, or else in its thinking; with `over` it has found its way out."""

    answer: bool
    over: bool = False


Event = Reasoning | Answer | Usage | Finish | Steered | Looping


Events = tuple[Event, ...]
