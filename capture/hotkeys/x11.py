"""Hotkeys under X11: the server itself keeps the key from everybody else."""

import logging
import os
import select
import threading
from collections.abc import Callable
from typing import Any

import xcffib
import xcffib.xkb
import xcffib.xproto

from app.errors import NotAllowed
from capture.hotkeys.chord import Chord, parse
from capture.hotkeys.keyboard import Keyboard
from capture.hotkeys.orders import Orders
from capture.x11 import XError, connect, has_extension, root_of

_CORE_KEYBOARD = 0x100
_DETECTABLE_REPEAT = 1

_log = logging.getLogger(__name__)


class X11Hotkeys:
    """Speaks the `Hotkeys` port on a connection and a thread of its own."""

    def __init__(self) -> None:
        self._server = connect()
        self._ear, self._bell = os.pipe()
        self._orders = Orders(lambda: os.write(self._bell, b"!"))
        self._grabs = _Grabs(self._server)
        self._closing = False
        self._thread = threading.Thread(target=self._listen, name="hotkeys", daemon=True)
        self._thread.start()

    def register(self, chord: str, pressed: Callable[[], None]) -> None:
        """Take the key: see `app.ports`.  Raises `NotAllowed` when another application has it."""
        wanted = parse(chord)
        self._orders.give(lambda: self._grabs.add(wanted, pressed))

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
        self._wanted: dict[Chord, Callable[[], None]] = {}
        self._held: dict[tuple[int, int], Callable[[], None]] = {}
        self._down: set[int] = set()
        self._keyboard = Keyboard(server)
        _report_repeats_plainly(server)

    def add(self, chord: Chord, pressed: Callable[[], None]) -> None:
        self._grab(chord, pressed)
        self._wanted[chord] = pressed

    def hear(self, event: Any) -> None:
        if isinstance(event, xcffib.xproto.KeyReleaseEvent):
            self._down.discard(event.detail)
        elif isinstance(event, xcffib.xproto.KeyPressEvent):
            repeated = event.detail in self._down
            self._down.add(event.detail)
            pressed = self._held.get((event.detail, self._keyboard.without_locks(event.state)))
            if pressed is not None and not repeated:
                pressed()
        elif isinstance(event, xcffib.xproto.MappingNotifyEvent):
            self._renew()

    def _grab(self, chord: Chord, pressed: Callable[[], None]) -> None:
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
        self._held |= dict.fromkeys(places, pressed)

    def _take(self, keycode: int, state: int) -> None:
        mode = xcffib.xproto.GrabMode.Async
        for locks in self._keyboard.locks:
            self._server.core.GrabKeyChecked(False, self._root, state | locks, keycode, mode, mode).check()

    def _release(self, keycode: int, state: int) -> None:
        for locks in self._keyboard.locks:
            self._server.core.UngrabKeyChecked(keycode, self._root, state | locks).check()

    def _renew(self) -> None:
        """Take the keys again where they are on a keyboard that has changed."""
        for keycode, state in self._held:
            self._release(keycode, state)
        self._held.clear()
        self._keyboard = Keyboard(self._server)
        for chord, pressed in self._wanted.items():
            try:
                self._grab(chord, pressed)
            except NotAllowed as error:
                _log.warning("a hotkey was lost when the keyboard changed: %s", error)


def _report_repeats_plainly(server: Any) -> None:
    """Have a key that is held down repeat without releases between, so that it can be told from new presses."""
    if not has_extension(server, xcffib.xkb.key):
        return
    keyboard = server(xcffib.xkb.key)
    keyboard.UseExtension(1, 0).reply()
    keyboard.PerClientFlags(_CORE_KEYBOARD, _DETECTABLE_REPEAT, _DETECTABLE_REPEAT, 0, 0, 0).reply()
