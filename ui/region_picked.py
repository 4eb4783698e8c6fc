"""What was picked on the frozen screens, and what for."""

from dataclasses import dataclass
from enum import StrEnum

from app.model.screens import Box


class Outcome(StrEnum):
    """What is to become of what was picked."""

    ATTACH = "attach"
    COPY = "copy"
    SAVE = "save"
    PIN = "pin"


@dataclass(frozen=True, slots=True)
class Picked:
    """What was picked last, None for the whole desktop, and what for."""

    box: Box | None
    outcome: Outcome
