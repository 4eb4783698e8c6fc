"""What a backend is asked."""

from dataclasses import dataclass, field
from enum import StrEnum

from app.model.attachments import Clip, Picture
from app.model.profiles import Effort, Sampling, Thinking


class Role(StrEnum):
    """Who says a part of a request."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


Part = str | Picture | Clip


@dataclass(frozen=True, slots=True)
class Said:
    """One turn of a request."""

    role: Role
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Begun:
    """A reply that is to go on from here.

    Without an answer the thinking is over and the answer comes now; with one it goes on exactly where it stopped.
    """

    reasoning: str
    answer: str


@dataclass(frozen=True, slots=True)
class Request:
    """What a backend is asked: the turns in order, the last one the user's.

    `budget` and `effort` are as in `Profile`.  With `begun`, only what is new is streamed.
    """

    turns: tuple[Said, ...]
    model: str = ""
    thinking: Thinking = Thinking.ON
    sampling: Sampling = field(default_factory=Sampling)
    budget: int | None = None
    effort: Effort | None = None
    begun: Begun | None = None
