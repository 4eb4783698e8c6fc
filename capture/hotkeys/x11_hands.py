"""Presses keys of an X server as if by hand (XTEST), so that nobody but who has grabbed them sees it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import xcffib
import xcffib.xproto
import xcffib.xtest

from app.model.hotkeys import Fired
from capture.x11 import has_extension

_PATIENCE = 2.0  # seconds that the user has to let go of what was just pressed
_ANSWER = 0.5  # seconds within which a press arrives, if at all
_LOOK = 0.01

_PRESS, _RELEASE = 2, 3  # the numbers of the core events


class Hands:
    """Presses keys on the connection of who has grabbed them; its events are to be thrown away afterwards."""

    def __init__(self, server: Any, root: int) -> None:
        self._server = server
        self._root = root
        self._test: Any = server(xcffib.xtest.key) if has_extension(server, xcffib.xtest.key) else None

    def press(self, key: int, modifiers: tuple[int, ...], arrived: Callable[[], bool]) -> Fired:
        """Press a key, by keycode, with its modifiers; `arrived` reads events and says whether it came.

        The modifiers go down and up, and the key goes up, while the keyboard is ours, so that no application sees
        them: Alt alone would open a menu.  Only the press of the key itself goes where such presses go.
        """
        if self._test is None:
            return Fired.BY_HAND
        if not self._wait_until_idle():
            return Fired.HELD
        with self._held(modifiers) as is_ours:
            if not is_ours:
                return Fired.BUSY
            self._ungrab()
            self._fake(_PRESS, key)
            try:
                heard = self._wait_for(arrived)
            finally:
                self._grab()  # refused while somebody else has this press: then the release is theirs, too
                self._fake(_RELEASE, key)
        return Fired.HEARD if heard else Fired.SWALLOWED

    @contextmanager
    def _held(self, modifiers: tuple[int, ...]) -> Iterator[bool]:
        """Give whether the keyboard is ours now, with the modifiers down."""
        if not self._grab():
            yield False
            return
        try:
            for modifier in modifiers:
                self._fake(_PRESS, modifier)
            yield True
        finally:
            self._grab()
            for modifier in reversed(modifiers):
                self._fake(_RELEASE, modifier)
            self._ungrab()

    def _wait_until_idle(self) -> bool:
        """Wait until no key is down: what the user holds would make another chord of it, or be let go by us."""
        deadline = time.monotonic() + _PATIENCE
        while any(self._server.core.QueryKeymap().reply().keys):
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOOK)
        return True

    def _grab(self) -> bool:
        mode = xcffib.xproto.GrabMode.Async
        reply = self._server.core.GrabKeyboard(False, self._root, xcffib.CurrentTime, mode, mode).reply()
        return bool(reply.status == xcffib.xproto.GrabStatus.Success)

    def _ungrab(self) -> None:
        self._server.core.UngrabKeyboard(xcffib.CurrentTime)
        self._server.core.GetInputFocus().reply()  # a round trip: it is done, and what it sent has come

    def _fake(self, kind: int, keycode: int) -> None:
        self._test.FakeInput(kind, keycode, xcffib.CurrentTime, self._root, 0, 0, 0)
        self._server.core.GetInputFocus().reply()

    @staticmethod
    def _wait_for(arrived: Callable[[], bool]) -> bool:
        deadline = time.monotonic() + _ANSWER
        while not arrived():
            if time.monotonic() > deadline:
                return False
            time.sleep(_LOOK)
        return True
