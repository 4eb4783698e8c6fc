"""The whole trip in the real window, answered by real vLLM."""

import re
from pathlib import Path

from app.i18n import say
from app.model.profiles import Profile
from tests.journeys.conftest import desktop, make_desktop  # noqa: F401 - fixtures
from tests.journeys.desktop import Desktop
from tests.journeys.fixed import BESIDE, show_neighbour, write_settings
from tests.journeys.habits import ask, capture, start
from tests.journeys.world import until
from tests.model_servers import ModelServer
from tests.servers.cases import Filmed
from tests.servers.talk import film

GENEROUS = 120  # seconds that a busy machine may take


def test_a_capture_and_a_clip_are_seen(desktop: Desktop, vllm_eye: ModelServer, tmp_path: Path) -> None:  # noqa: F811
    write_settings(desktop, Profile("v", "Local vLLM", "vllm", vllm_eye.url, vllm_eye.model))
    show_neighbour(desktop, "blue")
    app = start(desktop)
    capture(desktop, BESIDE, (500, 420))
    app.wait(re.compile("^Capture [0-9]"), timeout=GENEROUS)
    ask(app, desktop, "which colour?", timeout=GENEROUS)
    app.wait(text=re.compile("I see one picture: blue"), timeout=GENEROUS)
    app.wait(re.compile("Thought for"))

    desktop.key("ctrl+n")
    clip = film(Filmed("red", "green"), tmp_path)
    assert desktop.drop_files([clip], app.wait("Question", "text"))
    app.wait(re.compile("sent as a video"), timeout=GENEROUS)
    ask(app, desktop, "what happens?", timeout=GENEROUS)
    app.wait(text=re.compile("It starts red and ends green"), timeout=GENEROUS)


def test_a_server_with_a_key_is_set_up_by_hand_and_stop_stops_it(desktop: Desktop, vllm: ModelServer) -> None:  # noqa: F811
    app = start(desktop)
    desktop.key("ctrl+comma")
    desktop.click(app.wait("Models", "list item", timeout=GENEROUS))
    desktop.click(app.wait("Add", "button"))
    desktop.key("Down", "Return")  # vLLM is the first
    desktop.click(app.wait("Address", "text"))
    desktop.key("ctrl+a")
    desktop.type(vllm.url)
    desktop.click(app.find("Test", "button"))
    app.wait(say("backend.wrong_key"), timeout=GENEROUS)
    desktop.click(app.find("API key", "text"))
    desktop.type(vllm.key)
    desktop.click(app.find("Test", "button"))
    app.wait(text=re.compile(f"Works: vLLM .*{vllm.model}"), role="label", timeout=GENEROUS)
    desktop.click(app.find("Save", "button"))
    desktop.click(app.wait("Built-in reader", "combo box"))
    desktop.click(app.wait("vLLM", "list item"))
    app.wait("vLLM", "combo box")

    ask(app, desktop, "Count without end.", timeout=GENEROUS)
    until(lambda: vllm.running() == 1, "the server at work", GENEROUS)
    app.wait(text=re.compile("[a-z]+ [a-z]+"), role="label", timeout=GENEROUS)
    desktop.key("Escape")
    app.wait(re.compile("^Stopped"), timeout=GENEROUS)
    until(lambda: vllm.running() == 0, "the server at rest", GENEROUS)
