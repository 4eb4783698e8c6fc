"""What this session lets Glimpse see, and which keys it lets it have: the desktop's part of `glimpse doctor`."""

import asyncio
import os
from collections.abc import Callable
from importlib import import_module

from app.errors import CaptureError
from app.model.checkups import Finding
from app.model.sentences import Sentence, sentence
from capture import grim, mac_access
from capture.session import Session, find_session


def permissions() -> tuple[Finding, ...]:
    """Say what can be seen and caught here; looks and asks nobody, blocks for some milliseconds."""
    return _LOOKS[find_session()]()


def _nothing() -> tuple[Finding, ...]:
    return (Finding(False, sentence("capture.no_desktop"), needed=True),)


def _x11() -> tuple[Finding, ...]:
    x11, screen = import_module("capture.x11"), import_module("capture.x11_screen")
    try:
        with x11.connection() as server:
            count = len(screen.list_monitors(server))
    except CaptureError as error:
        return (Finding(False, error.sentence, needed=True),)
    display = os.environ.get("DISPLAY", "")
    return (
        Finding(True, sentence("capture.doctor_x11", display=display, n=count), needed=True),
        Finding(True, sentence("hotkeys.doctor_works")),
    )


def _wayland() -> tuple[Finding, ...]:
    return asyncio.run(_ask_portal())


async def _ask_portal() -> tuple[Finding, ...]:
    portal = import_module("capture.portal")
    try:
        async with portal.conversation(portal.PATIENCE) as desktop:
            pictures = await desktop.version(portal.SCREENSHOT)
            recordings = await desktop.version(portal.SCREENCAST)
            keys = await desktop.version(portal.SHORTCUTS)
    except portal.Silent:
        silent = sentence("capture.portal_silent", seconds=int(portal.PATIENCE))
        return _seen_without_portal(silent), Finding(False, sentence("hotkeys.no_portal"))
    except portal.PortalError:
        absent = _seen_without_portal(sentence("capture.portal_absent"))
        return absent, Finding(False, sentence("hotkeys.no_portal"))
    if pictures is None:
        seen = _seen_without_portal(sentence("capture.portal_absent"))
    else:
        seen = Finding(True, sentence("capture.doctor_portal", version=pictures), needed=True)
    return (
        seen,
        _found("capture.doctor_screencast", "capture.no_screencast", recordings),
        _found("hotkeys.doctor_portal", "hotkeys.no_portal", keys),
    )


def _seen_without_portal(why: Sentence) -> Finding:
    """Say whether grim can take the pictures that the portal does not."""
    if grim.find() is None:
        return Finding(False, why, needed=True)
    return Finding(True, sentence("capture.doctor_grim"), needed=True)


def _found(yes: str, no: str, version: int | None) -> Finding:
    return Finding(False, sentence(no)) if version is None else Finding(True, sentence(yes, version=version))


def _windows() -> tuple[Finding, ...]:
    return (
        Finding(True, sentence("capture.doctor_windows"), needed=True),
        Finding(True, sentence("hotkeys.doctor_works")),
    )


def _mac() -> tuple[Finding, ...]:
    allowed = mac_access.screen_allowed()
    seen = sentence("capture.doctor_mac" if allowed else "capture.mac_permission")
    return Finding(allowed, seen, needed=True), Finding(True, sentence("hotkeys.doctor_works"))


_LOOKS: dict[Session, Callable[[], tuple[Finding, ...]]] = {
    Session.NONE: _nothing,
    Session.X11: _x11,
    Session.WAYLAND: _wayland,
    Session.WINDOWS: _windows,
    Session.MAC: _mac,
}
