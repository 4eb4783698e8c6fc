"""Replies as raw sockets send them, whole and broken; and what the tests ask of the error that comes of it."""

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Any

from app.model.events import Steered
from app.model.messages import Steering

Behave = Callable[[asyncio.StreamWriter], Awaitable[None]]

KEY = "sk-canary-0123456789abcdef"
STREAM = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
OPEN_END = STREAM + "Connection: close\r\n\r\n"
CHUNKED = STREAM + "Transfer-Encoding: chunked\r\n\r\n"


def chunk(text: str = "", *, reason: str | None = None, **delta: Any) -> dict[str, Any]:
    """Return one piece of a reply."""
    said = {"content": text} if text else {}
    return {"choices": [{"index": 0, "delta": said | delta, "finish_reason": reason}]}


def event(data: Any, end: str = "\n\n") -> bytes:
    """Return an event of a stream as it is sent."""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return f"data: {text}{end}".encode()


SWITCHED = Steered(Steering.TEMPLATE_SWITCH)
HELLO = event(chunk("Hello"))
STOP = event(chunk(reason="stop"))
DONE = event("[DONE]")


def sends(*pieces: Any, head: Any = OPEN_END, pause: Any = 0.0, then: Any = None) -> Behave:
    """Behave: send the head and the pieces, then end the connection, or do what `then` says."""

    async def behave(writer: Any) -> None:
        writer.write(head.encode())
        for piece in pieces:
            writer.write(piece)
            if pause:
                await writer.drain()
                await asyncio.sleep(pause)
        await writer.drain()
        if then is not None:
            await then(writer)
        writer.close()

    return behave


def replies(status: int, body: Any, *headers: Any) -> Behave:
    """Behave: answer with this status and body, JSON where it is not bytes."""

    async def behave(writer: Any) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(data)}", *headers, "", ""]
        writer.write("\r\n".join(lines).encode() + data)

    return behave


async def reset(writer: Any) -> None:
    """End a connection with a reset."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def hang(_writer: Any) -> None:
    """Say nothing more, longer than anybody waits."""
    await asyncio.sleep(30)


def told(heard: Any) -> Any:
    """Return the kind of error that was heard, and the key of its sentence."""
    assert heard.error is not None, "the fault went unnoticed"
    return type(heard.error), heard.error.sentence.key
