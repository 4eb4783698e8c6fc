"""What was answered about many files: one whole line of JSON each, on stdout or at the end of a file."""

import json
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any, Protocol

from app import plain
from app.errors import StoreError, Unreadable
from app.files import unwritable
from app.i18n import say
from app.model.messages import Reply, Usage
from app.model.sentences import Sentence
from app.printing import json_line

_BEGINS = b'{"file": '  # every line of ours


@dataclass(frozen=True, slots=True)
class Asked:
    """What makes an answer the answer: a file with this content (SHA-256 in hex), a question, who was asked."""

    file: str
    digest: str
    question: str
    model: str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file; `reply` is None where it was not even asked about.

    `left_out` is how many of its pages were not sent.
    """

    asked: Asked
    reply: Reply | None = None
    fault: Sentence | None = None
    left_out: int = 0

    def line(self) -> bytes:
        """Return the line, the error as a sentence."""
        reply = self.reply
        fault = self.fault or (reply.fault if reply else None)
        usage: Usage | None = reply.usage if reply else None
        values = {
            **plain.to_plain(self.asked),
            "answer": reply.answer if reply else "",
            "reasoning": reply.reasoning if reply else "",
            "ended": plain.to_plain(reply.ended) if reply else None,
            "usage": plain.to_plain(usage),
            "left_out": self.left_out,
            "error": say(fault) if fault is not None else None,
        }
        return json_line(values)

    @property
    def failed(self) -> bool:
        """Whether there is an error."""
        return self.fault is not None or self.reply is None or self.reply.fault is not None


class Results(Protocol):
    """Where lines go."""

    def has(self, asked: Asked) -> bool:
        """Say whether this has been answered already."""
        ...

    def add(self, line: bytes) -> None:
        """Write a whole line."""
        ...


class Printed:
    """Lines on stdout."""

    def has(self, _: Asked) -> bool:
        """Know of nothing: what was printed before is the reader's."""
        return False

    def add(self, line: bytes) -> None:
        """Print a line; raises `BrokenPipeError` when nobody reads any more."""
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()


class Appended:
    """Lines at the end of a file, each on the disk before the next; what it holds already counts."""

    def __init__(self, file: FileIO, answered: set[Asked]) -> None:
        self._file = file
        self._answered = answered

    def has(self, asked: Asked) -> bool:
        """Say whether the file held an answer when it was opened."""
        return asked in self._answered

    def add(self, line: bytes) -> None:
        """Append a line, whole or not at all; raises `Full`."""
        whole = self._file.seek(0, os.SEEK_END)
        rest = memoryview(line)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
            os.fsync(self._file.fileno())
        except OSError as error:
            self._file.truncate(whole)
            raise unwritable(error) from error


@contextmanager
def appended(path: Path, question: str, model: str) -> Iterator[Appended]:
    """Open a file of results, made if it is missing, to append to; a line that a crash has torn off is taken away.

    Raises `Unreadable` for a file that holds anything else, and `StoreError` where it cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
    except OSError as error:
        raise StoreError("cli.cannot_write", name=str(path), why=error.strerror or str(error)) from error
    with os.fdopen(descriptor, "rb+", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Unreadable("results.strange", name=path.name)
        answered, whole = _read(path, question, model)
        file.truncate(whole)
        yield Appended(file, answered)


def _read(path: Path, question: str, model: str) -> tuple[set[Asked], int]:
    """Return what the file has answers to, of this question to this model, and how many bytes are whole lines."""
    answered: set[Asked] = set()
    whole = 0
    with path.open("rb") as lines:
        for line in lines:
            found = _parsed(line)
            is_torn = not line.endswith(b"\n") and line[: len(_BEGINS)] == _BEGINS[: len(line)]
            if found is None and not is_torn:
                raise Unreadable("results.strange", name=path.name)
            if found is None or is_torn:
                break
            whole += len(line)
            if found.get("error") is None and (found["question"], found["model"]) == (question, model):
                # The question and the model are ours, and so in memory once.
                answered.add(Asked(found["file"], found["digest"], question, model))
    return answered, whole


def _parsed(line: bytes) -> dict[str, Any] | None:
    """Return the line as an object, None if it is none of ours."""
    try:
        found = json.loads(line) if line.startswith(_BEGINS) else None
    except (ValueError, RecursionError):
        return None
    names = ("file", "digest", "question", "model")
    is_ours = isinstance(found, dict) and all(isinstance(found.get(name), str) for name in names)
    return found if is_ours else None
