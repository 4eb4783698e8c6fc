"""The screen of this session: X11, a Wayland portal, Windows or macOS."""

from importlib import import_module

from app.errors import NoScreen
from app.ports import Screen, Workers
from capture.session import Session, find_session

# Imported when chosen: each brings libraries that only its own desktop has.
_SCREENS = {
    Session.X11: ("capture.x11_screen", "X11Screen"),
    Session.WAYLAND: ("capture.wayland_screen", "WaylandScreen"),
    Session.WINDOWS: ("capture.native_screen", "WindowsScreen"),
    Session.MAC: ("capture.native_screen", "MacScreen"),
}


def make_screen(workers: Workers) -> Screen:
    """Return the screen of this session; nothing is connected before it is used.

    Raises `NoScreen` where there is no desktop.
    """
    session = find_session()
    if session not in _SCREENS:
        raise NoScreen("capture.no_desktop")
    module, name = _SCREENS[session]
    screen: Screen = getattr(import_module(module), name)(workers)
    return screen
