"""Files of all kinds, dropped and pasted as people do it, and asked about."""

import re
from pathlib import Path

import pytest
from PIL import Image

from app.i18n import say
from tests.journeys.desktop import GLIMPSE, Desktop
from tests.journeys.fixed import profile_of, write_settings
from tests.journeys.habits import ask, reopen, scroll_up_to, start
from tests.journeys.world import until
from tests.model_servers import ModelServer
from tests.servers.cases import COLORS, Filmed
from tests.servers.talk import film

pytestmark = pytest.mark.journey

DOCUMENTS = Path(__file__).parents[1] / "fixtures/documents"


def paint(path: Path, *colours: str) -> Path:
    """Make a PDF with a page of each colour, small so that a slow model sees it soon."""
    first, *more = (Image.new("RGB", (112, 112), tuple(COLORS[colour])) for colour in colours)
    first.save(path, save_all=True, append_images=more)
    return path


@pytest.mark.parametrize(
    ("file", "size", "question", "answer"),
    [
        ("report.pdf", "3 pages", "What is on page 2?", "Page 2 of the report"),
        ("季度 报告.pdf", "3 pages", "quarter", "季度收入增长百分之十二"),
        ("deck.pptx", "3 slides", "Which results?", "Quarterly results"),
    ],
)
def test_a_document_is_dropped_asked_about_and_there_the_next_day(
    desktop: Desktop, file: str, size: str, question: str, answer: str
) -> None:
    app = start(desktop)
    assert desktop.drop_files([DOCUMENTS / file], app.find("Question", "text"))
    app.wait(f"{file}, {size}", timeout=60)
    ask(app, desktop, question)
    app.wait(text=re.compile(answer), timeout=90)
    assert app.quit() == 0
    again = start(desktop)
    reopen(again, desktop, question)
    again.wait(text=re.compile(answer))
    # Its pages are there too, as pictures.
    desktop.click(scroll_up_to(again, desktop, say("thread.attachment", name=file)))
    again.wait(re.compile("^Page 1 of"))


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
    for file in files[:3]:
        app.wait(say("thread.attachment", name=file.name), in_view=False)


def test_a_picture_is_pasted(desktop: Desktop) -> None:
    app = start(desktop)
    desktop.clipboard_image(DOCUMENTS / "plain.png")
    desktop.click(app.find("Question", "text"))
    desktop.key("ctrl+v")
    app.wait(re.compile("^Pasted picture, [0-9]+ × [0-9]+"), timeout=30)


def test_files_are_pasted(desktop: Desktop) -> None:
    app = start(desktop)
    desktop.clipboard_files([DOCUMENTS / "report.pdf"])
    desktop.click(app.find("Question", "text"))
    desktop.key("ctrl+v")
    app.wait("report.pdf, 3 pages", timeout=30)


def test_an_attachment_can_be_opened_and_removed(desktop: Desktop) -> None:
    app = start(desktop)
    assert desktop.drop_files([DOCUMENTS / "report.pdf"], app.find("Question", "text"))
    app.wait("report.pdf, 3 pages", timeout=60)
    app.wait("Send", "button", state="enabled", timeout=60)
    desktop.click(app.find("report.pdf, 3 pages"))
    app.wait(re.compile("Page 1 of"), timeout=30)
    desktop.key("Escape")
    desktop.click(app.wait(re.compile("^Remove report"), "button"))
    app.wait_gone(re.compile("^report.pdf"))


def test_only_the_pages_that_were_chosen_are_sent(
    desktop: Desktop, llama_eye: ModelServer, tmp_path: Path
) -> None:
    write_settings(desktop, profile_of(llama_eye))
    app = start(desktop)
    pages = paint(tmp_path / "colours.pdf", "red", "green", "blue", "yellow", "black")
    assert desktop.drop_files([pages], app.find("Question", "text"))
    app.wait(re.compile("^colours.pdf, 5 pages"), timeout=60)
    desktop.click(app.find(say("composer.choose_pages"), "button"))
    desktop.click(app.wait(say("picker.range"), "text"))
    desktop.type("4, 2")
    app.wait(say("picker.count", n=2, total=5))
    desktop.click(app.find(say("picker.take"), "button"))
    app.wait(re.compile("^colours.pdf, Pages 2, 4 of 5"))
    ask(app, desktop, "which colours?")
    app.wait(text=re.compile("I see two pictures: green, yellow"), timeout=60)


def test_a_video_goes_as_stills_to_a_server_that_takes_no_videos(
    desktop: Desktop, llama_eye: ModelServer, tmp_path: Path
) -> None:
    write_settings(desktop, profile_of(llama_eye))
    app = start(desktop)
    clip = film(Filmed("red", "green", seconds=2), tmp_path)
    assert desktop.drop_files([clip], app.find("Question", "text"))
    app.wait(re.compile("^red-green.mp4, 2 s video · sent as 2 stills with their times"), timeout=60)
    ask(app, desktop, "what happens?")
    app.wait(text=re.compile("I see two pictures: red, green"), timeout=60)


@pytest.mark.usefixtures("own_mounts")
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
