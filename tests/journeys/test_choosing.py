"""A backend set up by hand, tested, and asked."""

import re

import pytest

from tests.journeys.desktop import Desktop
from tests.journeys.world import until
from tests.model_servers import ModelServer, free_port

pytestmark = pytest.mark.journey


def test_a_server_is_added_tested_and_asked(desktop: Desktop, llama: ModelServer) -> None:
    app = desktop.start()
    app.wait_window("Glimpse")
    desktop.key("ctrl+comma")
    desktop.click(app.wait("Models", "list item", timeout=30))
    desktop.click(app.wait("Add", "button"))
    # The menu: vLLM, SGLang, llama.cpp, …
    desktop.key("Down", "Down", "Down", "Return")
    address = app.wait("Address", "text")
    desktop.click(address)
    desktop.key("ctrl+a")
    desktop.type(f"http://127.0.0.1:{free_port()}/v1")
    desktop.click(app.find("Test", "button"))
    app.wait(re.compile("(cannot be reached|Nobody answers|No server answers)"), timeout=60)
    desktop.click(address)
    desktop.key("ctrl+a")
    desktop.type(llama.url)
    desktop.click(app.find("Test", "button"))
    app.wait(re.compile("(works|is ready)", re.IGNORECASE), timeout=60)
    desktop.click(app.find("Save", "button"))
    box = app.wait("Built-in reader", "combo box")
    desktop.click(box)
    desktop.key("Down", "Return")
    app.wait("llama.cpp", "combo box")
    desktop.click(app.find("Question", "text"))
    desktop.type("hello")
    desktop.key("Return")
    app.wait(text=re.compile(llama.answer.strip()), timeout=60)
    assert app.quit() == 0
    again = desktop.start()
    again.wait_window("Glimpse")
    again.wait("llama.cpp", "combo box")


def test_the_language_changes_at_once(desktop: Desktop) -> None:
    app = desktop.start()
    app.wait_window("Glimpse")
    desktop.key("ctrl+comma")
    desktop.click(app.wait("As the system", "combo box", timeout=30))
    desktop.key("End", "Return")
    desktop.click(app.find("Save", "button"))
    app.wait("发送", "button")
    until(lambda: app.find_all("Send", "button") == (), "no English left", 20)
