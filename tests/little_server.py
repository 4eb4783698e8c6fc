"""A server that speaks a little OpenAI, for what no real one does on demand: to count without end, to die, to pause."""

import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

from app.model.profiles import Profile


class LittleServer(ThreadingHTTPServer, ABC):
    """Remembers the bodies and keys of what it is asked, and who listens; a subclass says what it answers."""

    daemon_threads = True
    name = "Little server"
    model = "m"

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Line)
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.listeners = 0
        self.refusals: list[int] = []  # with these statuses the next who ask are sent away …
        self.away = 1  # … for so many seconds
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        """Its address up to ``/v1``."""
        return f"http://127.0.0.1:{self.server_port}/v1"

    @property
    def profile(self) -> Profile:
        """A profile that asks it."""
        return Profile("little", self.name, "vllm", self.url, self.model)

    @abstractmethod
    def answer(self, line: "Line") -> None:
        """Say to the listener what is to be said; what is not ended with `Line.end` has broken off."""


class Line(BaseHTTPRequestHandler):
    """What connects one listener."""

    server: LittleServer

    def do_GET(self) -> None:
        """Tell of the model."""
        self._begin("application/json")
        self.wfile.write(json.dumps({"data": [{"id": self.server.model, "max_model_len": 65_536}]}).encode())

    def do_POST(self) -> None:
        """Hear a question and answer it."""
        server = self.server
        server.keys.append(self.headers["Authorization"])
        server.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        if server.refusals:
            self.send_response(server.refusals.pop(0))
            self.send_header("Retry-After", str(server.away))
            self.end_headers()
            return
        server.listeners += 1
        try:
            self._begin("text/event-stream")
            server.answer(self)
        except OSError:
            pass  # the listener has gone, which is what `listeners` is there to tell
        finally:
            server.listeners -= 1

    def say(self, **delta: str) -> None:
        """Say a piece: `reasoning="…"` or `content="…"`."""
        self._send(delta, None)

    def end(self, why: str = "stop") -> None:
        """Say that this was all."""
        self._send({}, why)
        self.wfile.write(b"data: [DONE]\n\n")

    def _begin(self, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()

    def _send(self, delta: dict[str, str], finish: str | None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        chunk = {
            "id": "1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": self.server.model,
            "choices": [choice],
        }
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""


Little = TypeVar("Little", bound=LittleServer)


@contextmanager
def serving(server: Little) -> Iterator[Little]:
    """Let a server serve until the block ends; then nobody answers at its port."""
    with server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()
