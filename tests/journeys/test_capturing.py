"""Pictures of the screens: the one that was named is the one that is taken."""

import re

import pytest

from tests.journeys.conftest import MakeDesktop
from tests.journeys.fixed import show_neighbour
from tests.journeys.habits import LONG, start

pytestmark = pytest.mark.journey


def test_the_screen_that_the_menu_names_is_the_one_in_the_picture(make_desktop: MakeDesktop) -> None:
    desktop = make_desktop(size=(2500, 900))
    desktop.run("xrandr", "--setmonitor", "wide", "1400/350x900/225+0+0", "screen")
    desktop.run("xrandr", "--setmonitor", "*narrow", "1100/275x900/225+1400+0", "none")
    show_neighbour(desktop, "#3366cc", (2300, 700))
    app = start(desktop)
    # Below "All screens" Qt puts the primary one first.
    for place, size in ((2, "1100 × 900"), (3, "1400 × 900"), (1, "2500 × 900")):
        desktop.click(app.wait("Screen", "button"))
        desktop.key(*["Down"] * place, "Return")
        app.wait(re.compile(size), timeout=LONG)
        desktop.click(app.wait(re.compile("^Remove Capture"), "button"))
        app.wait_gone(re.compile(size))
