"""Foreign text inside our own Markdown: shown as it is, never obeyed.  Pure."""

import re

# Only what could mean something: the text is also read, searched and copied as it stands.
_INLINE = re.compile(r"[\\`*\[\]<>~|]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
_LIST = re.compile(r"^(\d{1,9})(?=[.)](?:\s|$))")
_BLOCK = re.compile(r"^(?=[#+=-](?:[\s#=-]|$))")


def literal(text: str) -> str:
    """Return one line of text as Markdown that shows exactly that text, white space apart."""
    line = _INLINE.sub(r"\\\g<0>", " ".join(text.split()))
    return _BLOCK.sub(r"\\", _LIST.sub(r"\1\\", line))
