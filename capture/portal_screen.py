"""The screen under Wayland: the desktop's portal takes the picture and leaves it in a file."""

import asyncio
import io
import logging
import struct
from pathlib import Path
from urllib.parse import unquote, urlsplit

from dbus_fast import Variant
from PIL import Image

from app.errors import CaptureError, NoScreen, NotAllowed
from app.model.screens import Box, Monitor, Shot
from app.ports import Workers
from capture import portal
from capture.black import refuse_black
from capture.portal import PATIENCE

_LARGEST_FILE = 256 * 2**20
_UNREADABLE = (OSError, ValueError, SyntaxError, struct.error, Image.DecompressionBombError)

_log = logging.getLogger(__name__)


class PortalScreen:
    """Speaks the `Screen` port through org.freedesktop.portal.Screenshot.

    The portal gives one picture and does not say where the monitors are in it, so it counts as one.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    async def grab(self) -> tuple[Shot, ...]:
        """Return the whole desktop as one shot; raises `CaptureError` within ten seconds.

        A desktop may ask the user first.
        """
        return await self._workers.thread(_grab)


def _grab() -> tuple[Shot, ...]:
    # A loop of its own: the window's must not wait for the bus, nor this for the window's.
    return refuse_black((read_picture(asyncio.run(_ask())),))


async def _ask() -> Path:
    """Have the portal take a picture and return where it left it."""
    try:
        async with portal.conversation(PATIENCE) as desktop:
            options = {"interactive": Variant("b", False)}
            answer = await desktop.request(portal.SCREENSHOT, "Screenshot", "sa{sv}", ["", options], PATIENCE)
    except portal.PortalError as error:
        raise _told(error) from error
    address = urlsplit(str(answer.get("uri", "")))
    if address.scheme != "file":
        raise NoScreen("capture.portal_picture")
    return Path(unquote(address.path))


def _told(error: portal.PortalError) -> CaptureError:
    if isinstance(error, portal.Absent):
        return NotAllowed("capture.portal_absent")
    if isinstance(error, portal.Cancelled):
        return NotAllowed("capture.portal_cancelled")
    if isinstance(error, portal.Silent):
        return NotAllowed("capture.portal_silent", seconds=int(PATIENCE))
    return NotAllowed("capture.portal_denied")


def read_picture(path: Path) -> Shot:
    """Read and delete a picture of the desktop; raises `NoScreen` when it is none."""
    try:
        # A pipe or a device in its place would never end.
        if not path.is_file() or path.stat().st_size > _LARGEST_FILE:
            raise NoScreen("capture.portal_picture")
        data = path.read_bytes()
    except OSError as error:
        raise NoScreen("capture.portal_picture") from error
    _delete(path)
    try:
        return _decode(data)
    except _UNREADABLE as error:
        raise NoScreen("capture.portal_picture") from error


def _delete(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        # A sandbox may lend the file without letting us remove it; the picture is still good.
        _log.warning("a screenshot was left behind: %s", error)


def _decode(data: bytes) -> Shot:
    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
        seen = Image.new("RGB", image.size)  # black, so that what is transparent shows as nothing
        layer = image.convert("RGBA")
        seen.paste(layer, mask=layer)
    width, height = seen.size
    return Shot(Monitor(Box(0, 0, width, height), primary=True), width, height, seen.tobytes("raw", "BGRX"))
