"""What a canary test needs: a server that repeats the key it was sent wherever it can, and eyes on processes and files."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.little_server import Line, LittleServer

KEY = "Canary7f3a-0d1f9b"  # looks like no key, so that only who knows it can strike it out


class Telltale(LittleServer):
    """Treats each who asks to the next of its `tricks`, then answers."""

    name = "Telltale"

    def __init__(self, tricks: tuple[str, ...] = (), elsewhere: str = "") -> None:
        super().__init__()
        self.RequestHandlerClass = _TelltaleLine
        self.tricks = list(tricks)
        self.elsewhere = elsewhere  # the address to which it sends those who follow

    def answer(self, line: Line) -> None:
        """Say what does not tell anything."""
        line.say(reasoning="hm")
        line.say(content="forty two")
        line.end()


class _TelltaleLine(Line):
    server: Telltale

    def do_POST(self) -> None:  # noqa: N802 - so it is called
        if not (self.server.tricks and self.path.endswith("/chat/completions")):
            super().do_POST()
            return
        self.server.keys.append(self.headers["Authorization"])
        self.rfile.read(int(self.headers["Content-Length"]))
        key = self.headers["Authorization"].removeprefix("Bearer ")
        TRICKS[self.server.tricks.pop(0)](self, key)

    def reply(self, status: int, body: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def stream(self, *events: str) -> None:
        self._begin("text/event-stream")
        self.wfile.write("".join(f"data: {event}\n\n" for event in events).encode())


def _error(key: str) -> dict[str, dict[str, str]]:
    return {
        "error": {
            "message": f"Incorrect API key provided: {key}. Sent: Bearer {key}",
            "type": key,
            "code": key,
        }
    }


def _ended(line: _TelltaleLine, key: str) -> None:
    choice = {"index": 0, "delta": {"content": "half"}, "finish_reason": key}
    line.stream(json.dumps({"id": key, "model": key, "choices": [choice]}), "[DONE]")


def _moved(line: _TelltaleLine, key: str) -> None:
    line.reply(307, "", Location=f"{line.server.elsewhere}/{key}?key={key}#{key}")


def _status(line: _TelltaleLine, key: str) -> None:
    line.send_response(500, key)
    line.end_headers()


def _no_http(line: _TelltaleLine, key: str) -> None:
    line.wfile.write(f"{key} {key}\r\n{key}\r\n\r\n".encode())


TRICKS: dict[str, Callable[[_TelltaleLine, str], None]] = {
    "says it in words": lambda line, key: line.reply(500, f"panic: no such user: {key}"),
    "says it as JSON": lambda line, key: line.reply(400, json.dumps(_error(key))),
    "says it in JSON that is none": lambda line, key: line.reply(400, json.dumps(_error(key))[:-3]),
    "refuses it": lambda line, key: line.reply(
        401, json.dumps(_error(key)), WWW_Authenticate=f"Bearer {key}"
    ),
    "sends it away": _moved,
    "names a host after it": lambda line, key: line.reply(307, "", Location=f"https://{key}.example/"),
    "says it in headers": lambda line, key: line.reply(500, "", Content_Type=key, Content_Encoding=key),
    "calls the status so": _status,
    "says it in a stream": lambda line, key: line.stream(json.dumps(_error(key))),
    "says it in a stream that is none": lambda line, key: line.stream(f"{{{key}", key),
    "ends with it": _ended,
    "speaks no HTTP": _no_http,
}


def holding(folder: Path, secret: str = KEY) -> list[str]:
    """Return the files below a folder that hold the secret, in their names or in their bytes."""
    files = [file for file in folder.rglob("*") if file.is_file() and not file.is_symlink()]
    return [str(file) for file in files if tells(bytes(file) + file.read_bytes(), secret)]


def tells(text: bytes | str, secret: str = KEY) -> bool:
    """Say whether the secret is in it, in large letters or small."""
    data = text.encode() if isinstance(text, str) else text
    return secret.lower().encode() in data.lower()


@contextmanager
def watched(process: int) -> Iterator[dict[int, bytes]]:
    """Look at all descendants of a process until the block ends: their arguments and environments by process id."""
    seen: dict[int, bytes] = {}
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            for child, parent in _descendants(process):
                told = _told(child, parent)
                seen[child] = told or seen.get(child, b"")
            time.sleep(0.005)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def _descendants(process: int) -> list[tuple[int, int]]:
    """Return the children of a process, theirs and so on, each with its parent."""
    found, young = [], [process]
    while young:
        parent = young.pop()
        try:
            threads = list(Path(f"/proc/{parent}/task").iterdir())
            children = [
                int(child) for thread in threads for child in (thread / "children").read_text().split()
            ]
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended
        found += [(child, parent) for child in children]
        young += children
    return found


def _told(child: int, parent: int) -> bytes:
    """Return what a process tells everybody, nothing while it is only a fork that is about to become something."""
    try:
        arguments = Path(f"/proc/{child}/cmdline").read_bytes()
        if arguments == Path(f"/proc/{parent}/cmdline").read_bytes():
            return b""
        return arguments + Path(f"/proc/{child}/environ").read_bytes()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return b""  # it has ended, or has shut itself off
