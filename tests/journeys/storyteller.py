"""A server that tells one story, as slowly as it is told to: pictures need it to hold still."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from app.model import Profile
from tests.journeys.stories import Story

MODEL = "glm-4.5v"
_PIECE = 4  # letters that come at once
_HELD = 60.0  # seconds after which nobody is expected to say `go_on` any more


class Storyteller(ThreadingHTTPServer):
    """Thinks and answers as a real server does.

    `hold` makes it pause in the middle of its reasoning until `go_on` is set; `dies` breaks the connection in
    the middle of the answer.
    """

    daemon_threads = True

    def __init__(self, story: Story) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.story = story
        self.pace = 0.02
        self.hold = self.dies = False
        self.go_on = threading.Event()

    @property
    def profile(self) -> Profile:
        """The profile of this server."""
        return Profile("glm", "GLM-4.5V", "vllm", f"http://127.0.0.1:{self.server_port}/v1", MODEL)


class _Handler(BaseHTTPRequestHandler):
    server: Storyteller

    def do_GET(self) -> None:
        body = json.dumps({"object": "list", "data": [{"id": MODEL, "max_model_len": 65_536}]}).encode()
        self._begin("application/json")
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._begin("text/event-stream")
        with contextlib.suppress(BrokenPipeError):  # the listener has had enough
            self._answer()

    def _answer(self) -> None:
        story = self.server.story
        middle = len(story.reasoning) // 2
        self._tell("reasoning", story.reasoning[:middle])
        if self.server.hold:
            self.server.go_on.wait(_HELD)
        self._tell("reasoning", story.reasoning[middle:])
        if self.server.dies:
            self._tell("content", story.unfinished)
            return
        self._tell("content", story.answer)
        self._send({}, "stop")
        self.wfile.write(b"data: [DONE]\n\n")

    def _begin(self, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()

    def _tell(self, field: str, text: str) -> None:
        for start in range(0, len(text), _PIECE):
            self._send({field: text[start : start + _PIECE]}, None)
            time.sleep(self.server.pace)

    def _send(self, delta: dict[str, Any], finish: str | None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        chunk = {
            "id": "1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": MODEL,
            "choices": [choice],
        }
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())

    def log_message(self, *_: object) -> None:
        """Keep the terminal clean."""


@contextmanager
def storyteller(story: Story) -> Iterator[Storyteller]:
    """Serve a story until the block ends."""
    with Storyteller(story) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.go_on.set()
            server.shutdown()
            thread.join()
