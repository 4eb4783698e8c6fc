"""What the log of vLLM or SGLang says about its start: how far it is, and why it ended."""

import re
from collections.abc import Iterable

from app.errors import BackendError, Broken, Refused, Rejected
from app.serving import Launch, LoadProgress

_BAR = re.compile(r"(?:\(.{1,60}?\)\s*)?(?P<what>\S.{0,200}?):\s+(?P<percent>\d{1,3})%", re.ASCII)
_LOADING = "Loading", "Capturing", "Multi-thread loading"  # weights into memory, graphs from them
_SHOWN = 300  # characters of the line a server died with

# What a log says in small letters, and what that is; a likelier cause stands before what follows from it.
_REASONS: tuple[tuple[type[BackendError], str, tuple[str, ...]], ...] = (
    (
        Rejected,
        "launch.no_memory",
        (
            *("out of memory", "outofmemoryerror", "no available memory for the cache"),
            *("free memory on device", "available kv cache memory", "not enough memory"),
        ),
    ),
    (Rejected, "launch.port_taken", ("address already in use",)),
    (Refused, "launch.gated", ("gated repo", "gatedrepoerror", "401 client error", "403 client error")),
    (
        Rejected,
        "launch.unknown_model",
        ("repositorynotfounderror", "is not a valid model identifier", "404 client error"),
    ),
    (
        Broken,
        "launch.no_hub",
        ("couldn't connect to", "localentrynotfounderror", "offlinemodeisenabled", "max retries exceeded"),
    ),
)


def progress(line: str) -> LoadProgress | None:
    """Return how far a line says it is, None when it says nothing of it."""
    bar = _BAR.match(line)
    if bar is None:
        return None
    what = bar["what"]
    return LoadProgress(what, min(int(bar["percent"]), 100) / 100, fetching=not what.startswith(_LOADING))


def why(lines: Iterable[str], launch: Launch) -> BackendError:
    """Return why a server ended that was not asked to, from the end of its log."""
    told = tuple(lines)
    text = "\n".join(told).lower()
    for kind, key, signs in _REASONS:
        if any(sign in text for sign in signs):
            return kind(key, model=launch.weights, port=str(launch.port))
    last = next((line for line in reversed(told) if progress(line) is None), "")
    if not last:
        return Broken("launch.died_silently", program=launch.words[0])
    return Broken("launch.died", program=launch.words[0], line=last[:_SHOWN])
