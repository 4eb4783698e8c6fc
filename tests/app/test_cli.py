"""The shell's face, run as a user runs it: as a process, its streams and exit codes."""

import json
import os
import pty
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

GLIMPSE = str(Path(sys.executable).with_name("glimpse"))
DOCUMENTS = Path(__file__).parents[1] / "fixtures/documents"


def run(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [GLIMPSE, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LANG": "C.UTF-8", **environment},
        timeout=120,
    )


class Server(ThreadingHTTPServer):
    """Speaks a little OpenAI: says `pieces`, and remembers who asked what."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pieces: list[dict[str, str]] = [{"reasoning": "hm"}, {"content": "forty "}, {"content": "two"}]
        self.end = "stop"
        self.bodies: list[dict[str, object]] = []
        self.keys: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        self.server.keys.append(self.headers["Authorization"])
        self.server.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for piece in self.server.pieces:
            self._say({"index": 0, "delta": piece, "finish_reason": None})
        self._say({"index": 0, "delta": {}, "finish_reason": self.server.end})
        self.wfile.write(b"data: [DONE]\n\n")

    def _say(self, choice: dict[str, object]) -> None:
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


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def ask(server: Server, *more: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return run("ask", "why?", "--base-url", server.url, "--model", "m", *more, **environment)


def test_the_answer_goes_to_stdout_and_the_reasoning_to_stderr(server: Server) -> None:
    done = ask(server)
    assert (done.returncode, done.stdout, done.stderr) == (0, "forty two\n", "hm")


def test_with_json_every_event_is_a_line(server: Server) -> None:
    done = ask(server, "--json")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert "".join(event["text"] for event in events if event["event"] == "answer") == "forty two"
    assert events[0] == {"event": "reasoning", "text": "hm"}
    assert events[-1] == {"event": "finish", "ended": "finished"}
    assert done.stderr == ""


def test_the_key_comes_from_our_variable_and_from_no_other(server: Server) -> None:
    ask(server, GLIMPSE_API_KEY="canary", OPENAI_API_KEY="stranger", OPENAI_BASE_URL="http://127.0.0.1:9")
    ask(server, OPENAI_API_KEY="stranger")
    assert server.keys[0] == "Bearer canary"
    assert "stranger" not in str(server.keys)


def test_a_picture_is_sent(server: Server) -> None:
    ask(server, str(DOCUMENTS / "plain.png"))
    assert "data:image/png;base64," in json.dumps(server.bodies[0])


def test_a_cut_answer_says_so_on_stderr_and_is_still_an_answer(server: Server) -> None:
    server.end = "length"
    done = ask(server)
    assert done.returncode == 0
    assert "length limit" in done.stderr


def test_a_question_can_come_from_stdin(server: Server) -> None:
    done = run("ask", "-", "--base-url", server.url, "--model", "m", stdin="from a pipe")
    assert done.returncode == 0
    assert "from a pipe" in json.dumps(server.bodies[0])


def test_nobody_there_is_one_sentence_and_exit_code_1() -> None:
    done = run("ask", "why?", "--base-url", "http://127.0.0.1:9/v1", "--model", "m")
    assert done.returncode == 1
    assert done.stdout.strip() == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments", [("ask",), ("bogus",), ("ask", "q", "--profile", "nobody"), ("capture",)]
)
def test_wrong_usage_is_exit_code_2(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_file_that_cannot_be_read_is_one_sentence_and_nothing_is_sent(server: Server) -> None:
    done = ask(server, str(DOCUMENTS / "locked.pdf"))
    assert done.returncode == 1
    assert "locked.pdf" in done.stderr
    assert server.bodies == []


def test_the_built_in_reader_answers_without_any_server(home: Path) -> None:
    done = run("ask", "What is on page 2?", str(DOCUMENTS / "report.pdf"))
    assert done.returncode == 0
    assert "Page 2 of the report" in done.stdout
    assert not (home / "data").exists(), "the shell must not touch the history"


def test_a_terminal_gets_no_control_characters_and_a_pipe_gets_them_all(server: Server) -> None:
    server.pieces = [{"content": "\x1b]0;owned\x07red\x1b[31m"}]
    assert "\x1b]0;owned\x07" in ask(server).stdout
    parent, child = pty.openpty()
    with subprocess.Popen(
        [GLIMPSE, "ask", "why?", "--base-url", server.url, "--model", "m"],
        stdout=child,
        stderr=child,
        stdin=child,
    ) as process:
        process.wait(60)
    seen = os.read(parent, 4096).decode()
    os.close(child)
    os.close(parent)
    assert "red" in seen
    assert "\x1b" not in seen
    assert "\x07" not in seen


def test_a_reader_that_has_had_enough_ends_it_quietly(server: Server) -> None:
    server.pieces = [{"content": "x" * 1000 + "\n"}] * 2000
    command = f"{GLIMPSE} ask why? --base-url {server.url} --model m | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.splitlines()[-1] == "141"
    assert done.stderr == ""


def test_the_version_is_said() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout.split()[0]) == (0, "glimpse")


def test_sentences_follow_the_language_of_the_shell() -> None:
    done = run("ask", "q", "--profile", "nobody", LANG="zh_CN.UTF-8", LC_ALL="")
    assert "没有" in done.stderr


def test_without_a_display_the_window_is_one_sentence_and_a_failure() -> None:
    done = run(DISPLAY="", WAYLAND_DISPLAY="")
    assert done.returncode == 1
    assert done.stderr.startswith("glimpse: There is no display")
    assert len(done.stderr.splitlines()) == 1


def test_the_doctor_fails_where_the_main_job_cannot_run() -> None:
    done = run("doctor", DISPLAY="", WAYLAND_DISPLAY="")
    assert done.returncode == 1
    assert "MISSING" in done.stdout
    assert "LibreOffice" in done.stdout
