"""A server that plays what others are documented to send, for those that cannot be run here."""

import asyncio
import json
from pathlib import Path
from typing import Any

from tests.model_servers import TEXTS, ModelServer

TRANSCRIPTS = Path(__file__).parents[1] / "fixtures" / "transcripts"
ROOM = 40_000  # characters of a text that are too many for every transcript


class Player:
    """Plays the transcripts in one folder."""

    def __init__(self, name: str, preset: str) -> None:
        self._folder = TRANSCRIPTS / name
        self._preset = preset
        self._listener: asyncio.Server | None = None

    async def open(self) -> ModelServer:
        """Listen, and return the address as a server's."""
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._listener.sockets[0].getsockname()[1]
        url = f"http://127.0.0.1:{port}/v1"
        return ModelServer(self._preset, url, self._folder, thought=TEXTS["thought"], answer=TEXTS["answer"])

    async def aclose(self) -> None:
        """Stop listening."""
        if self._listener is not None:
            self._listener.close()
            await self._listener.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").lower().splitlines()
        length = next(int(line[15:]) for line in lines if line.startswith("content-length:"))
        file = self._folder / _reply(json.loads(await reader.readexactly(length)))
        streams = file.suffix == ".sse"
        status = "200 OK" if streams else "400 Bad Request"
        kind = "text/event-stream" if streams else "application/json"
        data = file.read_bytes()
        writer.write(
            f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        writer.write(data)
        await writer.drain()
        writer.close()


def _reply(body: dict[str, Any]) -> str:
    """Return the file that answers a request."""
    if len(json.dumps(body["messages"][-1])) > ROOM and "base64" not in json.dumps(body["messages"][-1]):
        return "too-long.json"
    if body["messages"][-1]["role"] == "assistant":
        return "quiet.sse"  # it goes on where that ends
    told = body.get("thinking", {}).get("type"), body.get("chat_template_kwargs", {}).get("enable_thinking")
    return "quiet.sse" if told in (("disabled", None), (None, False)) else "thinking.sse"
