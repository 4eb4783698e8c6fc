"""Files of all kinds, dropped and pasted as people do it, and asked about."""

import os
import re
from pathlib import Path

import pytest

from tests.journeys.application import App
from tests.journeys.desktop import GLIMPSE, Desktop
from tests.journeys.fixed import write_settings
from tests.journeys.world import until

pytestmark = pytest.mark.journey

DOCUMENTS = Path(__file__).parents[1] / "fixtures/documents"


def start(desktop: Desktop) -> App:
    app = desktop.start()
    app.wait_window("Glimpse")
    return app


def ask(app: App, desktop: Desktop, question: str) -> None:
    desktop.click(app.find("Question", "text"))
    desktop.type(question)
    app.wait("Send", "button", state="enabled", timeout=60)
    desktop.key("Return")


@pytest.mark.parametrize(
    ("file", "question", "answer"),
    [
        ("report.pdf", "What is on page 2?", "Page 2 of the report"),
        ("季度 报告.pdf", "quarter", "季度收入增长百分之十二"),
        ("deck.pptx", "Which results?", "Quarterly results"),
    ],
)
def test_a_document_is_dropped_asked_about_and_there_the_next_day(
    desktop: Desktop, file: str, question: str, answer: str
) -> None:
    app = start(desktop)
    assert desktop.drop_files([DOCUMENTS / file], app.find("Question", "text"))
    app.wait(re.compile(re.escape(Path(file).stem)), timeout=60)
    ask(app, desktop, question)
    app.wait(text=re.compile(answer), timeout=90)
    assert app.quit() == 0
    again = start(desktop)
    desktop.click(again.wait(question, "list item"))
    again.wait(text=re.compile(answer))
    assert again.find_all(re.compile(re.escape(Path(file).stem)), in_view=False)


def test_several_kinds_at_once_and_a_bad_one_that_disturbs_nothing(desktop: Desktop) -> None:
    app = start(desktop)
    files = [DOCUMENTS / name for name in ("report.pdf", "plain.png", "clip.mp4", "locked.pdf")]
    assert desktop.drop_files(files, app.find("Question", "text"))
    app.wait(re.compile("protected by a password"), timeout=60)
    for name in ("report.pdf", "plain.png", "clip.mp4"):
        app.wait(re.compile(f"{name}.*(pages|×|video)", re.DOTALL), timeout=60)
    desktop.click(app.wait(re.compile("^Remove locked"), "button"))
    ask(app, desktop, "What is on page 2?")
    app.wait(text=re.compile("Page 2 of the report"), timeout=120)


def test_a_picture_is_pasted(desktop: Desktop) -> None:
    app = start(desktop)
    desktop.clipboard_image(DOCUMENTS / "plain.png")
    desktop.click(app.find("Question", "text"))
    desktop.key("ctrl+v")
    app.wait(re.compile("^Pasted picture"), timeout=30)


def test_files_are_pasted(desktop: Desktop) -> None:
    app = start(desktop)
    desktop.clipboard_files([DOCUMENTS / "report.pdf"])
    desktop.click(app.find("Question", "text"))
    desktop.key("ctrl+v")
    app.wait(re.compile("report.pdf"), timeout=30)


def test_an_attachment_can_be_opened_and_removed(desktop: Desktop) -> None:
    app = start(desktop)
    assert desktop.drop_files([DOCUMENTS / "report.pdf"], app.find("Question", "text"))
    chip = app.wait(re.compile("^report.pdf"), timeout=60)
    app.wait("Send", "button", state="enabled", timeout=60)
    desktop.click(chip)
    app.wait(re.compile("Page 1 of"), timeout=30)
    desktop.key("Escape")
    desktop.click(app.wait(re.compile("^Remove report"), "button"))
    app.wait_gone(re.compile("^report.pdf"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can hide LibreOffice from one program")
def test_without_libreoffice_the_text_of_a_deck_is_sent_and_this_is_said(desktop: Desktop) -> None:
    hidden = "mount -t tmpfs none /usr/lib/libreoffice && exec $0"
    app = desktop.start(command=["unshare", "--mount", "sh", "-c", hidden, *GLIMPSE])
    app.wait_window("Glimpse")
    assert desktop.drop_files([DOCUMENTS / "deck.pptx"], app.find("Question", "text"))
    app.wait(re.compile("LibreOffice is not installed"), timeout=60)
    ask(app, desktop, "Which results?")
    app.wait(text=re.compile("Quarterly results"), timeout=60)


def test_drafts_of_two_conversations_do_not_mix(desktop: Desktop) -> None:
    write_settings(desktop)
    app = start(desktop)
    ask(app, desktop, "first")
    desktop.click(app.wait("first", "list item"))
    desktop.click(app.find("Question", "text"))
    desktop.type("for the first")
    desktop.key("ctrl+n")
    until(lambda: app.find("Question", "text").text == "", "an empty composer", 20)
    desktop.type("for a new one")
    desktop.click(app.find("first", "list item"))
    until(lambda: app.find("Question", "text").text == "for the first", "the first draft", 20)
    desktop.key("ctrl+n")
    until(lambda: app.find("Question", "text").text == "for a new one", "the second draft", 20)
