"""From a key to an answer, and back again the next day."""

import re
from pathlib import Path

import pytest

from app.i18n import say
from app.model.profiles import Profile
from tests.journeys.desktop import Desktop
from tests.journeys.fixed import BESIDE, profile_of, show_neighbour, slow_server, write_settings
from tests.journeys.habits import ask, capture, open_picker, reopen, start
from tests.journeys.world import until
from tests.model_servers import ModelServer, free_port

pytestmark = pytest.mark.journey

CAPTURE = re.compile("^Capture [0-9]")
READER = re.compile("I am the built-in reader")
FAR = (500, 420)  # of the neighbour, where Glimpse was


def test_points_at_the_screen_asks_reads_and_finds_it_again(desktop: Desktop, llama_eye: ModelServer) -> None:
    write_settings(desktop, profile_of(llama_eye))
    show_neighbour(desktop, "red")
    app = start(desktop)
    # Where Glimpse was: it must be out of the picture, and the neighbour in it.
    capture(desktop, BESIDE, FAR)
    app.wait(re.compile("^Capture [0-9].*, 421 × 321"), timeout=30)
    ask(app, desktop, "which colour?")
    app.wait(text=re.compile("I see one picture: red"), timeout=60)
    thought = app.wait(re.compile("Thought for"))
    # Folded: what was thought is there for those who open it.
    assert app.find_all(say("reasoning.pane")) == ()
    desktop.click(thought)
    app.wait(say("reasoning.pane"), text=re.compile("Let me look"))
    assert app.quit() == 0

    again = start(desktop)
    reopen(again, desktop, "which colour?")
    again.wait(text=re.compile("I see one picture: red"))
    ask(again, desktop, "and now?")
    until(lambda: again.texts().count("I see one picture: red") == 2, "a second answer", 60)
    assert again.quit() == 0


def test_the_reader_reads_what_was_pointed_at_and_it_is_there_the_next_day(desktop: Desktop) -> None:
    show_neighbour(desktop, "white", (700, 400), "The train to Lund leaves at 14:05")
    app = start(desktop)
    capture(desktop, BESIDE, (740, 420))
    app.wait(CAPTURE, timeout=30)
    ask(app, desktop, "When does the train leave?")
    found = re.compile("The train to Lund leaves at 14:05")
    app.wait(text=found, timeout=60)
    app.wait(re.compile("Thought for"))
    assert app.quit() == 0

    again = start(desktop)
    reopen(again, desktop, "When does the train leave?")
    again.wait(text=found)
    again.wait(re.compile("^Attachment: Capture [0-9]"))
    ask(again, desktop, "Where does it go?")
    until(lambda: len(again.find_all(text=found, in_view=False)) == 2, "a second answer", 60)


def test_cancelling_a_capture_leaves_everything_as_it_was(desktop: Desktop) -> None:
    show_neighbour(desktop, "blue")
    app = start(desktop)
    desktop.click(BESIDE)
    # Two above Glimpse: left to itself, a window manager brings it back between them.
    show_neighbour(desktop, "lime", (200, 150))
    until(
        lambda: lie(desktop) == "Glimpse, Neighbour, Neighbour with the keys", "both neighbours above Glimpse"
    )
    before = desktop.windows()
    open_picker(desktop, BESIDE)
    desktop.key("Escape")
    until(lambda: desktop.windows() == before, "all as it was", then=lambda: f"{before}\n{desktop.windows()}")
    until(lambda: desktop.focus() == before[-1].number, "the keys where they went", then=lambda: lie(desktop))
    assert app.find_all(CAPTURE) == ()


def lie(desktop: Desktop) -> str:
    """Say how the windows lie, the lowest first."""
    focus = desktop.focus()
    return ", ".join(w.title + " with the keys" * (w.active and w.number == focus) for w in desktop.windows())


def test_stop_keeps_what_came_and_lets_go_of_the_server(desktop: Desktop) -> None:
    with slow_server() as server:
        write_settings(desktop, server.profile)
        app = start(desktop)
        ask(app, desktop, "count")
        app.wait(text=re.compile("word5 "), timeout=30)
        assert server.listeners == 1
        desktop.key("Escape")
        until(lambda: server.listeners == 0, "the server let go", 20)
        app.wait(re.compile("^Stopped"))
        app.wait(text=re.compile("word5 "))
        assert app.quit() == 0
        again = start(desktop)
        reopen(again, desktop, "count")
        again.wait(text=re.compile("word5 "))
        again.wait(re.compile("^Stopped"))


def test_a_server_that_dies_costs_nothing_that_came_and_can_be_asked_again(desktop: Desktop) -> None:
    with slow_server() as server:
        port = server.server_port
        write_settings(desktop, server.profile)
        app = start(desktop)
        ask(app, desktop, "count")
        app.wait(text=re.compile("word5 "), timeout=30)
    retry = app.wait(re.compile("^(Retry|Try again)"), "button", timeout=30)
    app.wait(text=re.compile("word5 "))
    app.wait(say("reply.broken_off", why=say("backend.cut_off")))
    with slow_server(port) as server:
        desktop.click(retry)
        until(lambda: server.listeners == 1, "the second try", 30)
        app.wait(text=re.compile("word3 "), timeout=30)
        desktop.key("Escape")
        until(lambda: server.listeners == 0, "the server let go", 20)


def test_where_no_server_answers_the_reader_is_offered_and_the_next_question_can_be_typed(
    desktop: Desktop,
) -> None:
    host = f"127.0.0.1:{free_port()}"
    write_settings(desktop, Profile("gone", "Gone", "vllm", f"http://{host}/v1", "m"))
    app = start(desktop)
    ask(app, desktop, "who is there?")
    offer = app.wait(say("window.use_reader"), "button", timeout=60)
    # Offered, and until it is taken only the fault is there to read.
    app.wait(say("backend.nobody", host=host))
    assert app.find_all(text=READER) == ()
    desktop.click(offer)
    app.wait(text=READER, timeout=60)
    app.wait("Question", "text", state="focused")
    app.wait("Gone", "combo box")  # the next question goes to the server again


def test_a_kill_in_mid_answer_costs_a_quarter_of_a_second(desktop: Desktop) -> None:
    with slow_server() as server:
        write_settings(desktop, server.profile)
        app = start(desktop)
        ask(app, desktop, "count")
        app.wait(text=re.compile("word20 "), timeout=30)
        app.kill()
    again = start(desktop)
    reopen(again, desktop, "count")
    # 20 words are a second; at least three quarters of it had to be on the disk.
    again.wait(text=re.compile("word15 "))
    again.wait(re.compile("broke(n)? off", re.IGNORECASE))


def test_a_draft_survives_a_kill(desktop: Desktop) -> None:
    app = start(desktop)
    desktop.click(app.find("Question", "text"))
    desktop.type("half a thought")
    until(lambda: app.find("Question", "text").text == "half a thought", "the words", 20)
    memory = Path(desktop.env["GLIMPSE_HOME"]) / "data"
    until(
        lambda: any(b"half a thought" in file.read_bytes() for file in memory.glob("history.*")),
        "a saved draft",
        20,
    )
    app.kill()
    start(desktop).wait("Question", "text", "half a thought")


def test_a_second_start_raises_the_first_window(desktop: Desktop) -> None:
    first = start(desktop).windows()[0]
    show_neighbour(desktop, "blue", size=(1100, 800))
    until(lambda: [w for w in desktop.windows() if w.title == "Neighbour" and w.active], "its focus", 20)
    assert desktop.start().wait_exit() == 0
    # In front, with the keys, and still the only one.
    until(lambda: desktop.windows()[-1].number == first.number, "the first in front", 20)
    until(lambda: desktop.windows()[-1].active, "its focus", 20)
    assert [w.title for w in desktop.windows()] == ["Neighbour", "Glimpse"]


def test_conversations_are_renamed_deleted_and_brought_back(desktop: Desktop) -> None:
    app = start(desktop)
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
