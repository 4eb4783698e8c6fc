"""A backend as the user set it up."""

from dataclasses import dataclass, field
from enum import StrEnum


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
class Service:
    """A server that Glimpse starts on this machine: its model as the hub knows it, and whether it outlives the app."""

    weights: str = ""
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """One backend as the user set it up; `preset` names its dialect in `backends.presets`.

    `budget` is the most it may think, in tokens, and None leaves that to it; `effort` is None for the model's own;
    `weights` are those of a preset that needs no server, `service` is what one starts that Glimpse starts.
    `in_words`: what the built-in reader read is put into words, too, where the model for that has been fetched.
    `careful`: pictures are looked through for secrets before they are sent; None where that is left to the address.
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
    service: Service = field(default_factory=Service)
    in_words: bool = True
    careful: bool | None = None
