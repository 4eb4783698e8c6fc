"""Finds the eye for this session."""

from importlib import import_module

from app.errors import NoScreen, RecordingFailed
from app.model.recordings import Take
from capture.recording.eye import Eye
from capture.session import Session, find_session

# Imported when chosen: each brings libraries that only its own desktop has.
_EYES = {
    Session.X11: "capture.recording.x11_eye",
    Session.WINDOWS: "capture.recording.native_eye",
    Session.MAC: "capture.recording.native_eye",
}


def open_eye(take: Take) -> Eye:
    """Return an eye on the take; raises `CaptureError`, also where something of it cannot be had here."""
    if take.microphone or take.system_sound:
        raise RecordingFailed("recording.no_sound")
    session = find_session()
    if session is Session.WAYLAND:
        raise RecordingFailed("recording.no_wayland")
    if session not in _EYES:
        raise NoScreen("capture.no_desktop")
    eye: Eye = import_module(_EYES[session]).open_eye(take)
    return eye
