"""From a key to an answer, and back again the next day."""

import re
import sys
from collections.abc import Callable

import pytest

from app.i18n import say
from app.model import Profile
from tests.journeys.application import App
from tests.journeys.desktop import Desktop
from tests.journeys.fixed import NEIGHBOUR, slow_server, write_settings
from tests.journeys.world import until
from tests.model_servers import ModelServer, free_port

pytestmark = pytest.mark.journey

CAPTURE = re.compile("^Capture [0-9]")


def profile_of(server: ModelServer) -> Profile:
    return Profile("test", "Test server", server.preset, server.url, server.model)


def open_picker(desktop: Desktop, is_open: Callable[[], bool]) -> None:
    """Press the key until it is heard: it is registered a moment after the window has come up."""

    def press() -> bool:
        desktop.key("ctrl+shift+a")
        return is_open()

    until(press, "the picker", 20)


def ask(app: App, desktop: Desktop, question: str) -> None:
    desktop.click(app.find("Question", "text"))
    desktop.type(question)
    desktop.key("Return")


def test_points_at_the_screen_asks_reads_and_finds_it_again(desktop: Desktop, llama_eye: ModelServer) -> None:
    write_settings(desktop, profile_of(llama_eye))
    desktop.spawn([sys.executable, "-c", NEIGHBOUR, "red", "60", "60", "500", "400"])
    app = desktop.start()
    app.wait_window("Glimpse")

    until(lambda: desktop.pixel(80, 100) == (255, 0, 0), "the red neighbour", 20)
    open_picker(desktop, lambda: desktop.pixel(80, 100) != (255, 0, 0))
    # Where Glimpse was: it must be out of the picture, and the neighbour in it.
    desktop.drag((100, 120), (500, 420))
    desktop.key("Return")
    app.wait(CAPTURE, timeout=30)
    ask(app, desktop, "which colour?")
    app.wait(text=re.compile("I see one picture: red"), timeout=60)
    app.wait(re.compile("Thought for"))
    assert app.quit() == 0

    again = desktop.start()
    again.wait_window("Glimpse")
    desktop.click(again.wait("which colour?", "list item"))
    again.wait(text=re.compile("I see one picture: red"))
    ask(again, desktop, "and now?")
    until(lambda: again.texts().count("I see one picture: red") == 2, "a second answer", 60)
    assert again.quit() == 0


def test_cancelling_a_capture_leaves_everything_as_it_was(desktop: Desktop) -> None:
    desktop.spawn([sys.executable, "-c", NEIGHBOUR, "blue", "60", "60", "500", "400"])
    app = desktop.start()
    app.wait_window("Glimpse")
    neighbour = until(lambda: [w for w in desktop.windows() if w.title == "Neighbour"], "the neighbour", 20)[
        0
    ]
    desktop.click((neighbour.x + 5, neighbour.y + 5))
    until(lambda: [w for w in desktop.windows() if w.title == "Neighbour" and w.active], "its focus", 20)
    before = desktop.windows()
    until(lambda: desktop.pixel(80, 100) == (0, 0, 255), "the blue neighbour", 20)
    open_picker(desktop, lambda: desktop.pixel(80, 100) != (0, 0, 255))
    desktop.key("Escape")
    until(
        lambda: desktop.windows() == before,
        "everything as it was",
        20,
        lambda: f"{before}\n{desktop.windows()}",
    )
    assert app.find_all(CAPTURE) == ()


def test_stop_keeps_what_came_and_lets_go_of_the_server(desktop: Desktop) -> None:
    with slow_server() as server:
        write_settings(desktop, server.profile)
        app = desktop.start()
        app.wait_window("Glimpse")
        ask(app, desktop, "count")
        app.wait(text=re.compile("word5 "), timeout=30)
        assert server.listeners == 1
        desktop.key("Escape")
        until(lambda: server.listeners == 0, "the server let go", 20)
        app.wait(re.compile("^Stopped"))
        app.wait(text=re.compile("word5 "))


def test_a_server_that_dies_costs_nothing_that_came_and_can_be_asked_again(desktop: Desktop) -> None:
    with slow_server() as server:
        port = server.server_port
        write_settings(desktop, server.profile)
        app = desktop.start()
        app.wait_window("Glimpse")
        ask(app, desktop, "count")
        app.wait(text=re.compile("word5 "), timeout=30)
    retry = app.wait(re.compile("^(Retry|Try again)"), "button", timeout=30)
    app.wait(text=re.compile("word5 "))
    with slow_server(port) as server:
        desktop.click(retry)
        until(lambda: server.listeners == 1, "the second try", 30)
        app.wait(text=re.compile("word3 "), timeout=30)
        desktop.key("Escape")
        until(lambda: server.listeners == 0, "the server let go", 20)


def test_where_no_server_answers_the_reader_is_offered_and_the_next_question_can_be_typed(
    desktop: Desktop,
) -> None:
    write_settings(desktop, Profile("gone", "Gone", "vllm", f"http://127.0.0.1:{free_port()}/v1", "m"))
    app = desktop.start()
    app.wait_window("Glimpse")
    ask(app, desktop, "who is there?")
    desktop.click(app.wait(say("window.use_reader"), "button", timeout=60))
    app.wait(text=re.compile("I am the built-in reader"), timeout=60)
    app.wait("Question", "text", state="focused")


def test_a_kill_in_mid_answer_costs_a_quarter_of_a_second(desktop: Desktop) -> None:
    with slow_server() as server:
        write_settings(desktop, server.profile)
        app = desktop.start()
        app.wait_window("Glimpse")
        ask(app, desktop, "count")
        app.wait(text=re.compile("word20 "), timeout=30)
        app.kill()
    again = desktop.start()
    again.wait_window("Glimpse")
    desktop.click(again.wait("count", "list item"))
    # 20 words are a second; at least three quarters of it had to be on the disk.
    again.wait(text=re.compile("word15 "))
    again.wait(re.compile("broke(n)? off", re.IGNORECASE))


def test_a_draft_survives_a_kill(desktop: Desktop) -> None:
    app = desktop.start()
    app.wait_window("Glimpse")
    desktop.click(app.find("Question", "text"))
    desktop.type("half a thought")
    until(lambda: app.find("Question", "text").text == "half a thought", "the words", 20)
    saved = re.compile("half a thought")
    history = f"{desktop.env['GLIMPSE_HOME']}/data/history.sqlite"
    until(lambda: any(saved.search(read(f"{history}{end}")) for end in ("", "-wal")), "a saved draft", 20)
    app.kill()
    again = desktop.start()
    again.wait_window("Glimpse")
    assert again.wait("Question", "text").text == "half a thought"


def read(path: str) -> str:
    with open(path, "rb") as file:  # noqa: PTH123 - a path made of pieces
        return file.read().decode("utf-8", "replace")


def test_a_second_start_raises_the_first_window(desktop: Desktop) -> None:
    app = desktop.start()
    first = app.wait_window("Glimpse")
    desktop.spawn([sys.executable, "-c", NEIGHBOUR, "blue", "60", "60", "1100", "800"])
    until(
        lambda: [w for w in desktop.windows() if w.title == "Neighbour" and w.active],
        "the neighbour in front",
        20,
    )
    second = desktop.start()
    assert second.wait_exit() == 0
    until(
        lambda: [w for w in desktop.windows() if w.active and w.number == first.number],
        "the first in front",
        20,
    )


def test_conversations_are_renamed_deleted_and_brought_back(desktop: Desktop) -> None:
    app = desktop.start()
    app.wait_window("Glimpse")
    ask(app, desktop, "first words")
    row = app.wait("first words", "list item", timeout=30)
    desktop.click(row)
    desktop.key("F2", "ctrl+a")
    desktop.type("a better name")
    desktop.key("Return")
    desktop.click(app.wait("a better name", "list item"))
    desktop.key("Delete")
    app.wait_gone("a better name", "list item")
    desktop.click(app.wait("Undo", "button"))
    app.wait("a better name", "list item")
