"""A model server that answers at once, in a process of its own, so that its CPU is not counted.

The beginning of the path says how: ``/burst`` 5,000 deltas in one write, ``/paced`` as many at 1,000 a second,
``/word`` a single one; ``/long`` 100,000, no two in a row alike, and ``/thought`` as many of thinking, then one.
"""

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache

DELTAS = 5000
LONG = 100_000  # deltas of a long reply
RATE = 1000  # deltas a second, when paced
BURST, PACED, WORD, ANSWER, THOUGHT = "/burst/v1", "/paced/v1", "/word/v1", "/long/v1", "/thought/v1"

_PAGE = 2**20  # bytes of a request that are read at once


def _event(delta: dict[str, str], ending: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": ending}
    chunk = {"id": "c-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


_WORD = _event({"content": " word"})
_END = _event({}, "stop") + b"data: [DONE]\n\n"


@cache
def _reply(path: str) -> bytes:
    """Return the events that a path answers with."""
    if path.startswith(WORD):
        return _WORD + _END
    if path.startswith(ANSWER):
        return _many("content") + _END
    if path.startswith(THOUGHT):
        return _many("reasoning_content") + _WORD + _END
    return _WORD * DELTAS + _END


def _many(field: str) -> bytes:
    """Return a long reply in a field of the delta; its words are of one length."""
    return b"".join(_event({field: f" {number * 7919 % 10_007:05}"}) for number in range(LONG))


@contextlib.contextmanager
def running() -> Iterator[str]:
    """Give the address of a server that runs meanwhile, without a path."""
    process = subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.communicate()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer every request of one connection."""
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
            while length > 0:
                length -= len(await reader.read(min(length, _PAGE)))
            path = head.split(b" ", 2)[1].decode()
            reply = _reply(path)
            writer.write(_head(len(reply)))
            if path.startswith(PACED):
                await _pace(writer)
                writer.write(_END)
            else:
                writer.write(reply)
            await writer.drain()


def _head(length: int) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: {length}\r\n\r\n".encode()


async def _pace(writer: asyncio.StreamWriter) -> None:
    """Write each delta when it is due."""
    began, written = time.perf_counter(), 0
    while written < DELTAS:
        due = min(round((time.perf_counter() - began) * RATE), DELTAS)
        writer.write(_WORD * (due - written))
        written = due
        await writer.drain()
        await asyncio.sleep(1 / RATE)


async def _serve() -> None:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
