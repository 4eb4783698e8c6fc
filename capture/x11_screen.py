"""The screen under X11: RANDR says where the monitors are, mss copies their pixels."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

import mss
import xcffib.randr
import xcffib.xproto
from mss.exception import ScreenShotError

from app.errors import NoScreen
from app.model.screens import Box, Monitor, Shot, Surroundings
from app.ports import Workers
from capture import pointer as pointers
from capture import x11_pointer, x11_windows
from capture.black import refuse_black
from capture.camera import shoot
from capture.x11 import XError, connect, has_extension, root_of

T = TypeVar("T")


class X11Screen:
    """Speaks the `Screen` port for the server that DISPLAY names; any thread may call."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._lock = threading.RLock()
        self._server: Any = None
        self._camera: mss.MSS | None = None
        self._listed: tuple[Monitor, ...] = ()
        self._seen: tuple[Monitor, ...] = ()  # by the camera

    async def grab(self, *, pointer: bool = False) -> tuple[Shot, ...]:
        """Return every monitor as it looks, if wanted with the mouse pointer; raises `CaptureError`."""
        return await self._workers.thread(self._grab, pointer)

    async def surroundings(self) -> Surroundings:
        """Return the windows of other applications and the place of the pointer; raises `NoScreen`."""
        return await self._workers.thread(self._ask, x11_windows.look)

    def _grab(self, with_pointer: bool) -> tuple[Shot, ...]:
        # Before the shot: afterwards it may have moved on.
        pointer = self._ask(x11_pointer.look) if with_pointer else None
        with self._lock:
            try:
                shots = self._shoot()
            except ScreenShotError:
                # A monitor went away between the look and the shot, or the server was restarted.
                self._leave()
                try:
                    shots = self._shoot()
                except ScreenShotError as error:
                    raise NoScreen("capture.no_server") from error
        shots = refuse_black(shots)
        return shots if pointer is None else tuple(pointers.draw(pointer, shot) for shot in shots)

    def _ask(self, question: Callable[[Any], T]) -> T:
        """Return what `question` finds out from the server; raises `CaptureError`."""
        with self._lock:
            try:
                if self._server is None:
                    self._server = connect()
                    _hear_of_changes(self._server)
                return question(self._server)
            except XError as error:
                self._leave()
                raise NoScreen("capture.no_server") from error

    def _shoot(self) -> tuple[Shot, ...]:
        monitors = self._ask(self._look)
        # mss keeps the size of the desktop it was made on, so a new layout needs a new one; otherwise it
        # is kept, because its shared memory costs five times the shot itself.
        if self._camera is None or monitors != self._seen:
            self._drop_camera()
            self._camera = mss.MSS()
            self._seen = monitors
        camera = self._camera
        return tuple(shoot(camera, monitor) for monitor in monitors)

    def _look(self, server: Any) -> tuple[Monitor, ...]:
        """Return the monitors; they are listed only when something has changed, because that takes as long as a shot."""
        changed = not self._listed
        while server.poll_for_event() is not None:
            changed = True
        if changed:
            self._listed = list_monitors(server)
        return self._listed

    def _leave(self) -> None:
        self._drop_camera()
        self._listed = ()
        if self._server is not None:
            self._server.disconnect()
            self._server = None

    def _drop_camera(self) -> None:
        if self._camera is not None:
            self._camera.close()
            self._camera = None


def _hear_of_changes(server: Any) -> None:
    """Have the server send an event whenever a monitor comes, goes or changes."""
    root = root_of(server)
    # Of a monitor that is only made up of others (as `xrandr --setmonitor` does) RANDR itself says nothing.
    server.core.ChangeWindowAttributes(
        root, xcffib.xproto.CW.EventMask, [xcffib.xproto.EventMask.StructureNotify]
    )
    if has_extension(server, xcffib.randr.key):
        mask = xcffib.randr.NotifyMask
        randr = server(xcffib.randr.key)
        randr.SelectInput(root, mask.ScreenChange | mask.CrtcChange | mask.OutputChange)


def list_monitors(server: Any) -> tuple[Monitor, ...]:
    """Return the monitors RANDR knows, or the whole desktop as one on a server without them."""
    root = root_of(server)
    if not has_extension(server, xcffib.randr.key):
        return (_whole(server, root),)
    randr = server(xcffib.randr.key)
    version = randr.QueryVersion(1, 5).reply()
    if (version.major_version, version.minor_version) < (1, 5):
        return (_whole(server, root),)
    found = randr.GetMonitors(root, True).reply().monitors
    monitors = tuple(
        Monitor(
            Box(monitor.x, monitor.y, monitor.width, monitor.height),
            server.core.GetAtomName(monitor.name).reply().name.to_string(),
            bool(monitor.primary),
        )
        for monitor in found
    )
    return monitors or (_whole(server, root),)


def _whole(server: Any, root: int) -> Monitor:
    size = server.core.GetGeometry(root).reply()
    return Monitor(Box(0, 0, size.width, size.height), primary=True)
