"""The shell's face, run as a user runs it: as a process, its streams and exit codes."""

import json
import os
import pty
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from app import plain
from app.model.profiles import Profile, Weights
from app.settings import READER, Settings
from tests.little_server import Line, LittleServer, serving
from tests.model_servers import MODELS
from tests.shell import GLIMPSE, run

DOCUMENTS = Path(__file__).parents[1] / "fixtures/documents"


class Server(LittleServer):
    """Says `pieces` and ends as `ended` tells."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[dict[str, str]] = [{"reasoning": "hm"}, {"content": "forty "}, {"content": "two"}]
        self.ended = "stop"

    def answer(self, line: Line) -> None:
        for piece in self.pieces:
            line.say(**piece)
        line.end(self.ended)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server()) as made:
        yield made


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
    server.ended = "length"
    done = ask(server)
    assert done.returncode == 0
    assert "length limit" in done.stderr


def test_a_model_inside_the_app_sees_and_leaves_nothing_behind(home: Path, tmp_path: Path) -> None:
    weights = Weights(str(MODELS / "eye-glm41v.gguf"), str(MODELS / "mmproj-eye-glm41v.gguf"), 4096, 1)
    profile = Profile("m", "Mine", "local", weights=weights)
    file = home / "config/settings.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(plain.to_plain(Settings(profiles=(READER, profile)))))
    Image.new("RGB", (224, 224), "blue").save(tmp_path / "blue.png")
    done = run("ask", "?", str(tmp_path / "blue.png"), "--profile", "Mine")
    assert (done.returncode, "blue" in done.stdout) == (0, True), done.stderr
    assert "ended" not in done.stderr, "its end is no fault"
    weights = replace(weights, model=str(tmp_path / "gone.gguf"))
    profile = replace(profile, weights=weights)
    file.write_text(json.dumps(plain.to_plain(Settings(profiles=(READER, profile)))))
    done = run("ask", "?", "--profile", "Mine")
    assert done.returncode == 1
    assert done.stderr.startswith("glimpse: gone.gguf cannot be read.")


def test_with_fit_the_last_pages_are_left_out_and_that_is_said(server: Server) -> None:
    pages = [str(DOCUMENTS / "plain.png")] * 51
    vendor = ("ask", "why?", *pages, "--base-url", server.url, "--preset", "zai", "--model", "glm-4.5v")
    done = run(*vendor)
    assert done.returncode == 1
    assert "51 pictures" in done.stderr
    assert "With --fit it is sent without the last picture or page." in done.stderr
    assert server.bodies == []
    done = run(*vendor, "--fit")
    assert (done.returncode, done.stdout) == (0, "forty two\n"), done.stderr
    assert "Left out: the last picture or page" in done.stderr
    assert json.dumps(server.bodies[0]).count("data:image/png;base64,") == 50


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


def test_half_a_character_hurts_nobody(server: Server) -> None:
    server.pieces = [{"content": "\ud800 and more"}]
    done = ask(server)
    assert (done.returncode, "and more" in done.stdout, done.stderr) == (0, True, "")
    found = ask(server, "--json")
    assert [json.loads(line)["event"] for line in found.stdout.splitlines()] == ["answer", "finish"]


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


class Thinker(LittleServer):
    """Thinks for ever, unless it is told not to think."""

    def answer(self, line: Line) -> None:
        while "reasoning_effort" not in self.bodies[-1]:
            line.say(reasoning="I wonder. ")
            self.closing.wait(0.01)
        line.say(content="forty two")
        line.end()


def test_a_budget_of_thinking_is_kept_even_where_the_server_keeps_none() -> None:
    with serving(Thinker()) as thinker:
        done = run(
            *("ask", "why?", "--base-url", thinker.url, "--model", "m", "--think-budget", "50", "--json")
        )
    events = [json.loads(line) for line in done.stdout.splitlines()]
    thought = "".join(event["text"] for event in events if event["event"] == "reasoning")
    assert thought.startswith("I wonder. " * 15)
    assert {"event": "steered", "by": "asked_again"} in events
    assert events[-2:] == [{"event": "answer", "text": "forty two"}, {"event": "finish", "ended": "finished"}]
    assert [body.get("reasoning_effort") for body in thinker.bodies] == [None, "none"]


@pytest.mark.parametrize("budget", ["0", "-3", "many", "1000001"])
def test_a_budget_that_is_none_is_wrong_usage(budget: str, server: Server) -> None:
    done = ask(server, f"--think-budget={budget}")
    assert done.returncode == 2
    assert budget in done.stderr
