"""What a journey finds when it begins: settings made earlier, another program's window, a server to tease."""

import json
import sys
from contextlib import AbstractContextManager
from itertools import count
from pathlib import Path
from typing import Any

from PIL import ImageColor

from app import plain
from app.model.profiles import Profile
from app.settings import READER, Settings
from tests.journeys.desktop import Desktop
from tests.journeys.world import until
from tests.little_server import Line, LittleServer, serving
from tests.model_servers import ModelServer

_NEIGHBOUR = """
import sys
from PySide6.QtWidgets import QApplication, QLabel
colour, width, height, words = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
app = QApplication([])
window = QLabel(words)
window.setWindowTitle("Neighbour")
window.setStyleSheet(f"background: {colour}; font-size: 28px; padding: 40px")
window.setGeometry(60, 60, width, height)
window.show()
app.exec()
"""
BESIDE = (80, 100)  # a spot in the neighbour that Glimpse does not cover


def show_neighbour(
    desktop: Desktop, colour: str, size: tuple[int, int] = (500, 400), words: str = ""
) -> None:
    """Open another program's window, of one colour and perhaps with a line of words, behind where Glimpse will be."""
    desktop.spawn([sys.executable, "-c", _NEIGHBOUR, colour, *map(str, size), words])
    until(lambda: desktop.pixel(*BESIDE) == ImageColor.getrgb(colour), f"the {colour} neighbour")


def write_settings(desktop: Desktop, *profiles: Profile, **values: Any) -> None:
    """Put settings where a Glimpse of this desktop will look for them; the last profile is in use."""
    chosen = profiles[-1].id if profiles else READER.id
    settings = Settings(profiles=(READER, *profiles), profile=chosen, **values)
    file = Path(desktop.env["GLIMPSE_HOME"]) / "config/settings.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(plain.to_plain(settings)))


def profile_of(server: ModelServer) -> Profile:
    """Return the profile of a real server, which needs no key."""
    return Profile("test", "Test server", server.preset, server.url, server.model)


class SlowServer(LittleServer):
    """Thinks, then counts without end, a word each twentieth of a second."""

    name = "Slow server"

    def answer(self, line: Line) -> None:
        """Count until somebody has had enough."""
        line.say(reasoning="I will count. ")
        for number in count(1):
            if self.closing.wait(0.05):
                break
            line.say(content=f"word{number} ")


def slow_server(port: int = 0) -> AbstractContextManager[SlowServer]:
    """Serve until the block ends; then nobody answers at its port."""
    return serving(SlowServer(port))
