"""A key chosen in the settings: pressed, tried at once, and used with the window out of sight."""

import pytest

from app.i18n import say
from tests.journeys.desktop import Desktop
from tests.journeys.habits import start
from tests.journeys.world import until

pytestmark = pytest.mark.journey

BESIDE = (5, 5)


def test_a_key_is_pressed_tried_saved_and_works_while_glimpse_is_hidden(desktop: Desktop) -> None:
    desktop.run("xsetroot", "-solid", "white")
    app = start(desktop)
    desktop.key("ctrl+comma")
    desktop.click(app.wait("Hotkeys", "list item", timeout=30))
    desktop.click(app.wait("Capture a region", "text"))
    desktop.key("ctrl+alt+r")
    app.wait(say("hotkeys.heard", chord="Ctrl+Alt+R"), timeout=20)
    before = desktop.pixel(*BESIDE)
    desktop.key("ctrl+alt+r")  # while the field listens, it is only told
    app.wait_window("Settings")
    desktop.click(app.find("Save", "button"))
    app.wait_window("Glimpse")
    desktop.run("xdotool", "getactivewindow", "windowminimize")
    until(lambda: not any(each.active for each in app.windows()), "the window out of sight", 20)

    def picker() -> bool:
        desktop.key("ctrl+alt+r")
        return desktop.pixel(*BESIDE) != before

    until(picker, "the picker", 20)
    desktop.key("Escape")
