"""The extra of the built-in reader in a real window: it answers under its mark, and is switched off in the settings."""

import re
import shutil
from pathlib import Path

import pymupdf
import pytest

from app.i18n import say
from app.library import WORDS
from tests.journeys.application import App
from tests.journeys.desktop import Desktop
from tests.journeys.habits import ask, start
from tests.journeys.world import until
from tests.model_servers import MODELS

pytestmark = pytest.mark.journey

PAGE = "Invoice 117\nTotal: 61 dollars"


def test_what_was_read_is_put_into_words_until_that_is_switched_off(desktop: Desktop) -> None:
    put_model(desktop)
    app = start(desktop)
    ask_about_a_page(app, desktop, "what is the total?")
    # What it says is its weights' business; what was read stands over it.
    app.wait(
        text=re.compile(r"Total: 61 dollars.*" + re.escape(say("reader.in_words")), re.DOTALL), timeout=120
    )
    app.wait(text=re.compile("This tiny model knows no facts"), timeout=120)
    assert app.find_all(say("reply.answer_now"), "button") == ()

    desktop.key("ctrl+comma")
    desktop.click(app.wait("Models", "list item", timeout=60))
    desktop.click(app.wait(say("words.switch"), "check box", timeout=30))
    desktop.click(app.find("Save", "button"))
    ask(app, desktop, "and when is it due?")
    until(
        lambda: len(app.find_all(text=re.compile(re.escape("I am the built-in reader")))) == 2,
        "an answer",
        60,
    )
    until(lambda: app.find_all(say("composer.stop"), "button") == (), "its end", 60)
    assert len(app.find_all(text=re.compile(re.escape(say("reader.in_words"))))) == 1
    assert app.quit() == 0


def put_model(desktop: Desktop) -> None:
    """Put the little model where the one that was fetched would be."""
    place = Path(desktop.env["GLIMPSE_HOME"]) / "data/models" / WORDS.id / WORDS.model.name
    place.parent.mkdir(parents=True)
    shutil.copy(MODELS / "micro-glm41v.gguf", place)


def ask_about_a_page(app: App, desktop: Desktop, question: str) -> None:
    page = desktop.folder / "invoice.pdf"
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), PAGE)
        document.save(page)
    assert desktop.drop_files([page], app.find("Question", "text"))
    app.wait(re.compile("invoice.pdf"), timeout=60)
    ask(app, desktop, question)
