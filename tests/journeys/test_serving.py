"""A server that Glimpse starts: offered when a question finds none, left running, found again, ended with the app."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.programs import Program, listens
from tests.journeys.application import App
from tests.journeys.desktop import Desktop
from tests.journeys.habits import LONG, ask
from tests.journeys.world import until
from tests.model_servers import free_port

pytestmark = pytest.mark.journey

FAKE = Path(__file__).parents[1] / "backends" / "fake_vllm.py"
ANSWER = re.compile("I was started by Glimpse")


@pytest.fixture
def path(tmp_path: Path, desktop: Desktop) -> Iterator[str]:
    """Give a PATH with a `vllm`, and a driver with four H100; what is left running ends with the test."""
    folder = tmp_path / "bin"
    folder.mkdir()
    gpus = "NVIDIA H100 80GB HBM3, 81559, 9.0\\n" * 4
    lines = {"vllm": f'exec {sys.executable} -S {FAKE} "$@"', "nvidia-smi": f"printf '{gpus}'"}
    for name, line in lines.items():
        (folder / name).write_text(f"#!/bin/sh\n{line}\n")
        (folder / name).chmod(0o755)
    yield f"{folder}:{desktop.env['PATH']}"
    Program(Path(desktop.env["GLIMPSE_HOME"], "data/server")).stop()


def test_a_question_has_a_server_started_which_outlives_the_app_or_not(desktop: Desktop, path: str) -> None:
    port = free_port()
    app = start(desktop, path)
    add_profile(app, desktop, port)
    desktop.click(app.wait("Built-in reader", "combo box"))
    desktop.key("Down", "Return")
    app.wait("vLLM on this machine", "combo box")
    ask(app, desktop, "who are you")
    desktop.click(app.wait("Start", "button"))
    app.wait(re.compile("glm-4.5v answers now"), timeout=LONG)
    question = app.find("Question", "text")
    assert question.text == "who are you", "nothing was sent, and nothing is lost"
    desktop.click(question)
    desktop.key("Return")
    app.wait(text=ANSWER, timeout=LONG)
    assert app.quit() == 0
    assert listens(port), "it was to be left running"

    app = start(desktop, path)
    ask(app, desktop, "and now")
    app.wait(text=ANSWER, timeout=LONG)
    open_models(app, desktop)
    app.wait(re.compile("glm-4.5v answers at"), timeout=LONG, in_view=False)
    desktop.click(app.wait("Leave it running on exit", "check box"))
    desktop.click(app.find("Save", "button"))
    app.wait("vLLM on this machine", "combo box")
    assert app.quit(timeout=LONG) == 0
    assert not listens(port), "it was to end with the app"


def start(desktop: Desktop, path: str) -> App:
    app = desktop.start(env={"PATH": path})
    app.wait_window("Glimpse")
    return app


def open_models(app: App, desktop: Desktop) -> None:
    desktop.key("ctrl+comma")
    desktop.click(app.wait("Models", "list item", timeout=LONG))


def add_profile(app: App, desktop: Desktop, port: int) -> None:
    open_models(app, desktop)
    desktop.click(app.wait("Add", "button"))
    # The menu: vLLM, SGLang, llama.cpp, On this computer, vLLM on this machine, …
    desktop.key("Down", "Down", "Down", "Down", "Down", "Return")
    desktop.click(app.wait("Port", "text"))
    desktop.key("ctrl+a")
    desktop.type(str(port))
    app.wait("Command", "text", re.compile(f"vllm serve zai-org/GLM-4.5V --host 127.0.0.1 --port {port} "))
    desktop.click(app.wait("Leave it running on exit", "check box"))
    desktop.click(app.find("Save", "button"))

    def seen() -> bool:
        return not app.find_all("Save", "button")

    until(seen, "the end of the settings")
