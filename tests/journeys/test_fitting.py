"""A conversation that has become too long: the window says what to leave out, and does it."""

import asyncio
import io
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from app.blobs import BlobStore
from app.i18n import say
from app.model.attachments import Attachment, Draft, Kind, Picture, Progress
from app.model.events import Answer
from app.model.messages import Ending
from app.store import Store
from tests.journeys.desktop import Desktop
from tests.journeys.fixed import write_settings
from tests.journeys.habits import ask, reopen, start
from tests.little_server import Line, LittleServer, serving

pytestmark = pytest.mark.journey

COLOURS = 30  # of pages, in each of two questions


class Brief(LittleServer):
    """Says that it understood."""

    name, model = "GLM-4.5V", "glm-4.5v"

    def answer(self, line: Line) -> None:
        """Say it."""
        line.say(content="Understood, so far.")
        line.end()


def remember(desktop: Desktop) -> None:
    """Put a conversation about sixty pages into the history, as another backend had taken them."""
    asyncio.run(_remember(Path(desktop.env["GLIMPSE_HOME"]) / "data"))


async def _remember(data: Path) -> None:
    blobs = BlobStore(data / "attachments")
    with ThreadPoolExecutor(1) as executor:
        store = await Store.open(data / "history.sqlite", executor)
        thread, _ = await store.begin_thread("Two reports", _about(blobs, "The first report", 0))
        await _reply(store, thread.id, "It counts returned goods.")
        await store.append_question(thread.id, _about(blobs, "And the second?", COLOURS))
        await _reply(store, thread.id, "It counts them once more.")
        await store.close()


async def _reply(store: Store, thread: int, words: str) -> None:
    reply = await store.open_reply(thread, profile="Lab", model="glm-4.6v")
    await store.extend(reply.id, [Answer(words)])
    await store.close_reply(replace(reply, ended=Ending.FINISHED))


def _about(blobs: BlobStore, text: str, first: int) -> Draft:
    pages = tuple(_page(blobs, first + number, number + 1) for number in range(COLOURS))
    name = f"{text}.pdf"
    return Draft(
        text, (Attachment(name, Kind.DOCUMENT, name, Progress.READY, pictures=pages, total=COLOURS),)
    )


def _page(blobs: BlobStore, shade: int, number: int) -> Picture:
    file = io.BytesIO()
    Image.new("RGB", (120, 170), (250 - 3 * shade, 220, 200 + shade % 50)).save(file, "PNG")
    return Picture(blobs.keep(file.getvalue(), "image/png"), 120, 170, number=number)


def test_what_does_not_fit_is_left_out_when_the_user_says_so(desktop: Desktop) -> None:
    remember(desktop)
    with serving(Brief()) as server:
        write_settings(desktop, replace(server.profile, preset="zai"))  # GLM-4.5V there takes fifty pictures
        app = start(desktop)
        reopen(app, desktop, "Two reports")
        desktop.click(app.find("Question", "text"))
        desktop.type("Which is right?")
        offer = app.wait("Leave out 10 earlier pictures and send", "button")
        desktop.key("Return")
        assert server.bodies == []
        desktop.click(offer)
        app.wait(text="Understood, so far.", timeout=60)
        app.wait(say("fit.media_gone", n=10), "label", in_view=False)
        sent = json.dumps(server.bodies[0])
        assert sent.count("data:image/png;base64,") == 50
        assert "[The first report.pdf, page 10]" not in sent
        assert "[The first report.pdf, page 11]" in sent

        # Once agreed, the next question goes without asking; what is left out stands beside its cost.
        ask(app, desktop, "Are you sure?")
        app.wait_gone("Leave out 10 earlier pictures and send")
        app.wait(text="Understood, so far.", timeout=60)
        assert json.dumps(server.bodies[-1]["messages"][1:5]) == json.dumps(server.bodies[0]["messages"][1:5])
        assert app.quit() == 0
