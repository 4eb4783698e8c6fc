"""Hotkeys under Wayland: the desktop's portal asks the user, keeps the key and tells us."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from dbus_fast import Variant

from app.errors import CaptureError, NotAllowed
from app.i18n import say
from capture import portal
from capture.hotkeys.chord import KEYSYMS, Chord, parse
from capture.portal import PATIENCE, Portal

T = TypeVar("T")

# The desktop asks the user whether we may have the key, and people read.
_USERS_PATIENCE = 120.0

_TRIGGERS = {"ctrl": "CTRL", "alt": "ALT", "shift": "SHIFT", "super": "LOGO"}


class PortalHotkeys:
    """Speaks the `Hotkeys` port through org.freedesktop.portal.GlobalShortcuts.

    The desktop lets each session name its keys once, so every chord has a session of its own.  The
    user may choose another key there than the one we ask for.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="hotkeys", daemon=True)
        self._thread.start()
        self._portal: Portal | None = None
        self._pressed: dict[str, Callable[[], None]] = {}
        self._opening = asyncio.Lock()

    def register(self, chord: str, pressed: Callable[[], None]) -> None:
        """Take the key: see `app.ports`.  Waits while the desktop asks the user."""
        wanted = parse(chord)
        try:
            self._run(self._bind(wanted, pressed))
        except portal.PortalError as error:
            raise _told(error, wanted) from error

    def close(self) -> None:
        """Give every key back and end the thread."""
        if self._loop.is_closed():
            return
        self._run(self._leave())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    async def _bind(self, chord: Chord, pressed: Callable[[], None]) -> None:
        desktop = await self._connect()
        options = {"session_handle_token": Variant("s", portal.new_token())}
        granted = await desktop.request(portal.SHORTCUTS, "CreateSession", "a{sv}", [options], PATIENCE)
        session = str(granted["session_handle"])
        self._pressed[session] = pressed
        keys = {
            "description": Variant("s", say("hotkeys.description", chord=chord.label)),
            "preferred_trigger": Variant("s", trigger(chord)),
        }
        try:
            body = [session, [[str(chord), keys]], "", {}]
            answer = await desktop.request(
                portal.SHORTCUTS, "BindShortcuts", "oa(sa{sv})sa{sv}", body, _USERS_PATIENCE
            )
            if not answer.get("shortcuts"):
                raise portal.Denied("no shortcut was bound")
        except portal.PortalError:
            del self._pressed[session]
            await desktop.end_session(session)
            raise

    async def _connect(self) -> Portal:
        async with self._opening:
            if self._portal is None:
                desktop = await Portal.open()
                try:
                    if await desktop.version(portal.SHORTCUTS) is None:
                        raise portal.Absent(portal.SHORTCUTS)
                    await desktop.listen(portal.SHORTCUTS, "Activated", self._hear)
                except portal.PortalError:
                    await desktop.close()
                    raise
                self._portal = desktop
        return self._portal

    def _hear(self, body: list[Any]) -> None:
        pressed = self._pressed.get(body[0])
        if pressed is not None:
            pressed()

    async def _leave(self) -> None:
        if self._portal is not None:
            await self._portal.close()  # sessions end with the connection
            self._portal = None


def trigger(chord: Chord) -> str:
    """Return the chord as the portals write it: ``CTRL+SHIFT+a``."""
    return "+".join((*(_TRIGGERS[modifier] for modifier in chord.modifiers), KEYSYMS[chord.key]))


def _told(error: portal.PortalError, chord: Chord) -> CaptureError:
    if isinstance(error, portal.Absent):
        return NotAllowed("hotkeys.no_portal")
    if isinstance(error, portal.Silent):
        return NotAllowed("hotkeys.silent", chord=chord.label)
    return NotAllowed("hotkeys.denied", chord=chord.label)
