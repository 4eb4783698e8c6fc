import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import xcffib
import xcffib.xproto

from app.model.screens import Box
from app.workers import Workers
from capture import focus
from capture.x11_screen import X11Screen

RED, GREEN = (250, 0, 0), (0, 250, 0)


class OwnWindow:
    """A window that says it is this process's, as Qt's do."""

    def __init__(self, *, managed: bool) -> None:
        self._server = xcffib.connect()
        core, screen = self._server.core, self._server.setup.roots[0]
        self.number = self._server.generate_id()
        values = xcffib.xproto.CW.BackPixel | xcffib.xproto.CW.OverrideRedirect
        core.CreateWindow(
            24, self.number, screen.root, 200, 200, 200, 100, 0,
            xcffib.xproto.WindowClass.InputOutput, screen.root_visual, values, [0xFA0000, int(not managed)],
        )  # fmt: skip
        pid = core.InternAtom(False, len("_NET_WM_PID"), "_NET_WM_PID").reply().atom
        kind = xcffib.xproto.Atom.CARDINAL
        core.ChangeProperty(xcffib.xproto.PropMode.Replace, self.number, pid, kind, 32, 1, [os.getpid()])
        core.MapWindow(self.number)
        self.sync()

    def hide(self) -> None:
        """Unmap and tell the manager, as ICCCM wants a window withdrawn."""
        root = self._server.setup.roots[0].root
        self._server.core.UnmapWindow(self.number)
        event = xcffib.xproto.UnmapNotifyEvent.synthetic(root, self.number, False)
        mask = xcffib.xproto.EventMask.SubstructureRedirect | xcffib.xproto.EventMask.SubstructureNotify
        self._server.core.SendEvent(False, root, mask, event.pack())
        self.sync()

    def is_viewable(self) -> bool:
        return bool(self._server.core.GetWindowAttributes(self.number).reply().map_state == 2)

    def sync(self) -> None:
        self._server.core.GetInputFocus().reply()

    def close(self) -> None:
        self._server.disconnect()


@pytest.fixture
def own_window(desktop: Any) -> Iterator[Callable[..., OwnWindow]]:
    made = []

    def make(*, managed: bool) -> OwnWindow:
        made.append(OwnWindow(managed=managed))
        desktop.wait(made[-1].is_viewable)
        return made[-1]

    yield make
    for window in made:
        window.close()


def test_the_focus_comes_back_to_the_window_that_had_it(desktop: Any) -> None:
    desktop.manage_windows()
    first, second = desktop.message("one"), desktop.message("two")
    for window in (first, second, first):
        focus.activate(window)
        desktop.wait(lambda window=window: focus.active_window() == window)


def test_without_a_window_manager_it_works_too(desktop: Any) -> None:
    window = desktop.message("alone")
    assert focus.active_window() is None
    focus.activate(window)
    assert focus.active_window() == window


@pytest.mark.parametrize("managed", [False, True])
def test_a_window_that_is_gone_is_no_fault(desktop: Any, managed: bool) -> None:
    if managed:
        desktop.manage_windows()
    focus.activate(0x12345678)


@pytest.mark.parametrize("managed", [False, True])
def test_a_window_of_ours_on_the_screen_is_waited_for(
    desktop: Any, own_window: Callable[..., OwnWindow], managed: bool
) -> None:
    if managed:
        desktop.manage_windows()
    window = own_window(managed=managed)
    assert not focus.wait_until_hidden(0.1)
    window.hide()
    assert focus.wait_until_hidden(5)


@pytest.mark.parametrize("managed", [False, True])
def test_a_window_of_ours_that_is_to_stay_is_not_waited_for(
    desktop: Any, own_window: Callable[..., OwnWindow], managed: bool
) -> None:
    if managed:
        desktop.manage_windows()
    stays, goes = own_window(managed=managed), own_window(managed=managed)
    assert not focus.wait_until_hidden(0.1, frozenset({stays.number}))
    goes.hide()
    assert focus.wait_until_hidden(5, frozenset({stays.number}))


async def test_nothing_of_ours_is_in_the_picture(
    desktop: Any, own_window: Callable[..., OwnWindow], workers: Workers
) -> None:
    desktop.manage_windows()
    desktop.start("xmessage", "-geometry", "600x500+50+50", "below")
    desktop.run("xdotool", "search", "--sync", "--onlyvisible", "--name", "xmessage")
    desktop.paint(Box(0, 0, 5, 5), GREEN)
    screen = X11Screen(workers)
    (before,) = await screen.grab()
    for _ in range(5):
        window = own_window(managed=True)
        (with_us,) = await screen.grab()
        assert b"\0\0\xfa\0" * 50 in with_us.pixels
        window.hide()
        assert focus.wait_until_hidden(5)
        (shot,) = await screen.grab()
        assert b"\0\0\xfa\0" * 50 not in shot.pixels
        area = slice(220 * 800 * 4, 280 * 800 * 4)
        assert shot.pixels[area] == before.pixels[area]


def test_windows_of_others_are_not_waited_for(desktop: Any) -> None:
    desktop.message("theirs")
    assert focus.wait_until_hidden(0.2)


def test_a_desktop_that_never_stops_painting_does_not_hold_us(desktop: Any) -> None:
    busy = desktop.start("sh", "-c", "while :; do xsetroot -solid red; xsetroot -solid blue; done")
    time.sleep(0.2)
    assert busy.poll() is None
    assert focus.wait_until_hidden(1)


def test_elsewhere_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("DISPLAY", ":987654")
    assert focus.active_window() is None
    focus.activate(1)
    assert focus.wait_until_hidden(0)
