"""A model inside the app: chosen by hand, tested, asked about a picture, and gone with the window."""

import re
from pathlib import Path

import pytest
from PIL import Image

from tests.journeys.desktop import Desktop
from tests.journeys.world import until
from tests.model_servers import MODELS

pytestmark = pytest.mark.journey

MODEL = MODELS / "eye-glm41v.gguf"
PROJECTOR = MODELS / "mmproj-eye-glm41v.gguf"


def test_a_model_file_is_chosen_tested_and_asked_about_a_picture(desktop: Desktop) -> None:
    app = desktop.start()
    app.wait_window("Glimpse")
    desktop.key("ctrl+comma")
    desktop.click(app.wait("Models", "list item", timeout=60))
    desktop.click(app.wait("Add", "button"))
    # The menu: vLLM, SGLang, llama.cpp, On this computer, …
    desktop.key("Down", "Down", "Down", "Down", "Return")
    desktop.click(app.wait("Choose a model", "button"))
    app.wait_window("Choose a model")
    desktop.type(str(MODEL))
    desktop.key("Return")
    app.wait_window("Settings")
    # The projector that lies beside it comes by itself.
    until(lambda: app.find("Picture projector", "text").text == str(PROJECTOR), "the projector")
    desktop.scroll(app.find("Model file", "text"), 40)
    desktop.click(app.wait("Test", "button"))
    app.wait(re.compile("Works: eye-glm41v answers"), timeout=120)
    desktop.click(app.find("Save", "button"))
    box = app.wait("Built-in reader", "combo box")
    desktop.click(box)
    desktop.key("Down", "Return")
    app.wait("On this computer", "combo box")
    shot = desktop.folder / "red.png"
    Image.new("RGB", (320, 240), (255, 0, 0)).save(shot)
    assert desktop.drop_files([shot], app.find("Question", "text"))
    app.wait(re.compile("red.png"), timeout=60)
    desktop.click(app.find("Question", "text"))
    desktop.type("Which colour is this?")
    desktop.key("Return")
    app.wait(text=re.compile("red"), timeout=120)
    (engine,) = engines(app.process.pid)
    assert app.quit() == 0
    until(lambda: not Path("/proc", str(engine)).exists(), "no process left")


def engines(parent: int) -> list[int]:
    """Return the processes in which a program runs models."""
    threads = Path(f"/proc/{parent}/task").glob("*/children")
    children = [int(word) for thread in threads for word in thread.read_text().split()]
    return [child for child in children if b"--worker\0model" in Path(f"/proc/{child}/cmdline").read_bytes()]
