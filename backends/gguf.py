"""What the head of a GGUF file says of the model in it.

Files come from strangers: every length is checked before it is believed.  Read in the worker only.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PROJECTOR = "clip"  # the architecture of a file that gives a model eyes

_MAGIC = b"GGUF"
_LENGTH = 2**20  # bytes of one text, and entries of one list
_ENTRIES = 10_000
# Sizes in bytes of the simple types, by their number; text and lists are apart.
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_WHOLE = {4: "<I", 5: "<i", 10: "<Q", 11: "<q"}
_TEXT, _LIST = 8, 9


class NotGgufError(Exception):
    """The file is none, or its head makes no sense."""


@dataclass(frozen=True, slots=True)
class Head:
    """`architecture` is the engine's name for the kind of model, `context` what it was trained for in tokens, or 0."""

    architecture: str
    context: int


def read_head(path: Path) -> Head:
    """Return what the file says of itself; raises `NotGgufError`, `OSError`."""
    with path.open("rb") as file:
        if file.read(4) != _MAGIC:
            raise NotGgufError("no magic")
        _, _, entries = struct.unpack("<IQQ", _taken(file, 20))
        return _head(file, min(entries, _ENTRIES))


def _head(file: IO[bytes], entries: int) -> Head:
    architecture, context = "", 0
    for _ in range(entries):
        key = _text(file).decode("utf-8", "replace")
        if key.startswith("tokenizer."):  # long lists, and after them nothing that is asked for
            break
        (kind,) = struct.unpack("<I", _taken(file, 4))
        if key == "general.architecture" and kind == _TEXT:
            architecture = _text(file).decode("utf-8", "replace")
        elif key.endswith(".context_length") and kind in _WHOLE:
            (context,) = struct.unpack(_WHOLE[kind], _taken(file, _SIZES[kind]))
        else:
            _skip(file, kind)
    if not architecture:
        raise NotGgufError("no architecture")
    return Head(architecture, max(context, 0))


def _skip(file: IO[bytes], kind: int) -> None:
    if kind in _SIZES:
        _taken(file, _SIZES[kind])
    elif kind == _TEXT:
        _text(file)
    elif kind == _LIST:
        inner, count = struct.unpack("<IQ", _taken(file, 12))
        if count > _LENGTH or inner == _LIST:
            raise NotGgufError("a list too long")
        for _ in range(count):
            _skip(file, inner)
    else:
        raise NotGgufError(f"type {kind}")


def _text(file: IO[bytes]) -> bytes:
    (length,) = struct.unpack("<Q", _taken(file, 8))
    if length > _LENGTH:
        raise NotGgufError("a text too long")
    return _taken(file, length)


def _taken(file: IO[bytes], size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise NotGgufError("too short")
    return data
