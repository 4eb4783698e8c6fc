"""The inside of a worker, run as the process it is."""

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app import sandbox
from app.pipes import Frame, read_frame, write_frame
from app.worker_kinds import KINDS
from app.worker_process import worker_command, worker_environment

# Registers a worker made of the text given as its argument; its `serve` is what the process serves.
HARNESS = """
import sys, types
from app import worker, worker_kinds
from app.errors import Locked
module = types.ModuleType("under_test")
module.Locked = Locked
exec(sys.argv[1], module.__dict__)
sys.modules["under_test"] = module
worker_kinds.KINDS["test"] = worker_kinds.Kind("under_test", memory=2**31)
raise SystemExit(worker.main("test"))
"""

Serve = Callable[..., tuple[list[Frame], int]]


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """Return a function that gives a task to a worker and returns its frames and its exit code."""

    def run(text: str, task: dict[str, Any] | None = None) -> tuple[list[Frame], int]:
        return exchange([sys.executable, "-I", "-c", HARNESS, text], task, tmp_path)

    return run


def exchange(command: list[str], task: dict[str, Any] | None, folder: Path) -> tuple[list[Frame], int]:
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=worker_environment(folder),
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        if task is None:
            process.stdin.close()
        else:  # left open: to one that serves, its end says that we are gone
            write_frame(process.stdin, task)
        answer = io.BytesIO(process.stdout.read())
    return list(iter(lambda: read_frame(answer, 10), None)), process.returncode


def test_one_that_hears_gets_what_is_said_to_it_in_order_and_hears_when_nobody_is_left(
    tmp_path: Path,
) -> None:
    text = "def serve(task, heard):\n while True:\n  word = heard.get()\n  yield {'word': word}, b''\n  if word is None: return"
    hearing = HARNESS.replace("memory=2**31", "memory=2**31, hears=True")
    command = [sys.executable, "-I", "-c", hearing, text]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=worker_environment(tmp_path)
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for head in ({}, {"order": "pause"}, {"order": "stop"}):
            write_frame(process.stdin, head)
        heads = [(read_frame(process.stdout) or ({}, b""))[0] for _ in range(2)]
        process.stdin.close()
        heads += [(read_frame(process.stdout) or ({}, b""))[0] for _ in range(2)]
    assert heads == [{"word": "pause"}, {"word": "stop"}, {"word": None}, {"done": True}]
    assert process.returncode == 0


def test_what_serve_yields_goes_out_and_then_done(serve: Serve) -> None:
    text = "def serve(task):\n yield {'n': task['n']}, b'abc'\n yield {}, memoryview(b'')"
    assert serve(text, {"n": 3}) == ([({"n": 3}, b"abc"), ({}, b""), ({"done": True}, b"")], 0)


def test_a_fault_goes_out_by_name(serve: Serve) -> None:
    text = "def serve(task):\n yield {}, b''\n raise Locked('document.locked', n=2)"
    frames, code = serve(text, {})
    assert frames[-1] == ({"error": "Locked", "key": "document.locked", "args": {"n": 2}}, b"")
    assert code == 0


def test_too_little_memory_is_said(serve: Serve) -> None:
    text = "def serve(task):\n yield {'size': len(bytearray(10 * 2**30))}, b''"
    assert serve(text, {})[0] == [({"error": "TooLarge", "key": "worker.memory"}, b"")]


def test_any_other_exception_is_a_death(serve: Serve) -> None:
    frames, code = serve("def serve(task):\n yield {}, b''\n raise KeyError('unforeseen')", {})
    assert frames == [({}, b"")]
    assert code == 1


def test_a_parser_that_prints_does_not_write_into_the_frames(serve: Serve) -> None:
    text = "import os\ndef serve(task):\n print('hello')\n os.write(1, b'hello')\n yield {}, b''"
    assert serve(text, {})[0] == [({}, b""), ({"done": True}, b"")]


def test_no_task_is_no_work(serve: Serve) -> None:
    assert serve("def serve(task):\n yield {}, b''", None) == ([], 1)


def test_the_parser_is_imported_inside_the_sandbox(serve: Serve) -> None:
    """Were it before, a parser that is harmed by its own files would be free."""
    text = "def serve(task):\n from app import sandbox\n yield {'held': list(sandbox._held)}, b''"
    ((head, _), _done), _ = serve(text, {})
    assert "limits" in head["held"]


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_worker_starts_from_the_command_line(name: str, tmp_path: Path) -> None:
    """Its parser is imported under the real limits, and complains of a file that is damaged."""
    path = str(tmp_path / "damaged.pptx")
    Path(path).write_bytes(b"\0\0\0 ftyp nothing that can be read")
    task = {"path": path, "paths": [path], "part": path, "model": path, "projector": "", "reads": [path]}
    frames, _ = exchange(worker_command(name), task, tmp_path)
    sandbox.sweep_sockets()
    head = frames[-1][0] if frames else {}
    assert head.get("done") or head.get("error") in {"Unreadable", "NoReader", "RecordingFailed"}, (
        name,
        frames,
    )


def test_a_worker_is_up_without_what_only_its_starter_needs() -> None:
    told = (
        "import sys, app.worker; print({'asyncio', 'concurrent.futures', 'app.workers'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
