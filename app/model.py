"""The nouns of Glimpse: frozen values that every room may hold and print.

Nothing here does anything.  Lengths are physical pixels, sizes are bytes, times are seconds;
a field that is in another unit says so.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

PAGE_LIMIT = 2000  # pages read of one document
TEXT_LIMIT = 20_000  # characters kept of one page
TITLE_LIMIT = 80  # characters of a conversation's title

Args = tuple[tuple[str, str | int | float], ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """Something to tell the user: a key of the catalogue and what fills its gaps.

    It is kept and passed around untranslated, so that a stored one follows the language of
    whoever reads it.
    """

    key: str
    args: Args = ()


def sentence(key: str, **args: str | float) -> Sentence:
    """Return the `Sentence` with this catalogue key; `args` fill its `{gaps}`."""
    return Sentence(key, tuple(args.items()))


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in physical pixels; on a desktop the origin is the virtual screen's."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Monitor:
    """One screen: where it lies on the virtual desktop and what the system calls it."""

    box: Box
    name: str = ""
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Shot:
    """One monitor as it looked: `pixels` are BGRX, 4 bytes each, rows packed, top row first."""

    monitor: Monitor
    width: int
    height: int
    pixels: bytes | bytearray


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes kept by content: `digest` is the SHA-256 in hex, `size` in bytes."""

    digest: str
    size: int
    mime: str


@dataclass(frozen=True, slots=True)
class Picture:
    """One encoded picture, exactly as a model will get it (PNG or JPEG, written by us).

    `number` is the page it shows, counted from 1; `seconds` its time in a clip; `text` the text
    layer that came with the page, in reading order.  `whole` is the width and height it had before it was scaled
    down, None if it was not.
    """

    blob: Blob
    width: int
    height: int
    number: int | None = None
    seconds: float | None = None
    text: str = ""
    whole: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Clip:
    """A video file as it came; `rate` in frames per second, `seconds` its length."""

    blob: Blob
    width: int
    height: int
    seconds: float
    rate: float


class Kind(StrEnum):
    """What an attachment is."""

    PICTURE = "picture"
    DOCUMENT = "document"
    DECK = "deck"
    CLIP = "clip"


class Progress(StrEnum):
    """How far an attachment has been read."""

    READING = "reading"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Attachment:
    """Anything a user offered, as far as it has been read.

    `pictures` are pages, slides or stills in order; a picture has one.  `chosen` holds the page
    numbers that will be sent, empty for all.  `source` is the file as it came.  A deck that could not be drawn has no pictures
    but `text`.  `notice` says what the user should know, `fault` why it cannot be used.
    """

    id: str
    kind: Kind
    name: str
    progress: Progress = Progress.READING
    source: Blob | None = None
    pictures: tuple[Picture, ...] = ()
    clip: Clip | None = None
    text: str = ""
    total: int = 1
    chosen: tuple[int, ...] = ()
    notice: Sentence | None = None
    fault: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A question that has not been sent."""

    text: str = ""
    attachments: tuple[Attachment, ...] = ()


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
    """By which means a model's thinking was controlled, or its reply made to go on.

    TEMPLATE_SWITCH: the chat template was told whether to think.  THINKING_FIELD: the server was, in a field of its own.
    EFFORT: it was told how hard.  TOKEN_BUDGET: the server counts the thinking and ends it.  REASONING_END: the running
    thinking was ended from outside.  CONTINUED: the model went on in its own begun turn.  ASKED_AGAIN: it was asked
    anew, because the server knows no better way.
    """

    TEMPLATE_SWITCH = "template_switch"
    THINKING_FIELD = "thinking_field"
    EFFORT = "effort"
    TOKEN_BUDGET = "token_budget"  # noqa: S105 - no password
    REASONING_END = "reasoning_end"
    CONTINUED = "continued"
    ASKED_AGAIN = "asked_again"


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
    was steered, in the order in which they were used.
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


Message = Question | Reply


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation, without its messages."""

    id: int
    title: str
    created: datetime
    updated: datetime


class Thinking(StrEnum):
    """Whether a model is asked to reason; ALWAYS where it cannot be switched off."""

    ON = "on"
    OFF = "off"
    ALWAYS = "always"


class Effort(StrEnum):
    """How hard a model thinks that can be told nothing else about it (GLM-5.3-Flash)."""

    LOW = "low"
    HIGH = "high"
    MAX = "max"


@dataclass(frozen=True, slots=True)
class Sampling:
    """How a model picks its words; None leaves it to the server."""

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Weights:
    """A model that runs inside the app: the paths of its file and of the projector that gives it eyes.

    `context` is in tokens; `threads` that calculate and `layers` that a graphics card takes are None for what suits the
    machine.
    """

    model: str = ""
    projector: str = ""
    context: int = 16_384
    threads: int | None = None
    layers: int | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """One backend as the user set it up; `preset` names its dialect in `backends.presets`.

    `budget` is the most it may think, in tokens, and None leaves that to it; `effort` is None for the model's own;
    `weights` are those of a preset that needs no server.
    The key is not here: secrets live in `app.keys`, bound to the origin of `base_url`.
    """

    id: str
    name: str
    preset: str
    base_url: str = ""
    model: str = ""
    thinking: Thinking = Thinking.ON
    system: str = ""
    sampling: Sampling = field(default_factory=Sampling)
    budget: int | None = None
    effort: Effort | None = None
    weights: Weights = field(default_factory=Weights)


class Sight(StrEnum):
    """How a family of models looks at pictures and clips, which decides what they cost: see `app.sight`.

    UNKNOWN ones are taken to look as GLM-4.5V does.
    """

    UNKNOWN = "unknown"
    GLM_4V = "glm-4v"
    GLM_46V = "glm-4.6v"
    GLM_5 = "glm-5"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a backend can take, and how it counts; None means it sets no limit that we know of.

    `pictures` and `clips` count per request (`clips` 0: send stills instead); `pixels` is the
    most one picture may have and `picture_bytes`, `clip_bytes` the most one may weigh;
    `clip_mimes` are the containers it reads; `context` is prompt plus answer in tokens.
    `sight` is how its model looks at media, `words` how many times our estimate of a text its tokenizer makes of it;
    `counts`: it can be asked for the number, see `Backend.count`.
    """

    context: int | None = None
    pictures: int | None = None
    pixels: int | None = None
    picture_bytes: int | None = None
    clips: int = 0
    clip_bytes: int | None = None
    clip_mimes: tuple[str, ...] = ("video/mp4",)
    sight: Sight = Sight.UNKNOWN
    words: float = 1.0
    counts: bool = False


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


class Health(StrEnum):
    """What a test of a backend found."""

    WORKS = "works"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    NO_MODEL = "no_model"
    LOADING = "loading"


@dataclass(frozen=True, slots=True)
class Server:
    """Who answers at an address, as far as it tells: see `backends.probe`.

    `preset` names its dialect, empty where its kind is not known, and `label` is what that is called.  `models` are
    those it offers; the rest is about `model`: its `context` in tokens, whether it takes `pictures` and `clips` (None
    where it does not tell), and how it looks at them.
    """

    url: str
    preset: str = ""
    label: str | Sentence = ""
    version: str = ""
    models: tuple[str, ...] = ()
    model: str = ""
    context: int | None = None
    pictures: bool | None = None
    clips: bool | None = None
    sight: Sight = Sight.UNKNOWN


@dataclass(frozen=True, slots=True)
class Checkup:
    """The result of testing a backend, in one sentence, with the models it offers and who answered."""

    health: Health
    sentence: Sentence
    models: tuple[str, ...] = ()
    server: Server | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look at this machine found; `needed` where the main job cannot run without it."""

    works: bool
    sentence: Sentence
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text found in a picture, where it stands, and how sure the reader is (0…1)."""

    text: str
    box: Box
    score: float = 1.0
