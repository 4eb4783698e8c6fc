"""The hotkeys of this session: X11, a Wayland portal, Windows or macOS."""

from importlib import import_module

from app.errors import NotAllowed
from app.ports import Hotkeys
from capture.session import Session, find_session

# Imported when chosen: each brings libraries that only its own desktop has.
_HOTKEYS = {
    Session.X11: ("capture.hotkeys.x11", "X11Hotkeys"),
    Session.WAYLAND: ("capture.hotkeys.portal", "PortalHotkeys"),
    Session.WINDOWS: ("capture.hotkeys.windows", "WindowsHotkeys"),
    Session.MAC: ("capture.hotkeys.mac", "MacHotkeys"),
}


def make_hotkeys() -> Hotkeys:
    """Return the hotkeys of this session; raises `CaptureError` where there can be none.

    `bind` may be called from any thread, and is better not called from the window's: under
    Wayland it waits while the desktop asks the user.
    """
    session = find_session()
    if session not in _HOTKEYS:
        raise NotAllowed("hotkeys.no_desktop")
    module, name = _HOTKEYS[session]
    hotkeys: Hotkeys = getattr(import_module(module), name)()
    return hotkeys
