"""Pictures of the screens: what was pointed at is what is taken, to the pixel."""

import io
import re

import pytest
from PIL import Image, ImageColor

from tests.journeys.application import App
from tests.journeys.conftest import MakeDesktop
from tests.journeys.desktop import Desktop
from tests.journeys.fixed import BESIDE, show_neighbour
from tests.journeys.habits import LONG, Spot, open_picker, start
from tests.journeys.world import until

pytestmark = pytest.mark.journey

BLUE = "#3366cc"
GROUND = "#8aa07a"  # of the desktop, where no window is
CHIP = re.compile(r"^Capture [0-9.]+, ")
PICKER = "Choose what to capture"


@pytest.fixture
def wide(make_desktop: MakeDesktop) -> Desktop:
    """Give a desktop with a blue window on it."""
    desktop = make_desktop(size=(1500, 900))
    desktop.run("xsetroot", "-solid", GROUND)
    show_neighbour(desktop, BLUE)
    return desktop


def framed(desktop: Desktop) -> tuple[int, int]:
    """Return how large the neighbour is with its frame."""
    window = next(one for one in desktop.windows() if one.title == "Neighbour")
    words = desktop.run("xprop", "-id", str(window.number), "_NET_FRAME_EXTENTS").split("=")[1]
    left, right, top, bottom = map(int, words.split(","))
    return window.width + left + right, window.height + top + bottom


def wait_captures(app: App, *sizes: tuple[int, int]) -> None:
    """Wait until these captures, and no others, are attached and have been read."""
    wanted = [f"{width} × {height}" for width, height in sizes]

    def attached() -> bool:
        return [name.split(", ")[-1] for name in names(app)] == wanted

    until(attached, f"captures of {wanted}", LONG, lambda: str(names(app)))


def names(app: App) -> list[str]:
    return [each.name for each in app.find_all(CHIP)]


def is_dim(desktop: Desktop, spot: Spot, colour: str) -> bool:
    return desktop.pixel(*spot) != ImageColor.getrgb(colour)


def wait_gone(desktop: Desktop) -> None:
    """Wait until the picker covers nothing any more."""
    until(lambda: not is_dim(desktop, BESIDE, BLUE), "the end of the picker")


def copied(desktop: Desktop) -> Image.Image:
    """Wait for a picture on the clipboard and return it."""
    png = until(lambda: desktop._offered("image/png"), "a picture on the clipboard")
    return Image.open(io.BytesIO(png)).convert("RGB")


def test_the_screen_that_the_menu_names_is_the_one_in_the_picture(make_desktop: MakeDesktop) -> None:
    desktop = make_desktop(size=(2500, 900))
    desktop.run("xrandr", "--setmonitor", "wide", "1400/350x900/225+0+0", "screen")
    desktop.run("xrandr", "--setmonitor", "*narrow", "1100/275x900/225+1400+0", "none")
    show_neighbour(desktop, BLUE, (2300, 700))
    app = start(desktop)
    # Below "All screens" Qt puts the primary one first.
    for place, size in ((2, "1100 × 900"), (3, "1400 × 900"), (1, "2500 × 900")):
        desktop.click(app.wait("Capture", "button"))
        desktop.key(*["Down"] * place, "Return")
        app.wait(re.compile(size), timeout=LONG)
        desktop.click(app.wait(re.compile("^Remove Capture"), "button"))
        app.wait_gone(re.compile(size))


def test_a_click_takes_the_window_under_it_with_its_frame(wide: Desktop) -> None:
    app = start(wide)
    open_picker(wide, BESIDE)
    wide.move((100, 150))
    until(lambda: not is_dim(wide, BESIDE, BLUE), "the window under the pointer")
    assert is_dim(wide, (1450, 850), GROUND)
    wide.click((100, 150))
    wait_captures(app, framed(wide))


def test_the_second_half_of_a_double_click_reaches_nobody(wide: Desktop) -> None:
    app = start(wide)
    open_picker(wide, BESIDE)
    wide.move((100, 150))
    until(lambda: not is_dim(wide, BESIDE, BLUE), "the window under the pointer")
    wide.run("xdotool", "click", "--repeat", "2", "--delay", "250", "1")
    wait_captures(app, framed(wide))
    assert app.wait_window("Glimpse").active  # and not the neighbour, which a click would have brought up
    wide.click((100, 150))  # a moment later it is one again
    until(lambda: any(one.active for one in wide.windows() if one.title == "Neighbour"), "the neighbour")


def test_a_region_is_adjusted_with_its_handles_and_the_keys(wide: Desktop) -> None:
    app = start(wide)
    open_picker(wide, BESIDE)
    wide.drag((700, 100), (899, 299))
    wide.drag((899, 299), (929, 309))  # by its lower right handle
    wide.drag((800, 200), (810, 190))  # by its inside
    wide.key("Right", "ctrl+Down", "shift+Right", "ctrl+shift+Up")
    picker = app.wait(PICKER)
    assert picker.description == "Region of 231 × 200 at 711, 100"
    wide.key("Return")
    wait_captures(app, (231, 200))


def test_space_turns_to_regions_and_back(wide: Desktop) -> None:
    app = start(wide)
    open_picker(wide, BESIDE)
    wide.move((100, 150))
    until(lambda: not is_dim(wide, BESIDE, BLUE), "the window under the pointer")
    wide.key("space")
    until(lambda: is_dim(wide, BESIDE, BLUE), "no window")
    wide.click((100, 150))
    wide.key("space")
    until(lambda: not is_dim(wide, BESIDE, BLUE), "the window again")
    wide.key("Escape")
    app.wait_window("Glimpse")
    assert names(app) == []


def test_copying_leaves_the_picture_on_the_clipboard_and_nothing_else(wide: Desktop) -> None:
    app = start(wide)
    open_picker(wide, BESIDE)
    wide.drag((100, 100), (149, 119))
    wide.key("ctrl+c")
    picture = copied(wide)
    assert picture.size == (50, 20)
    assert picture.getcolors() == [(1000, ImageColor.getrgb(BLUE))]
    wait_gone(wide)
    assert names(app) == []


def test_saving_asks_where_when_the_screens_are_free_again(wide: Desktop) -> None:
    app = start(wide)
    target = wide.home / "shot.png"
    open_picker(wide, BESIDE)
    wide.drag((100, 100), (149, 119))
    wide.key("ctrl+s")
    app.wait_window("Save the capture")
    wait_gone(wide)
    wide.key("ctrl+a")
    wide.type(str(target))
    wide.key("Return")
    until(target.exists, "the file")
    app.wait(re.compile("shot.png"))
    with Image.open(target) as picture:
        assert picture.convert("RGB").getcolors() == [(1000, ImageColor.getrgb(BLUE))]
    assert names(app) == []


def test_several_are_taken_in_one_go(wide: Desktop) -> None:
    app = start(wide)
    open_picker(wide, BESIDE)
    wide.run("xdotool", "keydown", "shift")
    wide.click((100, 150))
    wide.run("xdotool", "keyup", "shift")
    wide.drag((700, 100), (799, 199))
    wide.key("shift+Return")
    until(lambda: app.wait(PICKER).description == "2 captures taken", "the count")
    wide.drag((700, 300), (709, 309))
    wide.key("Return")
    wait_captures(app, framed(wide), (100, 100), (10, 10))


def test_what_was_taken_before_escape_is_kept(wide: Desktop) -> None:
    app = start(wide)
    open_picker(wide, BESIDE)
    wide.drag((700, 100), (799, 199))
    wide.key("shift+Return", "Escape")
    wait_captures(app, (100, 100))
    app.wait_window("Glimpse")


def test_a_right_click_drops_the_region_first(wide: Desktop) -> None:
    app = start(wide)
    open_picker(wide, BESIDE)
    wide.drag((100, 100), (300, 300))
    until(lambda: not is_dim(wide, (150, 150), BLUE), "the region")
    wide.click((1400, 850), button=3)
    until(lambda: is_dim(wide, (150, 150), BLUE), "no region")
    wide.click((1400, 850), button=3)
    wait_gone(wide)
    assert names(app) == []


def test_a_region_over_two_fine_monitors_has_all_their_pixels(make_desktop: MakeDesktop) -> None:
    desktop = make_desktop(size=(1500, 900), monitors=((0, 0, 800, 900), (800, 100, 700, 800)))
    desktop.run("xsetroot", "-solid", GROUND)
    show_neighbour(desktop, BLUE)
    app = desktop.start(scale=2)
    app.wait_window("Glimpse")
    open_picker(desktop, BESIDE)
    desktop.drag((60, 200), (1299, 649))
    desktop.key("ctrl+c")
    picture = copied(desktop)
    assert picture.size == (1240, 450)
    assert picture.getpixel((20, 20)) == ImageColor.getrgb(BLUE)
    assert picture.getpixel((1200, 400)) == ImageColor.getrgb(GROUND)


def test_the_countdown_is_seen_and_is_not_in_the_picture(wide: Desktop) -> None:
    app = start(wide)
    wide.click(app.wait("Capture", "button"))
    # Past whole screen, active window, last region and what was captured before.
    wide.key(*["Down"] * 5, "Right", "Return")
    wide.move((700, 800))
    counter = app.wait(re.compile("^The capture comes in"))
    assert wide.pixel(*counter.center) != ImageColor.getrgb(GROUND)
    app.wait(PICKER)
    wide.key("ctrl+c")
    picture = copied(wide)
    assert picture.size == (1500, 900)
    assert picture.getpixel(counter.center) == ImageColor.getrgb(GROUND)


def test_a_monitor_that_goes_while_one_picks_is_said(make_desktop: MakeDesktop) -> None:
    desktop = make_desktop(size=(1500, 900), monitors=((0, 0, 900, 900), (900, 0, 600, 900)))
    desktop.run("xsetroot", "-solid", GROUND)
    app = start(desktop)
    corner = (1480, 880)
    open_picker(desktop, corner)
    desktop.run("xrandr", "--delmonitor", "glimpse-1")
    app.wait(re.compile("^The monitors changed"))
    until(lambda: not is_dim(desktop, corner, GROUND), "the end of the picker")
    assert names(app) == []


def test_the_last_region_is_taken_again(wide: Desktop) -> None:
    app = start(wide)
    open_picker(wide, BESIDE)
    wide.drag((700, 100), (799, 199))
    wide.key("Return")
    wait_captures(app, (100, 100))
    wide.click(app.wait("Capture", "button"))
    wide.key(*["Down"] * 3, "Return")
    wait_captures(app, (100, 100), (100, 100))
