"""Hotkeys under Wayland: the desktop's portal asks the user, keeps the key and tells us."""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

from dbus_fast import Variant

from app.chords import Chord
from app.errors import CaptureError, NotAllowed
from app.i18n import say
from app.model.hotkeys import Binding, Fired
from app.model.sentences import Sentence, sentence
from capture import portal
from capture.hotkeys.each import bind_each
from capture.hotkeys.keysyms import KEYSYMS
from capture.portal import PATIENCE, Portal

T = TypeVar("T")

# The desktop asks the user whether we may have the key, and people read.
_USERS_PATIENCE = 120.0

_LONGEST = 100  # characters of what a desktop calls a key

_TRIGGERS = {"ctrl": "CTRL", "alt": "ALT", "shift": "SHIFT", "super": "LOGO"}


_log = logging.getLogger(__name__)


class PortalHotkeys:
    """Speaks the `Hotkeys` port through org.freedesktop.portal.GlobalShortcuts.

    The desktop lets a session name its keys once, so each `bind` has a new one.  It knows a key by the name of what
    it is for and remembers what the user chose there, which may be another key than the one we ask for.
    """

    asks_user = True

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="hotkeys", daemon=True)
        self._thread.start()
        self._portal: Portal | None = None
        self._session = ""
        self._pressed: Callable[[str], None] = lambda _name: None
        self._lost: Callable[[Sentence], None] = lambda _why: None

    def bind(
        self,
        chords: Mapping[str, str],
        pressed: Callable[[str], None],
        lost: Callable[[Sentence], None],
    ) -> Mapping[str, Binding]:
        """Take these keys and no others: see `app.ports`.  Waits while the desktop asks the user."""
        wanted: dict[str, Chord] = {}
        read = bind_each(chords, wanted.__setitem__)
        self._pressed, self._lost = pressed, lost
        try:
            return read | self._run(self._bind(wanted))
        except portal.PortalError as error:
            raise _told(error) from error

    def fire(self, name: str) -> Fired:  # noqa: ARG002 - the port's
        """Press nothing: under Wayland no application can."""
        return Fired.BY_HAND

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

    async def _bind(self, chords: Mapping[str, Chord]) -> dict[str, Binding]:
        desktop = await self._connect()
        if self._session:
            before, self._session = self._session, ""
            await desktop.end_session(before)
        if not chords:
            return {}
        options = {"session_handle_token": Variant("s", portal.new_token())}
        granted = await desktop.request(portal.SHORTCUTS, "CreateSession", "a{sv}", [options], PATIENCE)
        self._session = str(granted.get("session_handle", ""))
        try:
            body = [
                self._session,
                [[name, _described(name, chord)] for name, chord in chords.items()],
                "",
                {},
            ]
            answer = await desktop.request(
                portal.SHORTCUTS, "BindShortcuts", "oa(sa{sv})sa{sv}", body, _USERS_PATIENCE
            )
        except portal.PortalError:
            before, self._session = self._session, ""
            await desktop.end_session(before)
            raise
        given = {str(name): about for name, about in answer.get("shortcuts", ())}
        return {name: _binding(chord, given.get(name)) for name, chord in chords.items()}

    async def _connect(self) -> Portal:
        if self._portal is None:
            desktop = await Portal.open()
            try:
                if await desktop.version(portal.SHORTCUTS) is None:
                    raise portal.Absent(portal.SHORTCUTS)
                await desktop.listen(portal.SHORTCUTS, "Activated", self._hear)
                await desktop.listen(portal.SESSION, "Closed", self._lose)
            except portal.PortalError:
                await desktop.close()
                raise
            self._portal = desktop
        return self._portal

    def _hear(self, _path: str, body: list[Any]) -> None:
        if body[0] == self._session:
            self._pressed(str(body[1]))

    def _lose(self, path: str, _body: list[Any]) -> None:
        """Tell that the desktop has taken the keys back, unless they were those of before; `bind` asks anew."""
        if path == self._session:
            self._session = ""
            _log.warning("the desktop has taken the hotkeys back")
            self._lost(sentence("hotkeys.taken_back"))

    async def _leave(self) -> None:
        if self._portal is not None:
            await self._portal.close()  # sessions end with the connection
            self._portal = None


def trigger(chord: Chord) -> str:
    """Return the chord as the portals write it: ``CTRL+SHIFT+a``."""
    return "+".join((*(_TRIGGERS[modifier] for modifier in chord.modifiers), KEYSYMS[chord.key]))


def _described(name: str, chord: Chord) -> dict[str, Variant]:
    return {
        "description": Variant("s", say(f"hotkeys.{name}")),
        "preferred_trigger": Variant("s", trigger(chord)),
    }


def _binding(chord: Chord, about: Mapping[str, Variant] | None) -> Binding:
    """Return what the desktop made of a key; what it calls it is for people to read, and shown as it is."""
    if about is None:
        return Binding(fault=sentence("hotkeys.denied", chord=chord.label))
    told = about.get("trigger_description")
    return Binding(str(told.value)[:_LONGEST] if told is not None else "")


def _told(error: portal.PortalError) -> CaptureError:
    if isinstance(error, portal.Absent):
        return NotAllowed("hotkeys.no_portal")
    if isinstance(error, portal.Silent):
        return NotAllowed("hotkeys.silent")
    return NotAllowed("hotkeys.all_denied")
