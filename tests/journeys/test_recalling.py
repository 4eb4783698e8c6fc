"""A capture is used again: from the list of what was captured, and pinned on top of everything."""

import re

import pytest
from PIL import ImageColor

from tests.journeys.application import App
from tests.journeys.conftest import MakeDesktop
from tests.journeys.desktop import Desktop
from tests.journeys.eyes import Window
from tests.journeys.fixed import BESIDE, show_neighbour
from tests.journeys.habits import LONG, ask, capture, open_picker, start
from tests.journeys.world import until

pytestmark = pytest.mark.journey

CAPTURE = re.compile("^Capture [0-9].*, 421 × 321")
FAR = (500, 420)
AWAY = (1270, 890)  # else the neighbour would be what is hovered, and not be dimmed
WORDS = "The ferry to Ven leaves at 16:20"
RECENT = "Recent captures"


def test_a_capture_whose_chip_was_closed_is_attached_again_and_asked_about(desktop: Desktop) -> None:
    show_neighbour(desktop, "white", (700, 400), WORDS)
    app = start(desktop)
    desktop.move(AWAY)
    capture(desktop, BESIDE, (740, 420))
    app.wait(re.compile("^Capture [0-9].*, 661 × 321"), timeout=LONG)
    desktop.click(app.wait(re.compile("^Remove Capture"), "button"))
    app.wait_gone(re.compile("^Capture [0-9].*, 661 × 321"))

    desktop.key("ctrl+h")
    app.wait_window(RECENT)
    app.wait(re.compile("^Capture of Today .*, 661 × 321"))
    desktop.key("Return")
    app.wait_window("Glimpse")
    app.wait(re.compile("^Capture [0-9].*, 661 × 321"))
    ask(app, desktop, "When does the ferry leave?")
    app.wait(text=re.compile(WORDS), timeout=LONG)

    desktop.key("ctrl+h")
    app.wait_window(RECENT)
    desktop.key("Delete")
    app.wait("Nothing has been captured yet.")
    desktop.key("Escape")
    app.wait_window("Glimpse")
    # It is part of a conversation, and stays there.
    app.wait(text=re.compile(WORDS))
    assert app.quit() == 0


def test_a_capture_is_pinned_moved_zoomed_captured_and_closed(make_desktop: MakeDesktop) -> None:
    desktop = make_desktop(size=(1600, 900))
    show_neighbour(desktop, "#3366cc")
    app = start(desktop)
    desktop.move(AWAY)
    pin = pin_region(app, desktop)
    # Where it was taken, with a line around it, pixel for pixel.
    assert (pin.x, pin.y, pin.width, pin.height) == (BESIDE[0] - 1, BESIDE[1] - 1, 423, 323)
    # Its corner goes with the pointer, to where nothing else is.
    desktop.drag((BESIDE[0] + 20, BESIDE[1] + 20), (1120, 120))
    moved = until(lambda: placed(app, (1099, 99)), "the pin in its new place")
    blue = ImageColor.getrgb("#3366cc")
    assert desktop.pixel(1110, 110) == blue

    desktop.scroll((1200, 200), -3)
    zoomed = until(lambda: wider(app, moved.width), "a larger pin")
    # What was below the pointer stays there.
    assert abs((1200 - zoomed.x) / zoomed.width - (1200 - moved.x) / moved.width) < 0.01

    # It stays while something is captured, and is captured too.
    open_picker(desktop, (1110, 110))
    desktop.drag((1150, 150), (1250, 250))
    desktop.key("ctrl+c")
    app.wait("Copied to the clipboard.", timeout=LONG)
    until(lambda: desktop.pixel(1110, 110) == blue, "the screen without the picker")
    desktop.run("sh", "-c", f"xclip -selection clipboard -t image/png -o > {desktop.folder}/copied.png")
    assert desktop.run(
        "identify", "-format", "%w %h %[pixel:p{50,50}]", desktop.folder / "copied.png"
    ).startswith("101 101 srgb(51,102,204)")

    desktop.double_click((1150, 150))
    until(lambda: not pins(app), "no pin any more")
    assert app.alive


def pins(app: App) -> list[Window]:
    return [window for window in app.windows() if window.title.startswith("Pinned")]


def placed(app: App, corner: tuple[int, int]) -> Window | None:
    return next((pin for pin in pins(app) if (pin.x, pin.y) == corner), None)


def wider(app: App, width: int) -> Window | None:
    return next((pin for pin in pins(app) if pin.width > width * 1.3), None)


def pin_region(app: App, desktop: Desktop) -> Window:
    open_picker(desktop, BESIDE)
    desktop.drag(BESIDE, FAR)
    desktop.key("p")
    return until(lambda: next(iter(pins(app)), None), "the pin", LONG, app.dump)
