"""Looking at a world from outside: pictures, pixels, and the windows as the window manager sees them."""

from dataclasses import dataclass
from pathlib import Path

import mss
import mss.tools
import xcffib
import xcffib.xproto

from tests.journeys.world import World

_WHOLE = 2**20


@dataclass(frozen=True, slots=True)
class Window:
    """One managed window: where its contents are on the screen, in pixels, and whether it has the focus."""

    number: int
    title: str
    process: int
    x: int
    y: int
    width: int
    height: int
    active: bool


class Eyes(World):
    """A world that can be looked at."""

    def picture(self, path: Path) -> Path:
        """Write the whole screen to `path` as a PNG and return the path."""
        with mss.MSS(display=self.env["DISPLAY"]) as camera:
            shot = camera.grab(camera.monitors[0])
        mss.tools.to_png(shot.rgb, shot.size, output=str(path))
        return path

    def pixel(self, x: int, y: int) -> tuple[int, int, int]:
        """Return red, green and blue of one pixel of the screen."""
        with mss.MSS(display=self.env["DISPLAY"]) as camera:
            red, green, blue = camera.grab({"left": x, "top": y, "width": 1, "height": 1}).pixel(0, 0)[:3]
        return red, green, blue

    def windows(self) -> tuple[Window, ...]:
        """Return the managed windows, the lowest first."""
        server = xcffib.Connection(display=self.env["DISPLAY"])
        try:
            return _windows(server)
        finally:
            server.disconnect()

    def focus(self) -> int:
        """Return the number of the window that keys really go to, whatever the window manager says."""
        server = xcffib.Connection(display=self.env["DISPLAY"])
        try:
            return int(server.core.GetInputFocus().reply().focus)
        finally:
            server.disconnect()


def _windows(server: xcffib.Connection) -> tuple[Window, ...]:
    root = server.get_setup().roots[0].root
    active = _numbers(server, root, "_NET_ACTIVE_WINDOW")
    found = []
    for number in _numbers(server, root, "_NET_CLIENT_LIST_STACKING"):
        try:
            found.append(_window(server, root, number, active=number in active))
        except xcffib.xproto.WindowError:
            continue  # it went away while we looked
    return tuple(found)


def _window(server: xcffib.Connection, root: int, number: int, *, active: bool) -> Window:
    size = server.core.GetGeometry(number).reply()
    place = server.core.TranslateCoordinates(number, root, 0, 0).reply()
    title = _property(server, number, "_NET_WM_NAME") or _property(server, number, "WM_NAME")
    process = _numbers(server, number, "_NET_WM_PID")
    return Window(
        number,
        title.decode(errors="replace"),
        process[0] if process else 0,
        place.dst_x,
        place.dst_y,
        size.width,
        size.height,
        active,
    )


def _property(server: xcffib.Connection, window: int, name: str) -> bytes:
    atom = server.core.InternAtom(False, len(name), name).reply().atom
    reply = server.core.GetProperty(False, window, atom, xcffib.xproto.GetPropertyType.Any, 0, _WHOLE).reply()
    return bytes(reply.value.buf())


def _numbers(server: xcffib.Connection, window: int, name: str) -> tuple[int, ...]:
    raw = _property(server, window, name)
    return tuple(memoryview(raw).cast("I"))
