"""Which kind of desktop this process is running on: it decides how the screen is seen and keys are caught."""

import os
import sys
from collections.abc import Mapping
from enum import StrEnum


class Session(StrEnum):
    """A kind of desktop; NONE where there is nothing to see."""

    X11 = "x11"
    WAYLAND = "wayland"
    WINDOWS = "windows"
    MAC = "mac"
    NONE = "none"


def find_session(environment: Mapping[str, str] | None = None, platform: str = sys.platform) -> Session:
    """Return the kind of desktop that `environment` (ours when None) and `platform` describe.

    A Wayland session has an X server as well (XWayland), which shows black instead of the screen and
    says nothing; so Wayland is recognised first, and never by trying.
    """
    environment = os.environ if environment is None else environment
    if platform == "win32":
        return Session.WINDOWS
    if platform == "darwin":
        return Session.MAC
    if environment.get("WAYLAND_DISPLAY") or environment.get("XDG_SESSION_TYPE") == "wayland":
        return Session.WAYLAND
    if environment.get("DISPLAY"):
        return Session.X11
    return Session.NONE
