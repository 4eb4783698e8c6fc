"""The screen of Windows and macOS, by mss.  On both a new camera is cheap and knows today's monitors."""

from collections.abc import Callable
from typing import Any

import mss
from mss.exception import ScreenShotError

from app.errors import NoScreen, NotAllowed
from app.model.screens import Box, Monitor, Shot, Surroundings
from app.ports import Workers
from capture import mac_access
from capture.black import refuse_black
from capture.camera import shoot


class WindowsScreen:
    """Speaks the `Screen` port with GDI.

    Made after the window: mss tells Windows that this process knows about scale factors, and Qt must be
    the first to say so.
    """

    def __init__(self, workers: Workers, camera: Callable[[], Any] = mss.MSS) -> None:
        self._workers = workers
        self._camera = camera

    async def grab(self, *, pointer: bool = False) -> tuple[Shot, ...]:
        """Return every monitor as it looks; raises `CaptureError`, and always when the pointer is wanted."""
        if pointer:
            raise NotAllowed("capture.no_pointer")
        return await self._workers.thread(self._grab)

    async def surroundings(self) -> Surroundings:
        """Return nothing: other applications' windows are not looked for here."""
        return Surroundings()

    def _grab(self) -> tuple[Shot, ...]:
        try:
            with self._camera() as camera:
                shots = tuple(shoot(camera, monitor) for monitor in monitors_of(camera))
        except ScreenShotError as error:
            raise NoScreen("capture.no_monitor") from error
        return refuse_black(shots)


class MacScreen(WindowsScreen):
    """Speaks the `Screen` port with CoreGraphics, if the user allowed it.

    Boxes are in the points macOS lays its desktop out in.  mss shoots one pixel per point; a Retina
    screen has more, which `mss.darwin.IMAGE_OPTIONS` without its nominal-resolution bit would give.
    """

    async def grab(self, *, pointer: bool = False) -> tuple[Shot, ...]:
        """Return every monitor as it looks; asks for permission once and raises `NotAllowed` meanwhile."""
        if not mac_access.screen_allowed():
            mac_access.ask_for_screen()
            raise NotAllowed("capture.mac_permission")
        return await super().grab(pointer=pointer)


def monitors_of(camera: Any) -> tuple[Monitor, ...]:
    """Return the monitors that a new `mss.MSS` knows."""
    # The first entry of mss is all of them together.
    return tuple(
        Monitor(
            Box(found["left"], found["top"], found["width"], found["height"]),
            str(found.get("name", "")),
            bool(found.get("is_primary", index == 0)),
        )
        for index, found in enumerate(camera.monitors[1:])
    )
