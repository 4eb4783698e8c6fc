"""Photograph the main states of the real window into docs/pictures: `make pictures`.

Every picture is made by hand, as it were: real keys, a real mouse, a real screen.  Name appearances
(`dark-zh`) to make only those.
"""

import re
import sys
import tempfile
from pathlib import Path

from PIL import Image
from PySide6.QtGui import QGuiApplication

from app import i18n
from app.i18n import say
from tests.journeys.application import App
from tests.journeys.desktop import Desktop
from tests.journeys.eyes import Window
from tests.journeys.fixed import write_settings
from tests.journeys.scenery import HEIGHT, WIDTH, chart, report
from tests.journeys.stories import STORIES, Story
from tests.journeys.storyteller import Storyteller, storyteller
from tests.journeys.world import until

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs/pictures"
LOCKED = ROOT / "tests/fixtures/documents/locked.pdf"
APPEARANCES = ("light-en", "dark-zh", "dark-en", "light-zh")
FRAME = (100, 60, 1080, 760)
NARROW = (420, 640)
_THOUGHT = 4  # seconds after which a reasoning fills its pane
_VEILED = (140, 140, 140)  # the paper of the chart under the picker
COLOURS = 255  # of a picture: one byte a pixel, and still smooth letters
NEIGHBOUR = """
import sys
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication([])
window = QLabel()
window.setWindowTitle(sys.argv[2])
window.setPixmap(QPixmap(sys.argv[1]))
window.move(170, 130)
window.show()
app.exec()
"""


class Photographer:
    """Leads one window through its states and takes a picture of each."""

    def __init__(self, desktop: Desktop, server: Storyteller, appearance: str) -> None:
        self.theme, self.language = appearance.split("-")
        i18n.use(self.language)
        self._desktop = desktop
        self._server = server
        self._story: Story = server.story
        self._appearance = appearance
        self._app: App | None = None

    def take_all(self) -> None:
        """Take every picture of this appearance."""
        self._start()
        self._shoot("empty")
        self._pick_a_region()
        self._attach()
        self._ask_and_read()
        self._squeeze()
        self._lose_the_server()
        self._open_settings()

    def take_sharp(self) -> None:
        """Take the picture on a fine display."""
        self._start(scale=2)
        self._shoot("hidpi")

    def _start(self, scale: float = 1) -> None:
        write_settings(
            self._desktop, self._server.profile, theme=self.theme, language=self.language, window=FRAME
        )
        self._app = self._desktop.start(scale=scale)
        # Our own looking, at widgets that have just gone.
        self.app.expect_stderr("Could not find accessible on path")
        self.app.wait_window("Glimpse")
        self.app.wait(say("composer.question"), "text", state="focused")

    @property
    def app(self) -> App:
        """The program in front of the camera."""
        if self._app is None:
            raise RuntimeError("it has not been started")
        return self._app

    def _pick_a_region(self) -> None:
        desktop = self._desktop
        picture = chart(self._story, desktop.folder / "chart.png")
        desktop.spawn([sys.executable, "-c", NEIGHBOUR, picture, self._story.report])
        neighbour = until(
            lambda: next((one for one in desktop.windows() if one.title == self._story.report), None),
            "the chart's window",
        )
        desktop.run("xdotool", "windowactivate", "--sync", str(self._window().number))
        corner = (neighbour.x + 40, neighbour.y + 20)
        desktop.move((desktop.size[0] - 1, desktop.size[1] - 1))  # a window under the pointer stays bright
        desktop.key("ctrl+shift+a")
        until(lambda: desktop.pixel(*corner) == _VEILED, "the picker")
        desktop.drag(corner, (neighbour.x + WIDTH - 60, neighbour.y + HEIGHT - 30))
        around = (neighbour.x - 30, neighbour.y - 50, neighbour.x + WIDTH + 30, neighbour.y + HEIGHT + 30)
        self._shoot("region", around)
        desktop.key("Return")
        self.app.wait(re.compile("×"), timeout=30)
        self.app.wait_window("Glimpse")

    def _attach(self) -> None:
        folder = self._desktop.folder
        pages = report(self._story, folder / f"{self._story.report}.pdf")
        self._desktop.drop_files([pages, LOCKED], self.app.wait(say("composer.question"), "text"))
        self.app.wait(re.compile(re.escape(say("composer.pages", n=6))), timeout=60)
        remove = self.app.wait(say("composer.remove", name=LOCKED.name), "button", timeout=60)
        self._shoot("attached")
        self._desktop.click(remove)
        self.app.wait_gone(say("composer.remove", name=LOCKED.name))

    def _ask_and_read(self) -> None:
        self._server.hold = True
        self._ask(self._story.question)
        self.app.wait(say("reasoning.thinking_for", n=_THOUGHT), timeout=30)
        self._shoot("streaming")
        self._server.go_on.set()
        self._wait_for_the_end()
        self._shoot("finished")
        self._desktop.click(self._thoughts())
        self._shoot("reasoning")
        self._desktop.click(self._thoughts())

    def _squeeze(self) -> None:
        window = self._window()
        self._resize(window, *NARROW)
        self._shoot("narrow")
        self._resize(window, *FRAME[2:])

    def _lose_the_server(self) -> None:
        self._server.dies = True
        self._desktop.key("ctrl+n")
        self._ask(self._story.other)
        self.app.wait(say("reply.retry"), "button", timeout=60)
        self._shoot("error")

    def _open_settings(self) -> None:
        self._desktop.key("ctrl+comma")
        self.app.wait(say("settings.language"), "label", timeout=30)
        self._shoot("settings")
        self._desktop.click(self.app.wait(say("settings.backends"), "list item"))
        self.app.wait(say("settings.address"), "text")
        self._shoot("backends")
        self._desktop.key("Escape")

    # Hands

    def _ask(self, question: str) -> None:
        self._desktop.click(self.app.wait(say("composer.question"), "text"))
        # Not every language has its letters on the keyboard.
        self._desktop.clipboard_text(question)
        self._desktop.key("ctrl+v")
        self.app.wait(say("composer.send"), "button", state="enabled", timeout=60)
        self._desktop.key("Return")

    def _thoughts(self) -> tuple[int, int]:
        pane = self.app.wait(re.compile(f"^{say('reasoning.thought')}"))
        return pane.center

    def _wait_for_the_end(self) -> None:
        self.app.wait(say("reply.copy_answer"), "button", timeout=60, in_view=False)

    def _resize(self, window: Window, width: int, height: int) -> None:
        self._desktop.run("xdotool", "windowsize", str(window.number), str(width), str(height))
        until(lambda: self._window().width == width, "the new size")

    # Eyes

    def _window(self) -> Window:
        return next(one for one in self.app.windows() if one.title == "Glimpse")

    def _shoot(self, state: str, crop: tuple[int, int, int, int] | None = None) -> None:
        if crop is None:
            self._desktop.move((2, 2))  # so that the pointer lights nothing up
        self._hold_still()
        taken = self._desktop.folder / "whole.png"
        with Image.open(self._desktop.picture(taken)) as screen:
            picture = screen.convert("RGB")
        if crop is None:
            window = self._window()
            crop = window.x, window.y, window.x + window.width, window.y + window.height
        picture = picture.crop(crop)
        path = PICTURES / f"{state}-{self._appearance}.png"
        picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
        print(path.relative_to(ROOT), f"{path.stat().st_size // 1024} kB", flush=True)

    def _hold_still(self) -> None:
        """Wait until two looks at the screen show the same; a caret may blink and seconds may count."""
        seen: list[bytes] = []

        def same() -> bool:
            seen.append(self._desktop.picture(self._desktop.folder / "look.png").read_bytes())
            return len(seen) > 1 and seen[-1] == seen[-2]

        until(lambda: same() or len(seen) > 12, "a quiet screen")


def main(appearances: list[str]) -> int:
    """Take the pictures of these appearances, of all when none is named."""
    # For drawing what is looked at; the window itself has a screen.
    drawing = QGuiApplication(["pictures", "-platform", "offscreen"])
    PICTURES.mkdir(parents=True, exist_ok=True)
    for appearance in appearances or APPEARANCES:
        story = STORIES[appearance.split("-")[1]]
        with tempfile.TemporaryDirectory() as folder, storyteller(story) as server:
            for name, size in (("usual", (1280, 900)), ("fine", (2400, 1760))):
                place = Path(folder) / name
                place.mkdir()
                with Desktop(place, size) as desktop:
                    photographer = Photographer(desktop, server, appearance)
                    photographer.take_all() if name == "usual" else photographer.take_sharp()
                    if faults := desktop.faults():
                        print(*faults, sep="\n", file=sys.stderr)
                        return 1
    drawing.quit()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
