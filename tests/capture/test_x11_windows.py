import sys
from typing import Any

import pytest

from app.errors import NoScreen
from app.model.screens import OpenWindow
from app.workers import Workers
from capture.x11_screen import X11Screen

# A window of a process of its own, with whatever properties it is told to have: number=cardinals.
_WINDOW = """
import signal, sys, xcffib, xcffib.xproto as x
server = xcffib.connect()
core, root = server.core, server.setup.roots[0].root
left, top, width, height, bypass = map(int, sys.argv[1:6])
window = server.generate_id()
mask = x.CW.OverrideRedirect
core.CreateWindow(24, window, root, left, top, width, height, 0, x.WindowClass.InputOutput, 0, mask, [bypass])
def atom(name): return core.InternAtom(False, len(name), name).reply().atom
for given in sys.argv[6:]:
    name, kind, values = given.split("=")
    numbers = [atom(v) if kind == "ATOM" else int(v) for v in values.split(",")]
    core.ChangeProperty(x.PropMode.Replace, window, atom(name), atom(kind), 32, len(numbers), numbers)
title = "t\\u202eitle\\n" * 200
data = title.encode()
core.ChangeProperty(x.PropMode.Replace, window, atom("_NET_WM_NAME"), atom("UTF8_STRING"), 8, len(data), data)
core.MapWindow(window); server.flush()
print(window, flush=True)
signal.pause()
"""


async def seen(workers: Workers) -> tuple[OpenWindow, ...]:
    return (await X11Screen(workers).surroundings()).windows


def titles(windows: tuple[OpenWindow, ...]) -> list[str]:
    return [window.title for window in windows]


def open_window(desktop: Any, *words: str) -> int:
    process = desktop.start(sys.executable, "-c", _WINDOW, *words)
    number = int(process.stdout.readline())
    desktop.wait(lambda: b"IsViewable" in desktop.run("xwininfo", "-id", str(number)))
    return number


def _stacked(desktop: Any) -> list[int]:
    """Return the managed windows, the lowest first."""
    words = desktop.run("xprop", "-root", "_NET_CLIENT_LIST_STACKING").decode().split("#")[1]
    return [int(number, 16) for number in words.split(",")]


async def test_windows_come_with_their_frames_the_topmost_first(desktop: Any, workers: Workers) -> None:
    desktop.manage_windows()
    desktop.message("below")
    above = desktop.message("above")
    desktop.run("xdotool", "windowactivate", "--sync", str(above))
    desktop.run("xdotool", "windowmove", "--sync", str(above), "200", "150")
    frame = desktop.run("xprop", "-id", str(above), "_NET_FRAME_EXTENTS").decode().split("=")[1]
    left, right, top, bottom = map(int, frame.split(","))
    first, second = await seen(workers)
    assert (first.title, first.active) == ("above", True)
    assert (second.title, second.active) == ("below", False)
    assert top > 0
    assert (first.box.width, first.box.height) == (300 + left + right, 200 + top + bottom)
    assert (first.box.left, first.box.top) == (200, 150)


async def test_raising_a_window_changes_the_order(desktop: Any, workers: Workers) -> None:
    desktop.manage_windows()
    one = desktop.message("one")
    desktop.message("two")
    assert titles(await seen(workers)) == ["two", "one"]
    desktop.run("xdotool", "windowactivate", "--sync", str(one))
    desktop.wait(lambda: _stacked(desktop)[-1] == one)
    assert titles(await seen(workers)) == ["one", "two"]


async def test_what_cannot_be_seen_cannot_be_picked(desktop: Any, workers: Workers) -> None:
    desktop.manage_windows()
    hidden = desktop.message("hidden")
    desktop.message("shown")
    desktop.run("xdotool", "windowminimize", "--sync", str(hidden))
    desktop.wait(lambda: b"IsUnMapped" in desktop.run("xwininfo", "-id", str(hidden)))
    assert titles(await seen(workers)) == ["shown"]


async def test_ours_the_desktop_itself_and_menus_are_left_out(
    desktop: Any, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    desktop.manage_windows()
    open_window(desktop, "10", "10", "90", "90", "0", "_NET_WM_PID=CARDINAL=4242")
    open_window(desktop, "0", "0", "800", "600", "0", "_NET_WM_WINDOW_TYPE=ATOM=_NET_WM_WINDOW_TYPE_DESKTOP")
    open_window(desktop, "10", "10", "50", "50", "1")  # past the window manager, as a menu is
    desktop.message("theirs")
    assert len(await seen(workers)) == 2
    monkeypatch.setattr("capture.x11_windows.os.getpid", lambda: 4242)
    assert titles(await seen(workers)) == ["theirs"]


async def test_the_shadow_a_window_draws_itself_is_no_part_of_it(desktop: Any, workers: Workers) -> None:
    desktop.manage_windows()
    words = ("_GTK_FRAME_EXTENTS=CARDINAL=10,20,30,40", "_MOTIF_WM_HINTS=CARDINAL=2,0,0,0,0")
    number = open_window(desktop, "100", "100", "300", "200", "0", *words)
    frame = desktop.run("xprop", "-id", str(number), "_NET_FRAME_EXTENTS").decode().split("=")[1]
    left, right, top, bottom = map(int, frame.split(","))
    (window,) = await seen(workers)
    assert window.box.width == 300 - 30 + left + right
    assert window.box.height == 200 - 70 + top + bottom


@pytest.mark.parametrize(
    "extents", ["4294967295,0,0,0", "1,2,3", "5000,5000,5000,5000"], ids=["huge", "few", "large"]
)
async def test_extents_that_make_no_sense_are_not_believed(
    desktop: Any, workers: Workers, extents: str
) -> None:
    desktop.manage_windows()
    open_window(desktop, "100", "100", "300", "200", "0", f"_GTK_FRAME_EXTENTS=CARDINAL={extents}")
    (window,) = await seen(workers)
    assert 300 <= window.box.width < 320
    assert 200 <= window.box.height < 240


async def test_a_title_is_short_and_on_one_line(desktop: Any, workers: Workers) -> None:
    desktop.manage_windows()
    open_window(desktop, "100", "100", "300", "200", "0")
    (window,) = await seen(workers)
    assert window.title.startswith("title title ")
    assert len(window.title) <= 256


async def test_the_pointer_is_told_and_nobody_managing_windows_means_none(
    desktop: Any, workers: Workers
) -> None:
    desktop.run("xdotool", "mousemove", "321", "123")
    around = await X11Screen(workers).surroundings()
    assert (around.windows, around.pointer) == ((), (321, 123))


async def test_a_server_that_dies_is_an_error(desktop: Any, workers: Workers) -> None:
    screen = X11Screen(workers)
    await screen.surroundings()
    desktop.kill_server()
    with pytest.raises(NoScreen) as caught:
        await screen.surroundings()
    assert caught.value.sentence.key == "capture.no_server"
