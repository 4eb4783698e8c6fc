"""How far our estimate of a text is off, learned for each model from what its server has counted.

Kept in a small file between two runs.  A model is in it as a digest of where and how it is served, its text as a number.
"""

import hashlib
import json
import logging
import statistics
from pathlib import Path
from typing import Any

from app.budget import media_tokens, words_tokens
from app.files import write_atomic
from app.model.attachments import Clip, Picture
from app.model.limits import Limits, Sight
from app.model.profiles import Profile
from app.model.requests import Request

LEAST, MOST = 0.5, 2.0  # times our estimate; what is beyond them is no tokenizer's doing
REMEMBERED = 7  # counts of each model, the latest
MODELS = 100  # the last used
ENOUGH = 50  # estimated tokens of text; of less there is nothing to learn

_LIMIT = 2**18  # bytes: a file that is longer is none of ours
_LOG = logging.getLogger(__name__)


class Calibration:
    """The learned counts; `file` is None for those of this run only."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._ratios = _read(file) if file is not None else {}

    def words(self, profile: Profile) -> float:
        """Return how many times our estimate of a text this profile's model makes of it; 1 while that is unknown."""
        ratios = self._ratios.get(_name(profile))
        return statistics.median(ratios) if ratios else 1.0

    def learn(self, profile: Profile, request: Request, limits: Limits, counted: int) -> bool:
        """Take in that the server counted so many tokens in a request; says whether there was something to learn.

        Nothing is learned from media that are looked at in a way we do not know.
        """
        strange = limits.sight is Sight.UNKNOWN and _has_media(request)
        estimated, words = words_tokens(request), counted - media_tokens(request, limits)
        if strange or request.begun is not None or estimated < ENOUGH or words <= 0:
            return False
        name = _name(profile)
        ratios = [*self._ratios.pop(name, []), min(max(words / estimated, LEAST), MOST)]
        self._ratios[name] = ratios[-REMEMBERED:]  # last in the order, too
        return True

    def save(self) -> None:
        """Write the file, if there is one; blocks.  What cannot be kept is learned again."""
        if self._file is None:
            return
        kept = dict(list(self._ratios.items())[-MODELS:])
        rounded = {name: [round(ratio, 4) for ratio in ratios] for name, ratios in kept.items()}
        try:
            write_atomic(self._file, json.dumps(rounded).encode())
        except OSError as error:
            _LOG.warning("what was learned about token counts is not kept: %s", error)


def _has_media(request: Request) -> bool:
    return any(isinstance(part, Picture | Clip) for turn in request.turns for part in turn.parts)


def _name(profile: Profile) -> str:
    told = f"{profile.preset}\n{profile.base_url}\n{profile.model}\n{profile.weights.model}"
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:16]


def _read(file: Path) -> dict[str, list[float]]:
    """Return what the file holds, as far as it makes sense; it is only ever a help."""
    try:
        with file.open("rb") as opened:
            data: Any = json.loads(opened.read(_LIMIT))
    except (OSError, ValueError, RecursionError):
        return {}
    found = data.items() if isinstance(data, dict) else ()
    return {
        name: ratios[-REMEMBERED:]
        for name, ratios in found
        if isinstance(ratios, list) and ratios and all(map(_is_ratio, ratios))
    }


def _is_ratio(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and LEAST <= value <= MOST
