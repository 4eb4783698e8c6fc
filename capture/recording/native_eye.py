"""The eye of Windows and macOS: mss shows neither the pointer nor clicks there."""

import sys

import mss
from mss.exception import ScreenShotError

from app.errors import NoScreen, NotAllowed, RecordingFailed
from app.model.recordings import Take
from app.model.screens import Monitor
from capture import mac_access
from capture.native_screen import monitors_of
from capture.recording.eye import Eye
from capture.recording.place import place


def open_eye(take: Take) -> Eye:
    """Return an eye on the take; raises `CaptureError`."""
    if take.pointer or take.clicks:
        raise RecordingFailed("recording.no_pointer")
    if sys.platform == "darwin" and not mac_access.screen_allowed():
        raise NotAllowed("capture.mac_permission")
    return Eye(place(take, _monitors()), _monitors, None)


def _monitors() -> tuple[Monitor, ...]:
    try:
        with mss.MSS() as camera:  # one that is kept goes on telling of the monitors there were
            return monitors_of(camera)
    except ScreenShotError as error:
        raise NoScreen("capture.no_monitor") from error
