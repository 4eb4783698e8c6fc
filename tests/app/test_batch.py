"""The same question about many files, run as a user runs it: as a process."""

import itertools
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.little_server import Line, LittleServer, serving
from tests.model_servers import ModelServer
from tests.shell import GLIMPSE, run

DOCUMENTS = Path(__file__).parents[1] / "fixtures/documents"
COLOURS = ("red", "green", "blue", "yellow", "black", "white", "blue", "red")


def paint(folder: Path, *colours: str) -> list[str]:
    """Paint numbered pictures and return their paths."""
    files = [folder / f"{number}.png" for number in range(len(colours))]
    for file, colour in zip(files, colours, strict=True):
        Image.new("RGB", (224, 224), colour).save(file)
    return [str(file) for file in files]


PATIENCE = 120  # seconds: a busy machine is slow, not broken


class Server(LittleServer):
    """Says how many it is asking at once, after a while; the first question it answers last."""

    def __init__(self) -> None:
        super().__init__()
        self.most = 0
        self.numbers = itertools.count(1)
        self.endless = 0

    def answer(self, line: Line) -> None:
        number = next(self.numbers)
        self.most = max(self.most, self.listeners)
        self.closing.wait(2 if number == 1 else 0.3)
        line.say(content=f"answer {number}")
        while number == self.endless and not self.closing.wait(0.05):
            line.say(content="…")
        line.end()


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server()) as made:
        yield made


def command(server: Server, files: list[str], *more: str) -> tuple[str, ...]:
    return "ask", "Which colour?", "--each", *files, "--base-url", server.url, "--model", "m", *more


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_model_with_eyes_names_each_colour_in_the_order_of_the_files(
    llama_eye: ModelServer, tmp_path: Path
) -> None:
    files = paint(tmp_path, *COLOURS)
    backend = ("--base-url", llama_eye.url, "--preset", "llamacpp", "--model", llama_eye.model)
    done = run("ask", "?", "--each", *files, "--jobs", "3", "--no-think", *backend)
    assert done.returncode == 0, done.stderr
    found = lines(done.stdout)
    assert [line["file"] for line in found] == files
    assert [line["answer"].rpartition(": ")[2].rstrip(".") for line in found] == list(COLOURS)
    assert {(line["ended"], line["error"], line["model"]) for line in found} == {
        ("finished", None, llama_eye.model)
    }
    assert all(line["usage"]["prompt"] > 0 for line in found)


def test_jobs_bound_how_many_are_asked_at_once_and_the_order_is_kept(server: Server, tmp_path: Path) -> None:
    files = paint(tmp_path, *COLOURS)
    done = run(*command(server, files, "--jobs", "3"))
    assert [line["file"] for line in lines(done.stdout)] == files
    assert 2 <= server.most <= 3


def test_unordered_each_line_comes_when_it_is_there(server: Server, tmp_path: Path) -> None:
    done = run(*command(server, paint(tmp_path, "red", "green", "blue"), "--jobs", "2", "--unordered"))
    assert lines(done.stdout)[-1]["answer"] == "answer 1"


def test_a_file_that_fails_is_a_line_and_stops_nobody(server: Server, tmp_path: Path) -> None:
    good = paint(tmp_path, "red", "blue")
    gone = str(tmp_path / "gone.png")
    locked = str(DOCUMENTS / "locked.pdf")
    done = run(*command(server, [good[0], gone, locked, good[1]]))
    found = lines(done.stdout)
    assert done.returncode == 1
    assert [line["file"] for line in found] == [good[0], gone, locked, good[1]]
    assert [line["error"] is None for line in found] == [True, False, False, True]
    assert "password" in found[2]["error"]
    assert done.stderr == "glimpse: 2 of 4 files failed; their lines say why.\n"


def test_a_name_that_is_no_text_comes_out_as_it_went_in(server: Server, tmp_path: Path) -> None:
    name = os.fsdecode(bytes(tmp_path / "p") + b"\xff.png")
    Path(paint(tmp_path, "red")[0]).rename(name)
    done = run(*command(server, [name], "-o", str(tmp_path / "results")))
    assert done.returncode == 0
    assert lines((tmp_path / "results").read_text())[0]["file"] == name
    assert run(*command(server, [name], "-o", str(tmp_path / "results"))).returncode == 0
    assert len(server.bodies) == 1


def test_a_busy_server_is_asked_again_when_it_says(server: Server, tmp_path: Path) -> None:
    server.refusals = [429, 503]
    began = time.monotonic()
    done = run(*command(server, paint(tmp_path, "red")))
    assert lines(done.stdout)[0]["answer"] == "answer 1"
    assert time.monotonic() - began >= 2


def test_a_server_that_wants_an_hour_is_not_waited_for(server: Server, tmp_path: Path) -> None:
    server.refusals, server.away = [429], 3000
    done = run(*command(server, paint(tmp_path, "red")))
    assert (done.returncode, lines(done.stdout)[0]["ended"]) == (1, "broken")


def test_the_same_command_again_asks_only_what_has_no_answer(server: Server, tmp_path: Path) -> None:
    files = paint(tmp_path, "red", "green", "blue")
    results = tmp_path / "results.jsonl"
    server.refusals, server.away = [429], 3000
    assert run(*command(server, files, "--jobs", "1", "-o", str(results))).returncode == 1
    whole = results.read_bytes()
    results.write_bytes(whole + whole.splitlines()[0][:100])  # torn off
    paint(tmp_path, "red", "black")  # other content under the same name
    asked = len(server.bodies)
    done = run(*command(server, files, "-o", str(results)))
    assert (done.returncode, done.stdout, len(server.bodies) - asked) == (0, "", 2)
    assert results.read_bytes().startswith(whole)
    assert [line["file"] for line in lines(results.read_text())] == [*files, *files[:2]]


def test_no_file_of_another_kind_is_written_to(server: Server, tmp_path: Path) -> None:
    files = paint(tmp_path, "red")
    notes = tmp_path / "notes.txt"
    for text in ("dear diary", "dear diary\n", '{"file": 1}\n'):
        notes.write_text(text)
        done = run(*command(server, files, "-o", str(notes)))
        assert (done.returncode, notes.read_text()) == (1, text)
        assert "notes.txt" in done.stderr
    assert server.bodies == []


def test_interrupted_it_writes_what_has_been_answered_and_nothing_half(
    server: Server, tmp_path: Path
) -> None:
    server.endless = 1
    files = paint(tmp_path, "red", "green", "blue", "black")
    with subprocess.Popen(
        [GLIMPSE, *command(server, files, "--jobs", "2")], stdout=subprocess.PIPE
    ) as process:
        deadline = time.monotonic() + PATIENCE
        while len(server.bodies) < 4:  # asked only when two of those before it have been heard
            assert time.monotonic() < deadline, "two of the first three were never answered"
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    # The first is still being answered; those that waited for it to be printed are not lost.
    answers = sorted(line["answer"] for line in lines(out.decode()))
    assert answers[:2] == ["answer 2", "answer 3"]
    assert answers[2:] in ([], ["answer 4"])


def test_a_reader_that_has_had_enough_ends_it_quietly(server: Server, tmp_path: Path) -> None:
    files = " ".join(paint(tmp_path, *COLOURS))
    told = (
        f"{GLIMPSE} ask q --each {files} --base-url {server.url} --model m | head -1; echo ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(["bash", "-c", told], capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout.splitlines()[-1] == "141"
    assert done.stderr == ""


@pytest.mark.parametrize(
    "more", [("--each",), ("--jobs", "2"), ("--each", "a.png", "--jobs", "65"), ("--unordered", "a.png")]
)
def test_options_that_make_no_sense_are_wrong_usage(more: tuple[str, ...]) -> None:
    done = run("ask", "q", *more)
    assert (done.returncode, done.stdout) == (2, "")
