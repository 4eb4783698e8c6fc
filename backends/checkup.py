"""What a server says of itself, and what a test of it found, as our words.  Pure."""

from dataclasses import replace
from typing import Any

from app.errors import BackendError, Broken, Busy, Refused, Rejected, Unreachable
from app.model import Checkup, Health, Limits

NO_MODEL = "backend.no_model", "backend.no_models"

_HEALTH: dict[type[BackendError], Health] = {
    Unreachable: Health.UNREACHABLE,
    Broken: Health.UNREACHABLE,
    Refused: Health.REFUSED,
    Rejected: Health.REFUSED,
    Busy: Health.LOADING,
}


def failed(error: BackendError, models: tuple[str, ...]) -> Checkup:
    """Return the result of a test that ended in `error`."""
    if error.sentence.key in NO_MODEL:
        return Checkup(Health.NO_MODEL, error.sentence, models)
    return Checkup(_HEALTH.get(type(error), Health.UNREACHABLE), error.sentence, models)


def listed(reply: object) -> tuple[str, ...]:
    """Return the names of the models in a reply of ``/models``, in the server's order."""
    return tuple(name for entry in _entries(reply) if isinstance(name := entry.get("id"), str) and name)


def with_models(limits: Limits, reply: object, model: str) -> Limits:
    """Return the limits with the context length that vLLM and SGLang tell in ``/models``."""
    for entry in _entries(reply):
        length = _count(entry.get("max_model_len"))
        if length and entry.get("id") == model:
            return replace(limits, context=length)
    return limits


def with_properties(limits: Limits, reply: object) -> Limits:
    """Return the limits with what llama.cpp tells in ``/props``: its context, and whether it can see."""
    properties = _mapping(reply)
    context = _count(_mapping(properties.get("default_generation_settings")).get("n_ctx"))
    blind = _mapping(properties.get("modalities")).get("vision") is False
    return replace(
        limits,
        context=context or limits.context,
        pictures=0 if blind else limits.pictures,
    )


def _entries(reply: object) -> list[dict[str, Any]]:
    data = _mapping(reply).get("data")
    return [entry for entry in data if isinstance(entry, dict)] if isinstance(data, list) else []


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
