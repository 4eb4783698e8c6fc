"""The focus and the windows of an X server, for `capture.focus`."""

import os
import time
from collections.abc import Callable
from typing import Any

import xcffib
import xcffib.damage
import xcffib.xfixes
import xcffib.xproto

from capture.x11 import atom, connection, has_extension, numbers, root_of

# The picture has settled when nothing was painted for this long: three frames of a compositor, and more
# than an application without one needs to fill the hole we left.
_SETTLED = 0.04
# On a desktop that never stops painting (a film, a spinner) this is enough for the same.
_ENOUGH = 0.2
_LOOK = 0.002


def active_window() -> int | None:
    """Return the window that has the focus, None when none has."""
    with connection() as server:
        named = numbers(server, root_of(server), "_NET_ACTIVE_WINDOW")
        if named:
            return named[0] or None
        focus = int(server.core.GetInputFocus().reply().focus)
    return focus if focus > xcffib.xproto.InputFocus.PointerRoot else None


def activate(window: int) -> None:
    """Give the focus back to `window`; nothing happens when it is gone."""
    with connection() as server:
        root = root_of(server)
        asked = atom(server, "_NET_ACTIVE_WINDOW")
        if asked in numbers(server, root, "_NET_SUPPORTED"):
            _send_to_manager(server, root, window, asked)
        elif _is_viewable(server, window):
            # Nobody manages windows here, so the server is asked itself.
            server.core.SetInputFocus(xcffib.xproto.InputFocus.Parent, window, xcffib.CurrentTime)
        server.core.GetInputFocus().reply()  # a round trip: the request has arrived


def wait_until_hidden(timeout: float, but: frozenset[int] = frozenset()) -> bool:
    """Wait until none of this process's windows, `but` these, is on the screen and what was below is painted.

    Returns False when one is still there after `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    with connection() as server:
        root = root_of(server)
        painting = _watch_painting(server, root)
        while _are_shown(server, root, but):
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOOK)
        if painting is not None:
            _wait_for_paint(server, painting)
    return True


def _are_shown(server: Any, root: int, but: frozenset[int]) -> bool:
    """Return whether a window of this process, or the frame around one, can be seen, other than these."""
    managed = numbers(server, root, "_NET_CLIENT_LIST")
    unmanaged = tuple(server.core.QueryTree(root).reply().children)
    ours = atom(server, "_NET_WM_PID")
    return any(
        _is_own(server, window, ours) and (_is_viewable(server, window) or _is_framed(server, root, window))
        for window in {*managed, *unmanaged} - but
    )


def _is_framed(server: Any, root: int, window: int) -> bool:
    """Return whether the manager's frame is still there: it goes a moment after the window itself."""
    try:
        parent = int(server.core.QueryTree(window).reply().parent)
    except xcffib.xproto.WindowError:
        return False
    return parent != root and _is_viewable(server, parent)


def _is_own(server: Any, window: int, pid_atom: int) -> bool:
    try:
        reply = server.core.GetProperty(False, window, pid_atom, xcffib.xproto.Atom.CARDINAL, 0, 1).reply()
    except xcffib.xproto.WindowError:  # gone since it was listed
        return False
    return bool(reply.format != 0 and reply.value.to_atoms()[0] == os.getpid())


def _is_viewable(server: Any, window: int) -> bool:
    try:
        state = server.core.GetWindowAttributes(window).reply().map_state
    except xcffib.xproto.WindowError:
        return False
    return bool(state == xcffib.xproto.MapState.Viewable)


def _watch_painting(server: Any, root: int) -> Callable[[], Any] | None:
    """Have the server tell us of everything painted on the screen; None when it cannot."""
    if not has_extension(server, xcffib.damage.key):
        return None
    server(xcffib.xfixes.key).QueryVersion(5, 0).reply()
    damage = server(xcffib.damage.key)
    damage.QueryVersion(1, 1).reply()
    watch = server.generate_id()
    damage.CreateChecked(watch, root, xcffib.damage.ReportLevel.NonEmpty).check()
    return lambda: damage.Subtract(watch, 0, 0)


def _wait_for_paint(server: Any, forget: Callable[[], Any]) -> None:
    start = quiet_since = time.monotonic()
    while (now := time.monotonic()) - quiet_since < _SETTLED and now - start < _ENOUGH:
        time.sleep(_LOOK)
        painted = False
        while server.poll_for_event() is not None:
            painted = True
        if painted:
            forget()
            server.flush()
            quiet_since = time.monotonic()


def _send_to_manager(server: Any, root: int, window: int, message: int) -> None:
    # Source 2: an action of the user, which managers do not refuse as focus stealing.
    data = xcffib.xproto.ClientMessageData.synthetic([2, xcffib.CurrentTime, 0, 0, 0], "5I")
    event = xcffib.xproto.ClientMessageEvent.synthetic(32, window, message, data)
    mask = xcffib.xproto.EventMask.SubstructureRedirect | xcffib.xproto.EventMask.SubstructureNotify
    server.core.SendEvent(False, root, mask, event.pack())
