"""Text from strangers, made fit to be shown on one line."""

import unicodedata

_BREAKS = {"Cc", "Zl", "Zp"}  # control characters, ends of lines and paragraphs
_HIDES = "Cf"  # cannot be seen, or turns what follows around
_HALF = "Cs"  # of a character: cannot be stored, nor written anywhere


def visible(text: str) -> str:
    """Return `text` on one line: nothing in it hides, breaks or turns around what stands beside it.

    What would break the line becomes a space, half of a character U+FFFD.
    """
    if not text.isprintable():
        text = "".join(map(_shown, text))
    return text.strip()


def _shown(character: str) -> str:
    kind = unicodedata.category(character)
    if kind in _BREAKS:
        return " "
    if kind == _HALF:
        return "\ufffd"
    return "" if kind == _HIDES else character
