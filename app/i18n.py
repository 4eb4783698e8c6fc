"""Every sentence in every language: catalogues in `locale`, keyed alike.

``say("composer.send")`` or ``say(sentence)`` gives the words in the language chosen with `use`; that
key is "send" in ``locale/en/composer.json``.
A key may have a form for one: ``pages.one`` is taken instead of ``pages`` when ``n`` is 1.
"""

import json
import locale
import os
from functools import cache
from pathlib import Path

from app.model.sentences import Sentence

LANGUAGES = {"en": "English", "zh": "中文"}

_FOLDER = Path(__file__).with_name("locale")


def catalogue(language: str) -> dict[str, str]:
    """Return all sentences of one language by key."""
    sentences: dict[str, str] = {}
    for room in _rooms(language):
        sentences |= _sentences(language, room)
    return sentences


@cache
def _rooms(language: str) -> frozenset[str]:
    return frozenset(file.stem for file in (_FOLDER / language).iterdir())


@cache
def _sentences(language: str, room: str) -> dict[str, str]:
    """Return the sentences of one file by key."""
    found: dict[str, str] = json.loads((_FOLDER / language / f"{room}.json").read_text(encoding="utf-8"))
    return {f"{room}.{key}": words for key, words in found.items()}


class _Chosen:
    language = "en"


def use(language: str) -> None:
    """Speak this language from now on; an empty one means the system's."""
    _Chosen.language = language if language in LANGUAGES else system_language()


def language() -> str:
    """Return the language being spoken."""
    return _Chosen.language


def system_language() -> str:
    """Return the language of the environment, English when it is none of ours."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value[:2] if value[:2] in LANGUAGES else "en"
    found = (locale.getlocale()[0] or "en").lower()
    return "zh" if found.startswith(("zh", "chinese")) else "en"


def say(what: Sentence | str, **args: str | float) -> str:
    """Return `what` in the language chosen, its gaps filled from `args`."""
    if isinstance(what, Sentence):
        args = dict(what.args) | args
        what = what.key
    spoken, room = _Chosen.language, what.partition(".")[0]
    # Looked up first: what a stranger calls a room is not remembered, nor looked for on the disk.
    sentences = _sentences(spoken, room) if room in _rooms(spoken) else {}
    if args.get("n") == 1:
        what = what + ".one" if what + ".one" in sentences else what
    if what not in sentences:
        # Better shown than lost: it may be a stored sentence of a later version.  But never filled, for
        # it may as well come from a worker or a damaged row, and a pattern can reach and cost anything.
        return what
    try:
        return sentences[what].format_map(args)
    except (KeyError, ValueError, IndexError, OverflowError):
        return sentences[what]
