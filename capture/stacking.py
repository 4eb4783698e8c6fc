"""Which window lies over which: kept before a picture is taken, put back after it.

A window that was hidden comes back on top.  Only X11 lets an application do something about that;
elsewhere every call here does nothing.  All calls block for some milliseconds, so make them in a thread;
they raise `NoScreen` when the X server is gone.
"""

from collections.abc import Collection
from importlib import import_module

from capture.session import Session, find_session

# Imported when needed: xcffib is on Linux only.
_X11 = "capture.x11_stacking"


def order() -> tuple[int, ...]:
    """Return the managed windows, the lowest first; empty where nobody knows."""
    if find_session() is not Session.X11:
        return ()
    windows: tuple[int, ...] = import_module(_X11).order()
    return windows


def put_back(before: tuple[int, ...], ours: Collection[int]) -> None:
    """Have our windows lie again where they lay in `before`, once they are back.

    Nobody gets or loses the focus; where the desktop is not X11 nothing happens.
    """
    if find_session() is Session.X11:
        import_module(_X11).put_back(before, ours)
