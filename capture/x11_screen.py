"""The screen under X11: RANDR says where the monitors are, mss copies their pixels."""

import threading
from typing import Any

import mss
import xcffib.randr
from mss.exception import ScreenShotError

from app.errors import NoScreen
from app.model.screens import Box, Monitor, Shot
from app.ports import Workers
from capture.black import refuse_black
from capture.camera import shoot
from capture.x11 import XError, connect, has_extension, root_of


class X11Screen:
    """Speaks the `Screen` port for the server that DISPLAY names; any thread may call."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._lock = threading.Lock()
        self._server: Any = None
        self._camera: mss.MSS | None = None
        self._seen: tuple[Monitor, ...] = ()

    async def grab(self) -> tuple[Shot, ...]:
        """Return every monitor as it looks; raises `NoScreen`."""
        return await self._workers.thread(self._grab)

    def _grab(self) -> tuple[Shot, ...]:
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
        return refuse_black(shots)

    def _shoot(self) -> tuple[Shot, ...]:
        monitors = self._look()
        # mss keeps the size of the desktop it was made on, so a new layout needs a new one; otherwise it
        # is kept, because its shared memory costs five times the shot itself.
        if self._camera is None or monitors != self._seen:
            self._drop_camera()
            self._camera = mss.MSS()
            self._seen = monitors
        camera = self._camera
        return tuple(shoot(camera, monitor) for monitor in monitors)

    def _look(self) -> tuple[Monitor, ...]:
        if self._server is None:
            self._server = connect()
        try:
            return list_monitors(self._server)
        except XError as error:
            self._leave()
            raise NoScreen("capture.no_server") from error

    def _leave(self) -> None:
        self._drop_camera()
        if self._server is not None:
            self._server.disconnect()
            self._server = None

    def _drop_camera(self) -> None:
        if self._camera is not None:
            self._camera.close()
            self._camera = None


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
