"""Frames on a pipe: how Glimpse and its worker processes talk.

A frame is two lengths (big-endian, 4 bytes each), a JSON object and raw bytes.  The receiver checks
both lengths before it reads on: a worker that has been taken over can only send a wrong answer.
"""

import json
import struct
from typing import IO, Any

HEAD_LIMIT = 8 * 2**20

_LENGTHS = struct.Struct(">II")

Frame = tuple[dict[str, Any], bytes]


class PipeError(Exception):
    """What came through the pipe is not a frame."""


def write_frame(pipe: IO[bytes], head: dict[str, Any], body: bytes | bytearray | memoryview = b"") -> None:
    """Write one frame and flush it; raises `OSError` when nobody reads any more."""
    # Plain ASCII, because a file name that is not UTF-8 must come out as it went in.
    text = json.dumps(head).encode("ascii")
    pipe.write(_LENGTHS.pack(len(text), len(body)))
    pipe.write(text)
    pipe.write(body)
    pipe.flush()


def read_frame(pipe: IO[bytes], most: int = 0) -> Frame | None:
    """Return the next frame, None at a clean end; raises `PipeError` on anything else.

    `most` is how many bytes its body may have.
    """
    lengths = pipe.read(_LENGTHS.size)
    if not lengths:
        return None
    if len(lengths) < _LENGTHS.size:
        raise PipeError("the pipe ended inside a frame")
    head_size, body_size = _LENGTHS.unpack(lengths)
    if head_size > HEAD_LIMIT or body_size > most:
        raise PipeError(f"a frame of {head_size} + {body_size} bytes is too large")
    text, body = pipe.read(head_size), pipe.read(body_size)
    if len(text) < head_size or len(body) < body_size:
        raise PipeError("the pipe ended inside a frame")
    try:
        head = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PipeError("the head of a frame is not JSON") from error
    if not isinstance(head, dict):
        raise PipeError("the head of a frame is not an object")
    return head, body
