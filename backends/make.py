"""From a profile to the backend that speaks for it."""

from pathlib import Path

from app.model.limits import Limits
from app.model.profiles import Profile, Weights
from app.ports import Backend, Blobs, Ocr
from backends import presets
from backends.engine import Engine
from backends.on_this_computer import OnThisComputer
from backends.openai_compatible import OpenAICompatible
from backends.reader import Reader
from backends.wording import Wording

READER = "reader"


def make(
    profile: Profile, *, key: str, blobs: Blobs, ocr: Ocr, engine: Engine, wording: Weights | None = None
) -> Backend:
    """Return a profile's backend; nothing is connected yet.

    `key` is the server's secret, empty for none; `blobs` holds the media of requests; `ocr` is what the
    built-in reader reads with, and `wording` the model that puts it into words, if it has been fetched;
    `engine` runs the model of a profile that needs no server.
    """
    if profile.preset == READER:
        if wording is None or not profile.in_words:
            return Reader(ocr)
        speaker = Profile(profile.id, profile.name, presets.LOCAL, weights=wording)
        model = OnThisComputer(speaker, engine=engine, blobs=blobs)
        return Reader(ocr, Wording(model, Path(wording.model)))
    if profile.preset == presets.LOCAL:
        return OnThisComputer(profile, engine=engine, blobs=blobs)
    return OpenAICompatible(profile, key=key, blobs=blobs)


def limits(profile: Profile) -> Limits:
    """Return what the profile's backend takes, as far as that is known without asking it."""
    return presets.limits(profile)
