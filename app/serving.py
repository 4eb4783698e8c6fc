"""A model server on this machine, in plain words: how it is started, and what is told of it while it runs."""

import shlex
from dataclasses import dataclass


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
        return f"http://127.0.0.1:{self.port}/v1"

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
