"""From the bytes of one reply to its events, up to the first fault.  Pure."""

import json

from app.errors import BackendError
from app.model.events import Event, Events
from backends.chunks import Chunks
from backends.errors import from_event
from backends.sse import Decoder

DONE = "[DONE]"


class Reading:
    """Reads one reply; what came before a fault is never lost to it."""

    def __init__(self, chunks: Chunks, *, key: str) -> None:
        self.done = False
        self.fault: Exception | None = None
        self._chunks = chunks
        self._decoder = Decoder()
        self._key = key

    def feed(self, piece: bytes) -> Events:
        """Return the events that `piece` completes; sets `done` at the end, `fault` at the first fault."""
        events: list[Event] = []
        try:
            for data in self._decoder.feed(piece):
                if data.startswith(DONE):
                    self.done = True
                    break
                # Grows as the chunk is read, so that a fault in it leaves what it said before.
                events.extend(self._chunks.read(self._chunk(data)))
        except (BackendError, ValueError, RecursionError) as error:
            self.fault = error
        return tuple(events)

    def _chunk(self, data: str) -> object:
        chunk = json.loads(data)
        if isinstance(chunk, dict):
            error = chunk.get("error") or (chunk if chunk.get("object") == "error" else None)
            if error:
                raise from_event(error, key=self._key)
        return chunk
