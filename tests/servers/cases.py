"""One table of conversations that every server is put through, as data.

What each server is known to do otherwise is in `tests.servers.kinds`.
"""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from app.model.profiles import Sampling, Thinking

COLORS: dict[str, list[int]] = json.loads(Path(__file__).with_name("texts.json").read_text())["colors"]


@dataclass(frozen=True, slots=True)
class Painted:
    """A picture of one colour."""

    color: str
    width: int = 112
    height: int = 112


@dataclass(frozen=True, slots=True)
class Filmed:
    """A clip of so many seconds that changes its colour half way."""

    first: str
    last: str
    seconds: int = 4


Content = str | Painted | Filmed


@dataclass(frozen=True, slots=True)
class Earlier:
    """A turn that was answered before: what was asked, thought and said."""

    asked: tuple[Content, ...]
    answer: str
    reasoning: str = ""


class Model(StrEnum):
    """Which of the tiny models is asked.

    SCRIPT says the same whatever it is asked; MOE too, with the architecture of GLM-4.5V rather than that of GLM-4.1V;
    EYES says which colours it sees.
    """

    SCRIPT = "script"
    MOE = "moe"
    EYES = "eyes"


@dataclass(frozen=True, slots=True)
class Case:
    """A conversation and how it ends where a server does all that it should.

    `answer` is what eyes say; a script is always the same.  `fault` is the key of the sentence with which it is
    refused instead.  `hurried`: it is told to answer now, three words into its thinking.  `title` is what the column of the table is called.
    """

    title: str
    asked: tuple[Content, ...]
    answer: str = ""
    fault: str = ""
    before: tuple[Earlier, ...] = ()
    system: str = ""
    thinking: Thinking = Thinking.ON
    sampling: Sampling = field(default_factory=Sampling)
    budget: int | None = None
    hurried: bool = False
    model: Model = Model.SCRIPT

    @property
    def name(self) -> str:
        """Return the title as a file can be called."""
        return "-".join("".join(c if c.isalnum() else " " for c in self.title.lower()).split())


_GREEN = Earlier((Painted("green"), "What is this?"), "I see one picture: green.", "Let me look.")
_PALETTE = tuple(COLORS)


def _seen(
    title: str, *asked: Content, answer: str, before: tuple[Earlier, ...] = (), quiet: bool = False
) -> Case:
    thinking = Thinking.OFF if quiet else Thinking.ON
    return Case(title, asked, answer, before=before, thinking=thinking, model=Model.EYES)


# Put to a model that says a script: what counts is that the server takes it and how the reply comes.
SPOKEN = (
    Case("text", ("Hello there",)),
    Case("nothing at all", ("",)),
    Case("thinking off", ("Hello there",), thinking=Thinking.OFF),
    Case("thinking budgeted", ("Hello there",), budget=4),
    Case("answer now", ("Hello there",), hurried=True),
    Case("thinking as the model likes", ("Hello there",), thinking=Thinking.ALWAYS),
    Case("a system prompt", ("Hello there",), system="Be brief."),
    Case("long Chinese", ("这张截图里写了什么?请一行一行地读给我听。" * 10,)),
    Case("control and quote characters", ('a\t"b"\\c\u2028d\x1be 🦉',)),
    Case("sampling", ("Hello there",), sampling=Sampling(temperature=0.8, top_p=0.6, max_tokens=500)),
    Case("one picture", (Painted("red", 320, 240), "What is it?")),
    Case("two pictures", (Painted("red"), Painted("blue"), "Compare.")),
    Case("fifty pictures", (*(Painted(_PALETTE[n % len(_PALETTE)]) for n in range(50)), "How many?")),
    Case("a clip", (Filmed("red", "blue"), "What happens?")),
    Case("a picture and a clip", (Painted("red"), Filmed("red", "blue"), "Compare.")),
    Case("history with reasoning", ("And what did I just ask?",), before=(_GREEN,)),
    Case("history, thinking off", ("Why?",), before=(_GREEN,), thinking=Thinking.OFF),
    Case("too long for the context", ("word " * 10_000,), fault="backend.too_long"),
)

# The same of a mixture of experts, as GLM-4.5V is.
MIXED = (
    Case("text, GLM-4.5V", ("Hello there",), model=Model.MOE),
    Case("thinking off, GLM-4.5V", ("Hello there",), thinking=Thinking.OFF, model=Model.MOE),
    Case("a picture and a clip, GLM-4.5V", (Painted("red"), Filmed("red", "blue"), "?"), model=Model.MOE),
)

# Put to a model that sees: what counts is that the right pixels arrive, in the right order.
SEEN = (
    *(
        _seen(f"a {color} picture", Painted(color), "Which colour?", answer=f"I see one picture: {color}.")
        for color in COLORS
    ),
    _seen("no picture", "What do you see?", answer="I see no picture."),
    _seen("a screenshot", Painted("orange", 1280, 720), "?", answer="I see one picture: orange."),
    _seen("two in order", Painted("red"), Painted("blue"), "?", answer="I see two pictures: red, blue."),
    _seen("and the other way", Painted("blue"), Painted("red"), "?", answer="I see two pictures: blue, red."),
    _seen(
        "a picture after a picture",
        *(Painted("white"), "And this?"),
        answer="I see two pictures: green, white.",
        before=(_GREEN,),
    ),
    _seen(
        "a picture, thinking off",
        *(Painted("purple"), "Which colour?"),
        answer="I see one picture: purple.",
        quiet=True,
    ),
    _seen(
        "what a clip means",
        *(Filmed("green", "black"), "?"),
        answer="I see a video. It starts green and ends black.",
    ),
    _seen(
        "what it means backwards",
        *(Filmed("black", "green"), "?"),
        answer="I see a video. It starts black and ends green.",
    ),
)

CASES = (*SPOKEN, *MIXED, *SEEN)
