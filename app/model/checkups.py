"""What was found where somebody looked: a server, a backend, this machine."""

from dataclasses import dataclass
from enum import StrEnum

from app.model.limits import Sight
from app.model.sentences import Sentence


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
