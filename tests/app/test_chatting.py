"""A conversation in the terminal, with a terminal; and on a pipe."""

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.little_server import Line, LittleServer, serving
from tests.model_servers import ModelServer
from tests.shell import PATIENCE, Terminal, run, terminal

DOCUMENTS = Path(__file__).parents[1] / "fixtures/documents"


class Server(LittleServer):
    """Thinks, and answers with a number; asked to count, it counts without end."""

    def answer(self, line: Line) -> None:
        asked, counted = str(self.said(-1)[-1]), 0
        line.say(reasoning="let me see")
        while "count" in asked and not self.closing.wait(0.05):
            counted += 1
            line.say(content=f"<{counted}>")
        line.say(content=f"\x1b[31manswer {len(self.bodies)}")
        line.end()

    def said(self, number: int) -> list[dict[str, Any]]:
        """Return the turns of a request."""
        turns: list[dict[str, Any]] = self.bodies[number]["messages"]
        return turns


def until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server()) as made:
        yield made


@pytest.fixture
def chat(server: Server) -> Iterator[Terminal]:
    with terminal("chat", "--base-url", server.url, "--model", "m") as made:
        made.wait_for("> ")
        yield made


def test_about_a_picture_for_two_turns_without_thinking(llama_eye: ModelServer, tmp_path: Path) -> None:
    Image.new("RGB", (224, 224), "green").save(tmp_path / "one.png")
    backend = ("--base-url", llama_eye.url, "--preset", "llamacpp", "--model", llama_eye.model)
    with terminal("chat", *backend) as chat:
        chat.wait_for("> ")
        chat.type(f"/attach {tmp_path / 'one.png'}\n")
        chat.wait_for("one.png goes with")
        chat.wait_for("> ", 2)
        chat.type("/think off\n")
        chat.wait_for("without thinking")
        for turn in (1, 2):  # the second is sent no picture of its own
            chat.wait_for("> ", 2 + turn)
            chat.type("What do you see?\n")
            chat.wait_for("I see one picture: green.", turn)
        chat.wait_for("> ", 5)
        chat.type("/quit\n")
        assert chat.ended() == 0
    assert chat.seen.count("\x1b[2m") == 3, "what we say is dim, and no thought was"


def test_earlier_turns_are_sent_again_without_their_thinking(server: Server, chat: Terminal) -> None:
    chat.type("first\n")
    chat.wait_for("answer 1")
    chat.type("second\n")
    chat.wait_for("answer 2")
    chat.type("/new\nthird\n")
    chat.wait_for("answer 3")
    assert chat.leave() == 0
    assert [turn["role"] for turn in server.said(1)] == ["user", "assistant", "user"]
    assert "first" in str(server.said(1)[0])
    assert "answer 1" in str(server.said(1)[1])
    assert "let me see" not in str(server.said(1))
    assert len(server.said(2)) == 1


def test_a_model_cannot_play_with_the_terminal_and_its_thinking_is_dim(chat: Terminal) -> None:
    chat.type("why?\n")
    chat.wait_for("[31manswer 1")
    assert "\x1b[2mlet me see\x1b[0m" in chat.seen
    assert "\x1b[31m" not in chat.seen


def test_chinese_is_edited_by_the_character_and_a_line_is_found_again(server: Server, chat: Terminal) -> None:
    chat.type("这是什么错\x7f？\n")
    chat.wait_for("answer 1")
    chat.wait_for("> ", 2)
    chat.type("\x1b[A\n")
    chat.wait_for("answer 2")
    assert [str(server.said(number)[-1]).count("这是什么？") for number in (0, 1)] == [1, 1]


def test_several_pasted_lines_are_one_question(server: Server, chat: Terminal) -> None:
    chat.type("\x1b[200~one\ntwo\x1b[201~\n")
    chat.wait_for("answer 1")
    assert len(server.bodies) == 1
    assert "one\\ntwo" in json.dumps(server.said(0))


@pytest.mark.parametrize("stop", ["\x03", "/stop\n"])
def test_stopped_it_keeps_what_came_and_goes_on(stop: str, server: Server, chat: Terminal) -> None:
    chat.type("count\n")
    chat.wait_for("<3>")
    chat.type(stop)
    chat.wait_for("Stopped.")
    chat.type("and now?\n")
    chat.wait_for("answer 2")
    assert "<3>" in str(server.said(1)[1])
    until(lambda: server.listeners == 0)


def test_what_is_typed_during_an_answer_comes_next(server: Server, chat: Terminal) -> None:
    chat.type("count\n")
    chat.wait_for("<3>")
    chat.type("next\n")
    chat.wait_for("<20>")
    chat.type("\x03")
    chat.wait_for("answer 2")
    assert "next" in str(server.said(1)[-1])


def test_interrupted_at_the_prompt_a_line_is_forgotten(server: Server, chat: Terminal) -> None:
    for prompts in range(2, 82):
        chat.type("never mind")
        time.sleep(prompts / 1e5)  # whatever readline is doing just then
        chat.type("\x03")
        chat.wait_for("> ", prompts)
    chat.type("real\n")
    chat.wait_for("answer 1")
    assert server.said(0)[-1]["content"] == "real"


def test_what_was_attached_to_a_question_without_an_answer_goes_with_the_next(tmp_path: Path) -> None:
    with serving(Server()) as server:
        port = server.server_port
    options = ("--base-url", f"http://127.0.0.1:{port}/v1", "--model", "m")
    with terminal("chat", str(DOCUMENTS / "plain.png"), *options) as chat:
        chat.wait_for("> ")
        chat.type("anybody?\n")
        chat.wait_for("> ", 2)
        with serving(Server(port)) as server:
            chat.type("again\n")
            chat.wait_for("answer 1")
    assert "data:image/png" in json.dumps(server.said(0))


def test_a_budget_of_thinking_and_commands_that_are_none(server: Server, chat: Terminal) -> None:
    chat.type("/think 50\n/think maybe\n/bogus\n/help\n/etc/hosts is what?\n")
    chat.wait_for("answer 1")
    for words in ("at most 50 tokens", "/think takes", "no command /bogus", "/attach FILE"):
        assert words in chat.seen
    assert len(server.bodies) == 1
    assert "/etc/hosts is what?" in str(server.said(0))


def test_on_a_pipe_every_line_is_a_question_and_only_answers_are_on_stdout(server: Server) -> None:
    done = run("chat", "--base-url", server.url, "--model", "m", stdin="one\n\ntwo\n")
    assert (done.returncode, done.stdout) == (0, "\x1b[31manswer 1\n\x1b[31manswer 2\n")
    assert done.stderr == "let me see" * 2
    assert len(server.said(1)) == 3


def test_on_a_pipe_what_fails_is_told_by_the_exit_code(server: Server) -> None:
    done = run("chat", "--base-url", server.url, "--model", "m", stdin="/attach gone.png\none\n")
    assert (done.returncode, "answer 1" in done.stdout) == (1, True)
    assert "gone.png" in done.stderr


def test_typed_at_a_terminal_and_read_by_a_pipe(server: Server) -> None:
    reading, writing = os.pipe()
    with terminal("chat", "--base-url", server.url, "--model", "m", stdout=writing) as chat:
        os.close(writing)
        chat.wait_for("> ")
        chat.type("one\n")
        chat.wait_for("> ", 2)
        assert chat.leave() == 0
    with os.fdopen(reading) as pipe:
        assert pipe.read() == "\x1b[31manswer 1\n"
