"""A kind of server as the settings offer it."""

import secrets
from collections.abc import Callable
from typing import NamedTuple

from app.i18n import say
from app.model.profiles import Profile, Service
from app.model.sentences import Sentence
from app.serving import Served


class Preset(NamedTuple):
    """A kind of server.

    `models` are what it is known to serve; `takes_effort` tells of a model whether it can be told how hard to think;
    `served` are the models that Glimpse can start it with, where it does that.
    """

    id: str
    label: str | Sentence
    base_url: str
    needs_key: bool
    models: tuple[str, ...]
    takes_effort: Callable[[str], bool] = lambda _: False
    served: tuple[Served, ...] = ()

    def profile(self) -> Profile:
        """Return a new profile of this kind."""
        first = self.served[0] if self.served else None
        model = first.model if first else next(iter(self.models), "")
        service = Service(first.weights) if first else Service()
        return Profile(secrets.token_hex(4), say(self.label), self.id, self.base_url, model, service=service)
