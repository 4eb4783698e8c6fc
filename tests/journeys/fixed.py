"""What a journey finds when it begins: settings made earlier, another program's window, a server to tease."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from app import plain
from app.model import Profile
from app.settings import READER, Settings
from tests.journeys.desktop import Desktop

NEIGHBOUR = """
import sys
from PySide6.QtWidgets import QApplication, QWidget
colour, x, y, width, height = sys.argv[1], *map(int, sys.argv[2:6])
app = QApplication([])
window = QWidget()
window.setWindowTitle("Neighbour")
window.setStyleSheet(f"background: {colour}")
window.setGeometry(x, y, width, height)
window.show()
app.exec()
"""


def write_settings(desktop: Desktop, *profiles: Profile, **values: Any) -> None:
    """Put settings where a Glimpse of this desktop will look for them; the last profile is in use."""
    chosen = profiles[-1].id if profiles else READER.id
    settings = Settings(profiles=(READER, *profiles), profile=chosen, **values)
    file = Path(desktop.env["GLIMPSE_HOME"]) / "config/settings.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(plain.to_plain(settings)))


class SlowServer(ThreadingHTTPServer):
    """Thinks, then counts without end, a word each `pace` seconds; counts who listens."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.pace = 0.05
        self.listeners = 0
        self.bodies: list[dict[str, Any]] = []
        self.hang_up = threading.Event()

    @property
    def profile(self) -> Profile:
        """The profile of this server."""
        return Profile("slow", "Slow server", "vllm", f"http://127.0.0.1:{self.server_port}/v1", "m")


class _Handler(BaseHTTPRequestHandler):
    server: SlowServer

    def do_POST(self) -> None:
        self.server.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.server.listeners += 1
        try:
            self._talk()
        except OSError:
            pass  # the listener has gone, which is what `listeners` is there to tell
        finally:
            self.server.listeners -= 1

    def _talk(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self._say({"reasoning": "I will count. "})
        number = 0
        while not self.server.hang_up.is_set():
            number += 1
            self._say({"content": f"word{number} "})
            time.sleep(self.server.pace)

    def _say(self, delta: dict[str, str]) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": None}
        chunk = {
            "id": "1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "m",
            "choices": [choice],
        }
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""


@contextmanager
def slow_server(port: int = 0) -> Iterator[SlowServer]:
    """Serve until the block ends; then nobody answers at its port."""
    with SlowServer(port) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.hang_up.set()
            server.shutdown()
            thread.join()
