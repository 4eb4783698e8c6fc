"""Server-sent events, as bytes come in.

Ours rather than the SDK's: what one read of the network brought comes out as one batch, no object is built
per token, and an event without end is refused before memory is full.
"""

import re
from collections.abc import Iterator

EVENT_LIMIT = 2**20  # bytes

_LINE_END = re.compile(rb"\r\n|\n|\r")


class EventTooLarge(ValueError):
    """A server sent an event that does not end."""


class Decoder:
    """Turns the bytes of a stream into the data of its events; comments and other fields are skipped."""

    def __init__(self) -> None:
        self._open = bytearray()  # the line that has not ended
        self._half = b""  # of a CRLF, perhaps: the line stays open until the next byte tells
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, piece: bytes) -> Iterator[str]:
        """Yield the data of each event that `piece` completes.

        Raises `EventTooLarge`, and `UnicodeDecodeError` for an event that is not UTF-8.
        """
        piece = self._half + piece
        self._half = b"\r" if piece.endswith(b"\r") else b""
        # Ends are looked for in what is new only: a long line would else be read again with every piece of it.
        *ends, rest = _LINE_END.split(piece.removesuffix(self._half))
        for end in ends:
            line = bytes(self._open + end)
            self._open.clear()
            if line:
                self._field(line)
            elif self._data:
                data, self._data, self._size = b"\n".join(self._data), [], 0
                yield data.decode()
        self._open += rest
        self._check(len(self._open))

    def _field(self, line: bytes) -> None:
        if line.startswith(b"data:"):
            value = line[5:].removeprefix(b" ")
            self._data.append(value)
            self._size += len(value) + 1
            self._check(0)

    def _check(self, more: int) -> None:
        if self._size + more > EVENT_LIMIT:
            raise EventTooLarge("an event is larger than any honest one")
