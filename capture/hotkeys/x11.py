"""Hotkeys under X11: the server itself keeps the key from everybody else."""

import logging
import os
import select
import threading
from collections.abc import Callable, Mapping
from typing import Any

import xcffib
import xcffib.xkb
import xcffib.xproto

from app.chords import Chord
from app.errors import NotAllowed
from app.model.hotkeys import Binding, Fired
from app.model.sentences import Sentence
from capture.hotkeys.each import bind_each
from capture.hotkeys.keyboard import Keyboard
from capture.hotkeys.orders import Orders
from capture.hotkeys.x11_hands import Hands
from capture.x11 import XError, connect, has_extension, root_of

_CORE_KEYBOARD = 0x100
_DETECTABLE_REPEAT = 1

_log = logging.getLogger(__name__)


class X11Hotkeys:
    """Speaks the `Hotkeys` port on a connection and a thread of its own."""

    asks_user = False

    def __init__(self) -> None:
        self._server = connect()
        self._ear, self._bell = os.pipe()
        self._orders = Orders(lambda: os.write(self._bell, b"!"))
        self._grabs = _Grabs(self._server)
        self._closing = False
        self._thread = threading.Thread(target=self._listen, name="hotkeys", daemon=True)
        self._thread.start()

    def bind(
        self,
        chords: Mapping[str, str],
        pressed: Callable[[str], None],
        lost: Callable[[Sentence], None],
    ) -> Mapping[str, Binding]:
        """Take these keys and no others: see `app.ports`."""
        return self._orders.give(lambda: self._grabs.hold(chords, pressed, lost))

    def fire(self, name: str) -> Fired:
        """Press a key by XTEST: see `app.ports`."""
        return self._orders.give(lambda: self._grabs.fire(name))

    def close(self) -> None:
        """Give every key back and end the thread."""
        if self._closing:
            return
        self._closing = True
        os.write(self._bell, b"!")
        self._thread.join()
        self._server.disconnect()  # the server drops the grabs with it
        os.close(self._ear)
        os.close(self._bell)

    def _listen(self) -> None:
        socket = self._server.get_file_descriptor()
        try:
            while not self._closing:
                # What has been read already would not wake the select.
                while (event := self._server.poll_for_event()) is not None:
                    self._grabs.hear(event)
                ready, _, _ = select.select([socket, self._ear], [], [])
                if self._ear in ready:
                    os.read(self._ear, 64)
                    self._orders.carry_out()
        except XError:
            _log.warning("the X server is gone, and the hotkeys with it")


class _Grabs:
    """The keys held, on the listener's thread only."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._root = root_of(server)
        self._wanted: dict[str, Chord] = {}
        self._pressed: Callable[[str], None] = _nothing
        self._lost: Callable[[Sentence], None] = _nothing
        self._held: dict[tuple[int, int], str] = {}
        self._down: set[int] = set()
        self._keyboard = Keyboard(server)
        self._hands = Hands(server, self._root)
        _report_repeats_plainly(server)

    def hold(
        self, chords: Mapping[str, str], pressed: Callable[[str], None], lost: Callable[[Sentence], None]
    ) -> dict[str, Binding]:
        self._release_all()
        self._pressed, self._lost = pressed, lost
        self._wanted.clear()
        return bind_each(chords, self._add)

    def _add(self, name: str, chord: Chord) -> None:
        self._grab(name, chord)
        self._wanted[name] = chord

    def fire(self, name: str) -> Fired:
        """Press a key that is held, without calling anybody; raises `NotAllowed` when it is not held."""
        place = next((place for place, owner in self._held.items() if owner == name), None)
        if place is None:
            raise NotAllowed("hotkeys.not_held")
        keycode, state = place

        def arrived() -> bool:
            while (event := self._server.poll_for_event()) is not None:
                if isinstance(event, xcffib.xproto.KeyPressEvent) and event.detail == keycode:
                    return self._keyboard.without_locks(event.state) == state
            return False

        fired = self._hands.press(keycode, self._keyboard.modifier_keys(state), arrived)
        self._throw_away()
        return fired

    def _throw_away(self) -> None:
        """Read the events of our own pressing; a keyboard that changed meanwhile counts."""
        self._server.core.GetInputFocus().reply()
        while (event := self._server.poll_for_event()) is not None:
            if isinstance(event, xcffib.xproto.MappingNotifyEvent):
                self._renew()
        self._down.clear()  # nothing was down before, and what we pressed is up again

    def hear(self, event: Any) -> None:
        if isinstance(event, xcffib.xproto.KeyReleaseEvent):
            self._down.discard(event.detail)
        elif isinstance(event, xcffib.xproto.KeyPressEvent):
            repeated = event.detail in self._down
            self._down.add(event.detail)
            name = self._held.get((event.detail, self._keyboard.without_locks(event.state)))
            if name is not None and not repeated:
                self._pressed(name)
        elif isinstance(event, xcffib.xproto.MappingNotifyEvent):
            self._renew()

    def _grab(self, name: str, chord: Chord) -> None:
        places = self._keyboard.places(chord)
        if not places:
            raise NotAllowed("hotkeys.no_key", chord=chord.label)
        try:
            for keycode, state in places:
                self._take(keycode, state)
        except xcffib.xproto.AccessError as error:
            for keycode, state in places:
                self._release(keycode, state)
            raise NotAllowed("hotkeys.taken", chord=chord.label) from error
        self._held |= dict.fromkeys(places, name)

    def _take(self, keycode: int, state: int) -> None:
        mode = xcffib.xproto.GrabMode.Async
        for locks in self._keyboard.locks:
            self._server.core.GrabKeyChecked(False, self._root, state | locks, keycode, mode, mode).check()

    def _release(self, keycode: int, state: int) -> None:
        for locks in self._keyboard.locks:
            self._server.core.UngrabKeyChecked(keycode, self._root, state | locks).check()

    def _release_all(self) -> None:
        for keycode, state in self._held:
            self._release(keycode, state)
        self._held.clear()

    def _renew(self) -> None:
        """Take the keys again where they are on a keyboard that has changed."""
        self._release_all()
        self._keyboard = Keyboard(self._server)
        for name, chord in self._wanted.items():
            try:
                self._grab(name, chord)
            except NotAllowed as error:
                _log.warning("a hotkey was lost when the keyboard changed: %s", error)
                self._lost(error.sentence)


def _nothing(_: object) -> None:
    """Stand in until somebody wants to hear."""


def _report_repeats_plainly(server: Any) -> None:
    """Have a key that is held down repeat without releases between, so that it can be told from new presses."""
    if not has_extension(server, xcffib.xkb.key):
        return
    keyboard = server(xcffib.xkb.key)
    keyboard.UseExtension(1, 0).reply()
    keyboard.PerClientFlags(_CORE_KEYBOARD, _DETECTABLE_REPEAT, _DETECTABLE_REPEAT, 0, 0, 0).reply()
