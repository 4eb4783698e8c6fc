"""A line to a server that remembers what was sent along it."""

import asyncio
import contextlib
from dataclasses import replace

from tests.model_servers import ModelServer


class Tap:
    """Stands before a server: `near` is the end to talk to, `sent` and `received` every byte that went through."""

    def __init__(self, far: ModelServer) -> None:
        self.near = far
        self.sent = bytearray()
        self.received = bytearray()
        self._far = far
        self._listener: asyncio.Server | None = None
        self._lines: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Listen."""
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._listener.sockets[0].getsockname()[1]
        self.near = replace(self._far, url=f"http://127.0.0.1:{port}/v1")

    async def aclose(self) -> None:
        """Hang up on everybody."""
        if self._listener is not None:
            self._listener.close()
        for line in self._lines:
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)

    def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lines.add(asyncio.create_task(self._connect(reader, writer)))

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, _, port = self._far.url.removesuffix("/v1").removeprefix("http://").partition(":")
        try:
            there, back = await asyncio.open_connection(host, int(port))
        except OSError:  # nobody is there: neither are we
            writer.close()
            return
        try:
            await asyncio.gather(_carry(reader, back, self.sent), _carry(there, writer, self.received))
        finally:
            for end in (writer, back):
                end.close()
                with contextlib.suppress(ConnectionError):
                    await end.wait_closed()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, kept: bytearray) -> None:
    """Carry bytes one way to their end, and keep them."""
    try:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                kept += data
                writer.write(data)
                await writer.drain()
    finally:
        writer.close()
