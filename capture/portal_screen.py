"""A picture of the screen by the desktop's portal, which takes it and leaves it in a file."""

import asyncio
import logging
from pathlib import Path
from urllib.parse import unquote, urlsplit

from dbus_fast import Variant

from app.errors import CaptureError, NoScreen, NotAllowed
from app.model.screens import Shot
from capture import portal
from capture.portal import PATIENCE
from capture.still import decode

USERS_PATIENCE = 120.0  # seconds for a dialog: people choose what is to be in the picture
_LARGEST_FILE = 256 * 2**20

_log = logging.getLogger(__name__)


def take(*, interactive: bool) -> Shot:
    """Return what the portal gives: the whole desktop, or what the user chooses in its dialog.

    Blocks for up to ten seconds, or two minutes; raises `CaptureError`.
    """
    # A loop of its own: the window's must not wait for the bus, nor this for the window's.
    return read_picture(asyncio.run(_ask(interactive=interactive)))


async def _ask(*, interactive: bool) -> Path:
    """Have the portal take a picture and return where it left it."""
    patience = USERS_PATIENCE if interactive else PATIENCE
    try:
        async with portal.conversation(patience) as desktop:
            options = {"interactive": Variant("b", interactive)}
            answer = await desktop.request(portal.SCREENSHOT, "Screenshot", "sa{sv}", ["", options], patience)
    except portal.PortalError as error:
        raise _told(error, patience) from error
    address = urlsplit(str(answer.get("uri", "")))
    if address.scheme != "file":
        raise NoScreen("capture.portal_picture")
    return Path(unquote(address.path))


def _told(error: portal.PortalError, patience: float) -> CaptureError:
    if isinstance(error, portal.Absent):
        return NotAllowed("capture.portal_absent")
    if isinstance(error, portal.Cancelled):
        return NotAllowed("capture.portal_cancelled")
    if isinstance(error, portal.Silent):
        return NotAllowed("capture.portal_silent", seconds=int(patience))
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
    return decode(data)


def _delete(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        # A sandbox may lend the file without letting us remove it; the picture is still good.
        _log.warning("a screenshot was left behind: %s", error)
