"""What a test of a server found, as our words.  Pure."""

from app.errors import BackendError, Broken, Busy, Refused, Rejected, Unreachable
from app.model.checkups import Checkup, Health, Server
from backends.told import count, mapping

NO_MODEL = "backend.no_model", "backend.no_models"

_HEALTH: dict[type[BackendError], Health] = {
    Unreachable: Health.UNREACHABLE,
    Broken: Health.UNREACHABLE,
    Refused: Health.REFUSED,
    Rejected: Health.REFUSED,
    Busy: Health.LOADING,
}


def failed(error: BackendError, models: tuple[str, ...], server: Server | None = None) -> Checkup:
    """Return the result of a test that ended in `error`."""
    if error.sentence.key in NO_MODEL:
        return Checkup(Health.NO_MODEL, error.sentence, models, server)
    return Checkup(_HEALTH.get(type(error), Health.UNREACHABLE), error.sentence, models, server)


def counted(reply: object) -> int | None:
    """Return the tokens in a reply of vLLM's ``/tokenize`` or llama.cpp's ``/input_tokens``."""
    told = mapping(reply)
    return count(told.get("count")) or count(told.get("input_tokens"))
