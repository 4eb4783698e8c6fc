"""What is said in a conversation and kept."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.model.attachments import Attachment
from app.model.profiles import Effort, Thinking
from app.model.sentences import Sentence

TITLE_LIMIT = 80  # characters of a conversation's title


class Ending(StrEnum):
    """How a reply ended; `WRITING` while it has not.

    FINISHED: the server said so.  STOPPED: the user did.  BROKEN: anything else.  CUT: the
    answer reached its length limit.
    """

    WRITING = "writing"
    FINISHED = "finished"
    STOPPED = "stopped"
    BROKEN = "broken"
    CUT = "cut"


class Steering(StrEnum):
    """By which means a model's thinking was controlled, or its reply made to go on; and why, where it was ended.

    TEMPLATE_SWITCH: the chat template was told whether to think.  THINKING_FIELD: the server was, in a field of its own.
    EFFORT: it was told how hard.  TOKEN_BUDGET: the server counts the thinking and ends it.  REASONING_END: the running
    thinking was ended from outside.  CONTINUED: the model went on in its own begun turn.  ASKED_AGAIN: it was asked
    anew, because the server knows no better way.

    ANSWER_NOW: the user wanted the answer at once.  BUDGET_SPENT: Glimpse counted the thinking, and its budget was spent.
    The means by which it was then ended comes after it.
    """

    TEMPLATE_SWITCH = "template_switch"
    THINKING_FIELD = "thinking_field"
    EFFORT = "effort"
    TOKEN_BUDGET = "token_budget"  # noqa: S105 - no password
    REASONING_END = "reasoning_end"
    CONTINUED = "continued"
    ASKED_AGAIN = "asked_again"
    ANSWER_NOW = "answer_now"
    BUDGET_SPENT = "budget_spent"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user wished of a model's thinking; `budget`, in tokens, and `effort` are as in `Profile`."""

    thinking: Thinking = Thinking.ON
    budget: int | None = None
    effort: Effort | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What a reply cost in tokens, as the server counted; `cached` of `prompt` were reused."""

    prompt: int
    completion: int
    reasoning: int | None = None
    cached: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One stored turn of the user."""

    id: int
    text: str
    attachments: tuple[Attachment, ...]
    asked: datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """One stored turn of a model; reasoning and answer are apart and never mixed.

    `thought` is how long it reasoned, in seconds; `profile` and `model` say who answered; `steering` by which means it
    was steered, in the order in which they were used; `wish` is None where that is not known.
    """

    id: int
    reasoning: str
    answer: str
    ended: Ending
    begun: datetime
    profile: str = ""
    model: str = ""
    thought: float | None = None
    fault: Sentence | None = None
    usage: Usage | None = None
    steering: tuple[Steering, ...] = ()
    wish: Wish | None = None


Message = Question | Reply


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation, without its messages."""

    id: int
    title: str
    created: datetime
    updated: datetime
