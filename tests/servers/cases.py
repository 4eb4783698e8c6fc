"""One table of conversations that every server is put through, as data."""

import json
from dataclasses import dataclass
from pathlib import Path

from app.model import Role, Thinking

COLORS: dict[str, list[int]] = json.loads(Path(__file__).with_name("texts.json").read_text())["colors"]


@dataclass(frozen=True, slots=True)
class Painted:
    """A picture of one colour."""

    color: str
    width: int = 112
    height: int = 112


@dataclass(frozen=True, slots=True)
class Filmed:
    """A clip of four seconds that changes its colour half way."""

    first: str
    last: str


Content = str | Painted | Filmed


@dataclass(frozen=True, slots=True)
class Case:
    """A conversation: its turns, and what a model with eyes answers to them (a scripted one does not care)."""

    name: str
    turns: tuple[tuple[Role, tuple[Content, ...]], ...]
    answer: str = ""
    thinking: Thinking = Thinking.ON

    @property
    def filmed(self) -> bool:
        """Whether there is a clip in it."""
        return any(isinstance(content, Filmed) for _, contents in self.turns for content in contents)


def _asked(*contents: Content) -> tuple[tuple[Role, tuple[Content, ...]], ...]:
    return ((Role.USER, contents),)


_HISTORY: tuple[tuple[Role, tuple[Content, ...]], ...] = (
    (Role.USER, (Painted("green"), "What is this?")),
    (Role.ASSISTANT, ("I see one picture: green.",)),
)

# Put to the models that say a script: what counts is that the server takes it and how the reply comes.
SPOKEN = (
    Case("text", _asked("Hello there")),
    Case("nothing", _asked("")),
    Case("thinking off", _asked("Hello there"), thinking=Thinking.OFF),
    Case("a system prompt", ((Role.SYSTEM, ("Be brief.",)), *_asked("Hello there"))),
    Case("long Chinese", _asked("这张截图里写了什么?请一行一行地读给我听。" * 10)),
    Case("control and quote characters", _asked('a\t"b"\\c\u2028d\x1be 🦉')),
    Case("a picture and text", _asked(Painted("red", 320, 240), "What is it?")),
    Case("four pictures", _asked(*(Painted(color) for color in ("red", "green", "blue", "white")))),
    Case("turns before", (*_HISTORY, *_asked("And what did I just ask?"))),
    Case("turns before, thinking off", (*_HISTORY, *_asked("Why?")), thinking=Thinking.OFF),
    Case("a clip", _asked(Filmed("red", "blue"), "What happens?")),
    Case("a picture and a clip", _asked(Painted("red"), Filmed("red", "blue"), "Compare.")),
)

# Put to the models that see: what counts is that the right pixels arrive, in the right order.
SEEN = (
    *(
        Case(f"a {color} picture", _asked(Painted(color), "Which colour?"), f"I see one picture: {color}.")
        for color in COLORS
    ),
    Case("no picture", _asked("What do you see?"), "I see no picture."),
    Case("a screenshot", _asked(Painted("orange", 1280, 720), "?"), "I see one picture: orange."),
    Case("two pictures", _asked(Painted("red"), Painted("blue"), "?"), "I see two pictures: red, blue."),
    Case("and the other way", _asked(Painted("blue"), Painted("red"), "?"), "I see two pictures: blue, red."),
    Case(
        "a picture after a picture",
        (*_HISTORY, *_asked(Painted("white"), "And this?")),
        "I see two pictures: green, white.",
    ),
    Case(
        "a picture, thinking off",
        _asked(Painted("purple"), "Which colour?"),
        "I see one picture: purple.",
        thinking=Thinking.OFF,
    ),
    Case("a clip", _asked(Filmed("green", "black"), "?"), "I see a video. It starts green and ends black."),
    Case(
        "a clip backwards",
        _asked(Filmed("black", "green"), "?"),
        "I see a video. It starts black and ends green.",
    ),
)
