"""Keys pressed together, as a person writes them: ``ctrl+shift+a``."""

from dataclasses import dataclass

from app.errors import NotAllowed

MODIFIERS = ("ctrl", "alt", "shift", "super")

FUNCTION_KEYS = tuple(f"f{number}" for number in range(1, 25))
_CHARACTERS = tuple("abcdefghijklmnopqrstuvwxyz0123456789")

# Every key that can end a chord, with the name X11 and the portals give it.
KEYSYMS = (
    {character: character for character in _CHARACTERS}
    | {key: key.upper() for key in FUNCTION_KEYS}
    | {
        "print": "Print",
        "pause": "Pause",
        "space": "space",
        "enter": "Return",
        "escape": "Escape",
        "tab": "Tab",
        "backspace": "BackSpace",
        "insert": "Insert",
        "delete": "Delete",
        "home": "Home",
        "end": "End",
        "pageup": "Prior",
        "pagedown": "Next",
        "up": "Up",
        "down": "Down",
        "left": "Left",
        "right": "Right",
        "minus": "minus",
        "equal": "equal",
        "comma": "comma",
        "period": "period",
        "slash": "slash",
        "semicolon": "semicolon",
        "grave": "grave",
    }
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
}


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
        return "+".join(part.capitalize() for part in (*self.modifiers, self.key))


def parse(text: str) -> Chord:
    """Read a chord; raises `NotAllowed` for what is none, or would keep people from typing."""
    parts = [_ALIASES.get(part, part) for part in text.lower().replace(" ", "").split("+")]
    *modifiers, key = parts
    if key not in KEYSYMS or len(set(modifiers)) != len(modifiers) or not set(modifiers) <= set(MODIFIERS):
        raise NotAllowed("hotkeys.nonsense", chord=text)
    if key not in _SILENT and not set(modifiers) - {"shift"}:
        raise NotAllowed("hotkeys.bare", chord=text)
    return Chord(tuple(modifier for modifier in MODIFIERS if modifier in modifiers), key)
