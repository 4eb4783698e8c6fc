"""What a profile may hold, and how its numbers are written and read."""

import math
from urllib.parse import urlsplit

from app.model.profiles import Profile, Weights
from app.model.sentences import Sentence, sentence
from app.serving import Order, order_of
from app.settings import BUDGET_LIMIT, CONTEXTS, LAYER_LIMIT, THREAD_LIMIT

# The preset that lives in the app itself: always there, and nothing about it can be set.
READER = "reader"
# The preset of a model that runs in the app: it has files, and no address.
LOCAL = "local"

_HOTTEST = 2  # what every server takes at most
_DIGITS = 10
_PORTS = 1024, 65_535  # those below are the system's


def fault_of(profile: Profile) -> Sentence | None:
    """Return what is wrong with a profile, None when it can be saved."""
    if profile.preset == READER:
        return None
    sampling, order = profile.sampling, order_of(profile)
    heat, top_p, most = sampling.temperature, sampling.top_p, sampling.max_tokens
    checks = (
        ("settings.name_missing", bool(profile.name.strip())),
        ("settings.address_wrong", profile.preset == LOCAL or order or _is_address(profile.base_url)),
        ("settings.temperature_wrong", heat is None or 0 <= heat <= _HOTTEST),
        ("settings.top_p_wrong", top_p is None or 0 < top_p <= 1),
        ("settings.max_tokens_wrong", most is None or most > 0),
        ("settings.budget_wrong", profile.budget is None or 1 <= profile.budget <= BUDGET_LIMIT),
    )
    found = next((sentence(key) for key, fine in checks if not fine), None)
    if found is None and order is not None:
        return _order_fault(order)
    return found or (_weights_fault(profile.weights) if profile.preset == LOCAL else None)


def _order_fault(order: Order) -> Sentence | None:
    least, most = _PORTS
    if not order.weights:
        return sentence("service.model_missing")
    return None if least <= order.port <= most else sentence("service.port_wrong", least=least, most=most)


def _weights_fault(weights: Weights) -> Sentence | None:
    least, most = CONTEXTS
    threads, layers = weights.threads, weights.layers
    checks = (
        (sentence("local.model_missing"), bool(weights.model)),
        (sentence("local.context_wrong", least=least, most=most), least <= weights.context <= most),
        (sentence("local.threads_wrong", most=THREAD_LIMIT), threads is None or 1 <= threads <= THREAD_LIMIT),
        (sentence("local.layers_wrong", most=LAYER_LIMIT), layers is None or 0 <= layers <= LAYER_LIMIT),
    )
    return next((fault for fault, fine in checks if not fine), None)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text.strip())
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https") and bool(parts.hostname) and not any(map(str.isspace, text.strip()))
    )


def text_of(number: float | None) -> str:
    """Return the number as it is typed, empty for None."""
    if number is None:
        return ""
    return str(number) if isinstance(number, int) else f"{number:g}"


def number_of(text: str) -> float | None:
    """Return the number, None for an empty text and -1 for what is none."""
    if not text.strip():
        return None
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return -1
    return number if math.isfinite(number) else -1


def whole_of(text: str) -> int | None:
    """Return the whole number, None for an empty text and -1 for what is none."""
    if not text.strip():
        return None
    return int(text) if text.strip().isdecimal() and len(text) < _DIGITS else -1
