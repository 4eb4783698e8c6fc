"""What X11 and the portals call the keys of a chord."""

from app.chords import KEYS

_OWN_NAMES = {
    "print": "Print",
    "pause": "Pause",
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
}


def _keysym(key: str) -> str:
    # Function keys are F1 and so on; what writes something is called by what it writes.
    return key.upper() if key[0] == "f" and key[1:].isdecimal() else _OWN_NAMES.get(key, key)


KEYSYMS = {key: _keysym(key) for key in KEYS}
