"""One row of the table: what was measured, of ours and of a peer or floor, in one run."""

from dataclasses import dataclass
from enum import StrEnum


class Held(StrEnum):
    """What is held against the goal: how many times the peer ours is, how much more than it, or ours itself."""

    RATIO = "ratio"
    DIFFERENCE = "difference"
    OURS = "ours"


@dataclass(frozen=True, slots=True)
class Figure:
    """`ours` and `peer` in `unit`; the goal is the most that may be, with `at_least` the least.

    With None for a goal it is there to be seen.  Without a peer there is no figure: `ValueError`.
    """

    name: str
    ours: float
    peer: float
    peer_name: str
    unit: str
    goal: float | None
    held: Held = Held.RATIO
    at_least: bool = False

    def __post_init__(self) -> None:
        if not (self.peer > 0 and self.ours >= 0):
            raise ValueError(f"{self.name}: {self.ours} {self.unit} beside {self.peer} is no measurement")

    @property
    def ratio(self) -> float:
        """How many times the peer ours is."""
        return self.ours / self.peer

    @property
    def met(self) -> bool:
        """Whether the goal is met; always, where there is none."""
        if self.goal is None:
            return True
        value = {Held.RATIO: self.ratio, Held.DIFFERENCE: self.ours - self.peer, Held.OURS: self.ours}[
            self.held
        ]
        return value >= self.goal if self.at_least else value <= self.goal
