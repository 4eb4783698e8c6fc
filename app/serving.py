"""A model server on this machine, in plain words: how it is started, and what is told of it while it runs."""

import shlex
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.model.profiles import Profile

VLLM, SGLANG = "vllm", "sglang"
# The presets whose server Glimpse starts, and what each one starts.
ENGINES = {"vllm_here": VLLM, "sglang_here": SGLANG}


def url_of(port: int) -> str:
    """Return where a server at a port of this machine answers, up to ``/v1``."""
    return f"http://127.0.0.1:{port}/v1"


@dataclass(frozen=True, slots=True)
class Served:
    """A model that can be served: as its hub knows it, the name it is then served under, and its size in bytes."""

    weights: str
    model: str
    size: int


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be started: an engine with a model, as its hub knows that, at a port of this machine."""

    engine: str
    weights: str
    port: int


def order_of(profile: Profile) -> Order | None:
    """Return what has to run for a profile to answer, None where that is not for Glimpse to start."""
    engine = ENGINES.get(profile.preset)
    if engine is None:
        return None
    try:
        port = urlsplit(profile.base_url).port
    except ValueError:  # no number, or none of a port
        port = None
    return Order(engine, profile.service.weights, port or 0)


@dataclass(frozen=True, slots=True)
class Launch:
    """A command line: its words, what it needs in its environment, and what will answer where.

    `weights` is the model as its hub knows it, `model` the name it is served under; `port` is one of 127.0.0.1.
    """

    words: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]
    weights: str
    model: str
    port: int

    @property
    def url(self) -> str:
        """Where it answers, up to ``/v1``."""
        return url_of(self.port)

    def serves(self, order: Order | None) -> bool:
        """Tell whether it is what was ordered."""
        return order == Order(self.words[0], self.weights, self.port)

    def line(self) -> str:
        """Return it as one would type it into a shell."""
        return " ".join(
            [*(f"{name}={shlex.quote(value)}" for name, value in self.environment), shlex.join(self.words)]
        )


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of its log."""

    line: str


@dataclass(frozen=True, slots=True)
class LoadProgress:
    """How far it has come, 0 to 1, with what it names; with fetching the model if `fetching`, else with loading it."""

    what: str
    part: float
    fetching: bool


@dataclass(frozen=True, slots=True)
class Ready:
    """It answers at `url` and has `model`."""

    url: str
    model: str


News = LogLine | LoadProgress | Ready
