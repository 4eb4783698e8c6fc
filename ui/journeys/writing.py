"""A reply on its way, through all its tries."""

from dataclasses import dataclass

from app.chat import Turn, has_text
from app.fit import NOTHING, Cut
from app.model.messages import Message, Reply
from app.model.profiles import Profile
from ui.journeys.retrying import Pause


@dataclass(frozen=True, slots=True)
class Wanted:
    """The reply that is wanted: to the last of these messages of a conversation, without what is cut.

    `old` is an earlier reply, which the new one replaces, or which, with `going_on`, goes on.
    """

    thread: int
    messages: tuple[Message, ...]
    cut: Cut = NOTHING
    old: Reply | None = None
    going_on: bool = False


@dataclass(slots=True)
class Writing:
    """A reply from the moment the user asked for it: Stop works before there is a turn to stop, and between two tries.

    `profile` answers; `kept` is the best reply to the question so far.
    """

    profile: Profile
    turn: Turn | None = None
    pause: Pause | None = None
    kept: Reply | None = None
    stopped: bool = False

    def begin(self, turn: Turn) -> None:
        """Take the turn that has been opened."""
        self.turn = turn
        if self.stopped:
            turn.stop()

    def stop(self) -> None:
        """End it here, and try no more."""
        self.stopped = True
        if self.pause is not None:
            self.pause.end(again=False)
        elif self.turn is not None:
            self.turn.stop()

    def answer_now(self) -> None:
        """End the thinking and have the answer follow."""
        if self.turn is not None:
            self.turn.answer_now()

    def try_now(self) -> None:
        """End the pause between two tries."""
        if self.pause is not None:
            self.pause.end(again=True)

    def hand_to(self, profile: Profile) -> None:
        """Have another backend answer instead, unless something has come by now."""
        if self.pause is not None:
            self.profile = profile
            self.pause.end(again=True)
        elif self.turn is not None and not has_text(self.turn.so_far()):
            self.profile = profile
            self.turn.stop()
