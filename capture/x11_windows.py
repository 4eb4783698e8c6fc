"""The windows of an X server with their frames, and where the pointer is, for `X11Screen.surroundings`."""

import os
from typing import Any

import xcffib
import xcffib.xproto

from app.clean import visible
from app.model.screens import Box, OpenWindow, Surroundings
from capture.x11 import atom, numbers, root_of

_MOST = 500  # windows; a desktop with more of them is nobody's
_TITLE = 64  # words of four bytes; what is longer is cut
_SIDES = 4
_KINDS = 32
_BITS = 32  # of each item of a property of numbers
_WIDEST = 2**10  # pixels of a frame; a client may have written anything there
_NAMES = (
    "_NET_WM_WINDOW_TYPE",
    "_NET_WM_WINDOW_TYPE_DESKTOP",
    "_NET_WM_PID",
    "_NET_FRAME_EXTENTS",
    "_GTK_FRAME_EXTENTS",
    "_NET_WM_NAME",
    "WM_NAME",
)


def look(server: Any) -> Surroundings:
    """Return the managed windows that can be seen, the topmost first, and the place of the pointer.

    Ours are left out, and so is the desktop's own window, which lies under everything.
    """
    root = root_of(server)
    pointer = server.core.QueryPointer(root).reply()
    active = numbers(server, root, "_NET_ACTIVE_WINDOW")
    listed = numbers(server, root, "_NET_CLIENT_LIST_STACKING")[-_MOST:]
    atoms = {name: atom(server, name) for name in _NAMES}
    found = (_window(server, root, atoms, window, active=window in active) for window in reversed(listed))
    return Surroundings(tuple(one for one in found if one is not None), (pointer.root_x, pointer.root_y))


def _window(server: Any, root: int, atoms: dict[str, int], window: int, *, active: bool) -> OpenWindow | None:
    """Return a window; None when it cannot be seen, is not to be picked, or has gone meanwhile."""
    # All is asked before the first answer is read, so that it is one trip to the server and not nine.
    attributes = server.core.GetWindowAttributes(window)
    geometry = server.core.GetGeometry(window)
    corner = server.core.TranslateCoordinates(window, root, 0, 0)
    kinds = _ask(server, window, atoms["_NET_WM_WINDOW_TYPE"], _KINDS)
    owner = _ask(server, window, atoms["_NET_WM_PID"], 1)
    frame = _ask(server, window, atoms["_NET_FRAME_EXTENTS"], _SIDES)
    shadow = _ask(server, window, atoms["_GTK_FRAME_EXTENTS"], _SIDES)
    names = [_ask(server, window, atoms[name], _TITLE) for name in ("_NET_WM_NAME", "WM_NAME")]
    try:
        state, size, at = attributes.reply(), geometry.reply(), corner.reply()
        is_desktop = atoms["_NET_WM_WINDOW_TYPE_DESKTOP"] in _read(kinds)
        is_ours = os.getpid() in _read(owner)
        outer = _sides(_read(frame))
        inner = _sides(_read(shadow))
        titles = [bytes(name.reply().value.buf()).decode("utf-8", "replace") for name in names]
    except xcffib.xproto.WindowError:
        return None
    if state.map_state != xcffib.xproto.MapState.Viewable or is_desktop or is_ours:
        return None
    left, right, top, bottom = (out - in_ for out, in_ in zip(outer, inner, strict=True))
    box = Box(at.dst_x - left, at.dst_y - top, size.width + left + right, size.height + top + bottom)
    title = next((clean for name in titles if (clean := visible(name))), "")
    return OpenWindow(box, title, active) if box.width > 0 and box.height > 0 else None


def _ask(server: Any, window: int, name: int, length: int) -> Any:
    return server.core.GetProperty(False, window, name, xcffib.xproto.GetPropertyType.Any, 0, length)


def _read(answer: Any) -> tuple[int, ...]:
    reply = answer.reply()
    return tuple(reply.value.to_atoms()) if reply.format == _BITS else ()


def _sides(numbers: tuple[int, ...]) -> tuple[int, ...]:
    """Return left, right, top and bottom of a property, nothing where it makes no sense."""
    return numbers if len(numbers) == _SIDES and max(numbers) < _WIDEST else (0,) * _SIDES
