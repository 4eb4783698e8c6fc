"""Keys that work everywhere: what became of those that were wanted, and of a press that tried one."""

from dataclasses import dataclass
from enum import StrEnum

from app.model.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Binding:
    """What became of one key: `keys` as its owner sees them, or a `fault`, why it cannot be had."""

    keys: str = ""
    fault: Sentence | None = None


class Fired(StrEnum):
    """What became of a key that was pressed to try it."""

    HEARD = "heard"
    SWALLOWED = "swallowed"  # pressed, and it came to somebody else
    HELD = "held"  # not pressed, because the user holds keys down
    BUSY = "busy"  # not pressed, because another application has the whole keyboard
    BY_HAND = "by_hand"  # only the user can press keys here
