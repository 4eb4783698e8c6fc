"""What is hidden before a question is sent is nowhere in what the server gets."""

import base64
import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from app.i18n import say
from tests.bench.ocr_paper import MONO, font
from tests.journeys.application import App
from tests.journeys.desktop import Desktop
from tests.journeys.fixed import write_settings
from tests.journeys.habits import LONG, ask, open_picker, start
from tests.little_server import Line, LittleServer, serving

pytestmark = pytest.mark.journey

WIDTH, HEIGHT = 600, 300
KEY = "sk-proj-9fKd82LmQx71VbTzR4wYp0Ns"
PICKER = "Choose what to capture"
DATA = "data:image/png;base64,"


class Noting(LittleServer):
    """Says one word to every question."""

    name = "Noting server"

    def answer(self, line: Line) -> None:
        line.say(content="seen")
        line.end()

    def pictures(self) -> list[Image.Image]:
        """Return the pictures of the last question."""
        content = self.bodies[-1]["messages"][-1]["content"]
        urls = [part["image_url"]["url"] for part in content if part["type"] == "image_url"]
        return [Image.open(BytesIO(base64.b64decode(url.removeprefix(DATA)))) for url in urls]


def paint(path: Path) -> Path:
    """Draw a picture in which every pixel is known, with a key in it."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "#fff8e0")
    draw = ImageDraw.Draw(image)
    draw.text((20, 20), "$ cat .env", "#101010", font(MONO, "en", 16))
    draw.text((20, 60), f"OPENAI_API_KEY={KEY}", "#101010", font(MONO, "en", 16))
    image.save(path, pnginfo=None)
    return path


def drop(app: App, desktop: Desktop, path: Path) -> None:
    assert desktop.drop_files([path], app.find("Question", "text"))
    app.wait(re.compile(f"^{path.name}, {WIDTH}"), timeout=LONG)


def test_what_is_blacked_out_in_the_viewer_never_leaves(desktop: Desktop, tmp_path: Path) -> None:
    with serving(Noting()) as server:
        write_settings(desktop, server.profile)
        app = start(desktop)
        path = paint(tmp_path / "env.png")
        drop(app, desktop, path)
        desktop.click(app.find(re.compile("^env.png, "), "panel"))
        app.wait_window("env.png")
        desktop.click(app.wait(say("window.view_mark"), "button"))
        canvas = app.wait(say("marks.canvas"))
        # The picture is shown as large as it is, in the middle.
        x, y = canvas.center[0] - WIDTH // 2, canvas.center[1] - HEIGHT // 2
        desktop.key("b")
        desktop.drag((x + 150, y + 50), (x + 500, y + 90))
        app.wait(say("marks.undo"), "button", state="enabled")
        shown = desktop.picture(tmp_path / "shown.png")
        desktop.click(app.find(say("marks.done"), "button"))
        app.wait(say("window.view_mark"), "button", state="enabled")
        desktop.key("Escape")
        app.wait_window("Glimpse")
        ask(app, desktop, "What is this?")
        app.wait(text=re.compile("seen"), timeout=LONG)
        (got,) = server.pictures()
        assert (got.size, got.mode, got.info) == ((WIDTH, HEIGHT), "RGB", {})
        black = got.getbbox() and Image.eval(got.convert("L"), lambda value: 255 * (value == 0)).getbbox()
        assert black is not None
        assert max(abs(a - b) for a, b in zip(black, (150, 50, 500, 90), strict=True)) <= 2
        assert got.crop(black).getcolors() == [((black[2] - black[0]) * (black[3] - black[1]), (0, 0, 0))]
        # Everything else is as it was, and as it was shown.
        original = Image.open(path).convert("RGB")
        for part in ((0, 0, WIDTH, black[1]), (0, black[3], WIDTH, HEIGHT), (0, 0, black[0], HEIGHT)):
            assert got.crop(part).tobytes() == original.crop(part).tobytes()
        inner = (black[0] + 2, black[1] + 2, black[2] - 2, black[3] - 2)
        seen = Image.open(shown).convert("RGB").crop((x + inner[0], y + inner[1], x + inner[2], y + inner[3]))
        assert seen.tobytes() == got.crop(inner).tobytes()
        assert app.quit() == 0


def test_a_secret_is_found_shown_and_hidden_before_anything_leaves(desktop: Desktop, tmp_path: Path) -> None:
    with serving(Noting()) as server:
        write_settings(desktop, replace(server.profile, careful=True))
        app = start(desktop)
        drop(app, desktop, paint(tmp_path / "env.png"))
        ask(app, desktop, "What is this?")
        app.wait(say("secrets.hide"), "button", timeout=LONG)
        app.wait(re.compile("API key"))
        assert server.bodies == [], "nothing has left this computer"
        desktop.click(app.find(say("secrets.back"), "button"))
        app.wait_window("Glimpse")
        app.wait("Question", "text", text="What is this?")
        assert server.bodies == []
        desktop.click(app.find("Question", "text"))
        desktop.key("Return")
        app.wait(say("secrets.hide"), "button", state="enabled", timeout=LONG)
        desktop.key("Return")
        app.wait(text=re.compile("seen"), timeout=LONG)
        (got,) = server.pictures()
        assert got.crop((175, 62, 455, 74)).getcolors() == [(280 * 12, (0, 0, 0))]
        assert got.getpixel((10, 10)) == (255, 248, 224)
        assert app.quit() == 0


def test_what_is_marked_in_the_picker_is_in_every_copy_of_it(desktop: Desktop, tmp_path: Path) -> None:
    desktop.run("xsetroot", "-solid", "#8aa07a")
    app = start(desktop)
    open_picker(desktop, (5, 5))
    desktop.drag((300, 200), (599, 399))
    desktop.click(app.wait(say("marks.redaction"), "check box"))
    desktop.drag((350, 250), (450, 300))
    desktop.key("v")
    desktop.drag((320, 220), (330, 230))  # the selection moves, what is hidden stays
    app.wait(PICKER)
    desktop.picture(tmp_path / "picker.png")
    desktop.key("Return")
    app.wait(re.compile(", 300 × 200"), timeout=LONG)
    desktop.click(app.find(re.compile(", 300 × 200")))
    canvas = app.wait(re.compile(r"^Capture [0-9.]+$"), "panel")
    app.wait(re.compile("^300 × 200"))
    x, y = canvas.center[0] - 150, canvas.center[1] - 100
    shown = Image.open(desktop.picture(tmp_path / "shown.png")).convert("RGB").crop((x, y, x + 300, y + 200))
    black = Image.eval(shown.convert("L"), lambda value: 255 * (value == 0)).getbbox()
    assert black is not None
    assert max(abs(a - b) for a, b in zip(black, (40, 40, 140, 90), strict=True)) <= 2
    desktop.key("Escape")
    assert app.quit() == 0
