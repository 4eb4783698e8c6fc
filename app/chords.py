"""Keys pressed together, as a person writes them: ``ctrl+shift+a``."""

import sys
from dataclasses import dataclass

from app.errors import NotAllowed

MODIFIERS = ("ctrl", "alt", "shift", "super")

FUNCTION_KEYS = tuple(f"f{number}" for number in range(1, 25))
_CHARACTERS = tuple("abcdefghijklmnopqrstuvwxyz0123456789")

_NAMED = (
    *("print", "pause", "space", "enter", "escape", "tab", "backspace", "insert", "delete"),
    *("home", "end", "pageup", "pagedown", "up", "down", "left", "right"),
    *("minus", "equal", "comma", "period", "slash", "semicolon", "grave"),
)

# Every key that can end a chord.
KEYS = (*_CHARACTERS, *FUNCTION_KEYS, *_NAMED)

# Where the keys that write something are, by the number that Linux and Windows give the place.  On a keyboard of
# another script a chord means the place where its letter is on an American one.
PLACES = (
    dict(zip("1234567890", range(2, 12), strict=True))
    | {"minus": 12, "equal": 13, "semicolon": 39, "grave": 41, "comma": 51, "period": 52, "slash": 53}
    | dict(zip("qwertyuiop", range(16, 26), strict=True))
    | dict(zip("asdfghjkl", range(30, 39), strict=True))
    | dict(zip("zxcvbnm", range(44, 51), strict=True))
)

# These type nothing, so they may be taken alone or with Shift.
_SILENT = frozenset((*FUNCTION_KEYS, "print", "pause"))

_ALIASES = {
    "control": "ctrl",
    "option": "alt",
    "cmd": "super",
    "command": "super",
    "win": "super",
    "meta": "super",
    "printscreen": "print",
    "return": "enter",
    "esc": "escape",
    "del": "delete",
    "ins": "insert",
    "pgup": "pageup",
    "pgdown": "pagedown",
    "pgdn": "pagedown",
    "-": "minus",
    "=": "equal",
    ",": "comma",
    ".": "period",
    "/": "slash",
    ";": "semicolon",
    "`": "grave",
}

# How keys are called on them, where that is not their capitalised name.
_LABELS = {name: sign for sign, name in _ALIASES.items() if len(sign) == 1} | {
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "escape": "Esc",
}
_OWN_LABELS = {"darwin": {"super": "Cmd", "alt": "Option"}, "win32": {"super": "Win"}}


@dataclass(frozen=True, slots=True)
class Chord:
    """A key and the modifiers held with it, in the order of `MODIFIERS`."""

    modifiers: tuple[str, ...]
    key: str

    def __str__(self) -> str:
        return "+".join((*self.modifiers, self.key))

    @property
    def label(self) -> str:
        """The chord as people see it on their keys: ``Ctrl+Shift+A``."""
        labels = _LABELS | _OWN_LABELS.get(sys.platform, {})
        return "+".join(labels.get(part, part.capitalize()) for part in (*self.modifiers, self.key))


def parse(text: str) -> Chord:
    """Read a chord; raises `NotAllowed` for what is none, or would keep people from typing."""
    parts = [_ALIASES.get(part, part) for part in text.lower().replace(" ", "").split("+")]
    *modifiers, key = parts
    if key not in KEYS or len(set(modifiers)) != len(modifiers) or not set(modifiers) <= set(MODIFIERS):
        raise NotAllowed("hotkeys.nonsense", chord=text)
    if key not in _SILENT and not set(modifiers) - {"shift"}:
        raise NotAllowed("hotkeys.bare", chord=text)
    return Chord(tuple(modifier for modifier in MODIFIERS if modifier in modifiers), key)


def label(text: str) -> str:
    """Return a chord, or one modifier, as people see it on their keys; what is none as it is written."""
    if text in MODIFIERS:
        return Chord((), text).label
    try:
        return parse(text).label
    except NotAllowed:
        return text
