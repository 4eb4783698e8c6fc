"""Steps aside for a picture and gives the focus back.

Only X11 needs it: elsewhere the desktop does both, and every call here does nothing.  All calls block
for some milliseconds, so make them in a thread; they raise `NoScreen` when the X server is gone.
"""

from importlib import import_module

from capture.session import Session, find_session

# Imported when needed: xcffib is on Linux only.
_X11 = "capture.x11_focus"


def active_window() -> int | None:
    """Return the window that has the focus, None when none has or the desktop is not X11."""
    if find_session() is not Session.X11:
        return None
    window: int | None = import_module(_X11).active_window()
    return window


def activate(window: int) -> None:
    """Give the focus back to `window`; nothing happens when it is gone or the desktop is not X11."""
    if find_session() is Session.X11:
        import_module(_X11).activate(window)


def wait_until_hidden(timeout: float, but: frozenset[int] = frozenset()) -> bool:
    """Wait until none of this process's windows, `but` these, is on the screen and what was below is painted.

    Returns False when one is still there after `timeout` seconds; True at once elsewhere than on X11.
    """
    if find_session() is not Session.X11:
        return True
    return bool(import_module(_X11).wait_until_hidden(timeout, but))
