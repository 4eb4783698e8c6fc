"""The screen under Wayland, in the ways there are: the portal, grim, and the portal with its own dialog."""

import logging

from app.errors import CaptureError, NotAllowed
from app.i18n import say
from app.model.screens import Shot, Surroundings
from app.ports import Workers
from capture import grim, portal, portal_screen
from capture.black import refuse_black

_log = logging.getLogger(__name__)


class WaylandScreen:
    """Speaks the `Screen` port.

    Neither way says where the monitors are in the picture, so it counts as one.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    async def grab(self, *, pointer: bool = False) -> tuple[Shot, ...]:
        """Return the whole desktop as one shot; raises `CaptureError`, which names every way that failed.

        The desktop may ask the user first, and where it gives nothing without, it shows its own dialog.  Only grim
        can show the pointer.
        """
        return await self._workers.thread(_grab, pointer)

    async def surroundings(self) -> Surroundings:
        """Return nothing: Wayland tells an application nothing of the others."""
        return Surroundings()


def _grab(pointer: bool) -> tuple[Shot, ...]:
    program = grim.find()
    if pointer:
        if program is None:
            raise NotAllowed("capture.no_pointer")
        return refuse_black((grim.take(program, pointer=True),))
    try:
        return refuse_black((portal_screen.take(interactive=False),))
    except CaptureError as error:
        _log.info("the portal gave no picture: %s", error)
        return refuse_black((_otherwise(error, program),))


def _otherwise(refusal: CaptureError, program: str | None) -> Shot:
    """Return a picture in another way than the first; raises `CaptureError`."""
    denied = isinstance(refusal.__cause__, portal.Denied)
    # What the user or the desktop has refused is not taken behind their backs.
    if program is not None and isinstance(refusal.__cause__, portal.Absent | portal.Silent):
        try:
            return grim.take(program, pointer=False)
        except CaptureError as error:
            raise _both(refusal, error) from error
    if denied:
        try:
            return portal_screen.take(interactive=True)
        except CaptureError as error:
            raise (error if error.sentence == refusal.sentence else _both(refusal, error)) from error
    raise refusal


def _both(first: CaptureError, second: CaptureError) -> CaptureError:
    return NotAllowed("capture.both_failed", first=say(first.sentence), second=say(second.sentence))
