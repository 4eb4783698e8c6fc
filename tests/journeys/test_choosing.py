"""A backend set up by hand, tested, and asked."""

import re

import pytest

from app.i18n import say
from tests.journeys.desktop import Desktop
from tests.journeys.habits import ask, start
from tests.journeys.world import until
from tests.model_servers import ModelServer, free_port

pytestmark = pytest.mark.journey


def test_a_server_is_added_tested_and_asked(desktop: Desktop, llama: ModelServer) -> None:
    app = start(desktop)
    desktop.key("ctrl+comma")
    desktop.click(app.wait("Models", "list item", timeout=30))
    desktop.click(app.wait("Add", "button"))
    # The menu: vLLM, SGLang, llama.cpp, …  It cannot be read from outside, but gets every key from the click on.
    desktop.key("Down", "Down", "Down", "Return")
    nobody = f"127.0.0.1:{free_port()}"
    address = app.wait("Address", "text")
    desktop.click(address)
    desktop.key("ctrl+a")
    desktop.type(f"http://{nobody}/v1")
    desktop.click(app.find("Test", "button"))
    app.wait(say("backend.nobody", host=nobody), timeout=60)
    desktop.click(address)
    desktop.key("ctrl+a")
    desktop.type(llama.url)
    desktop.click(app.find("Test", "button"))
    app.wait(re.compile("^Works: "), timeout=60)
    desktop.click(app.find("Save", "button"))
    desktop.click(app.wait("Built-in reader", "combo box"))
    desktop.click(app.wait("llama.cpp", "list item"))
    app.wait("llama.cpp", "combo box")
    ask(app, desktop, "hello")
    app.wait(text=re.compile(llama.answer.strip()), timeout=60)
    assert app.quit() == 0
    again = start(desktop)
    again.wait("llama.cpp", "combo box")


def test_the_language_changes_at_once(desktop: Desktop) -> None:
    app = start(desktop)
    desktop.key("ctrl+comma")
    desktop.click(app.wait("As the system", "combo box", timeout=30))
    desktop.click(app.wait("中文", "list item"))
    desktop.click(app.find("Save", "button"))
    app.wait("发送", "button")
    until(lambda: app.find_all("Send", "button") == (), "no English left", 20)
    assert app.quit() == 0
    start(desktop).wait("发送", "button")
