"""How the mouse pointer of an X server looks, by its XFIXES extension."""

from typing import Any

import xcffib.xfixes

from app.errors import NotAllowed
from capture.pointer import Pointer
from capture.x11 import has_extension


def look(server: Any) -> Pointer:
    """Return the pointer as it is now; raises `NotAllowed` where the server does not show it."""
    if not has_extension(server, xcffib.xfixes.key):
        raise NotAllowed("capture.no_pointer")
    fixes = server(xcffib.xfixes.key)
    fixes.QueryVersion(5, 0).reply()
    seen = fixes.GetCursorImage().reply()
    pixels = b"".join(pixel.to_bytes(4, "little") for pixel in seen.cursor_image)
    return Pointer(seen.x - seen.xhot, seen.y - seen.yhot, seen.width, seen.height, pixels)
