"""Words on their way out: to a terminal, where a model must not play with it, or to a pipe as they are."""

import os
import sys
import unicodedata
from typing import TextIO

_DIM, _PLAIN = "\x1b[2m", "\x1b[0m"


def prepare() -> None:
    """Have no stream stumble over what its encoding lacks: half a character, or Chinese in an old console."""
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace")):
        stream.reconfigure(errors=errors)  # type: ignore[union-attr]


def write(stream: TextIO, text: str, *, dim: bool = False) -> None:
    """Write and flush; on a terminal only what is to be read, perhaps `dim`."""
    if stream.isatty():
        text = printable(text)
        if dim and _has_colours():
            text = f"{_DIM}{text}{_PLAIN}"
    stream.write(text)
    stream.flush()


def complain(words: str) -> None:
    """Say on stderr what the user should know."""
    write(sys.stderr, f"glimpse: {words}\n")


def printable(text: str) -> str:
    """Return the text without what would move the cursor, ring, or rename the window."""
    return text if text.isprintable() else "".join(filter(_is_shown, text))


def _is_shown(character: str) -> bool:
    # Python holds the wide space that begins a Chinese paragraph for unprintable.
    return character in "\n\t" or character.isprintable() or unicodedata.category(character) == "Zs"


def _has_colours() -> bool:
    plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    return os.name == "posix" and not plain
