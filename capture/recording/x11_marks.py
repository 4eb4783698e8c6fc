"""The pointer and the presses of buttons under X11."""

import time
from typing import Any

import xcffib.xfixes
import xcffib.xinput
import xcffib.xproto

from app.errors import NoScreen
from app.model.screens import Box
from capture.recording.marks import RING_SECONDS, Cursor, Mark, Ring
from capture.x11 import XError, connect, root_of

_ALL_MASTERS = 1  # XInput's number for every pointer that users see
_PRESSES = 1 << 15  # raw ones: they come whoever has the pointer
_WHEEL = range(4, 8)  # turning it counts as pressing these


class X11Marks:
    """Speaks the `Marks` port on a connection of its own; raises `NoScreen` when the server is gone."""

    def __init__(self, *, pointer: bool, clicks: bool) -> None:
        self._pointer = pointer
        self._rings: list[tuple[int, int, float]] = []  # where and when
        self._server = connect()
        self._root = root_of(self._server)
        try:
            self._fixes = self._server(xcffib.xfixes.key)
            self._fixes.QueryVersion(4, 0).reply()
            if clicks:
                self._listen()
        except XError as error:
            raise NoScreen("capture.no_server") from error

    def look(self) -> tuple[Mark, ...]:
        """Return the rings of the last presses, and above them the pointer."""
        try:
            self._hear()
            marks: tuple[Mark, ...] = self._young_rings()
            return (*marks, self._cursor()) if self._pointer else marks
        except XError as error:
            raise NoScreen("capture.no_server") from error

    def close(self) -> None:
        """Let go of the server."""
        self._server.disconnect()

    def _listen(self) -> None:
        xinput = self._server(xcffib.xinput.key)
        xinput.XIQueryVersion(2, 2).reply()
        mask = xcffib.xinput.EventMask.synthetic(_ALL_MASTERS, 1, [_PRESSES])
        xinput.XISelectEvents(self._root, 1, [mask], is_checked=True).check()

    def _hear(self) -> None:
        while (event := self._server.poll_for_event()) is not None:
            if isinstance(event, xcffib.xinput.RawButtonPressEvent) and event.detail not in _WHEEL:
                # A raw press does not say where; the pointer has hardly moved since.
                place = self._server.core.QueryPointer(self._root).reply()
                self._rings.append((place.root_x, place.root_y, time.monotonic()))

    def _young_rings(self) -> tuple[Ring, ...]:
        now = time.monotonic()
        self._rings = [ring for ring in self._rings if now - ring[2] < RING_SECONDS]
        return tuple(Ring(x, y, now - when) for x, y, when in self._rings)

    def _cursor(self) -> Cursor:
        seen: Any = self._fixes.GetCursorImage().reply()
        box = Box(seen.x - seen.xhot, seen.y - seen.yhot, seen.width, seen.height)
        # Numbers of 32 bits, alpha highest: in memory they are BGRA on the little-endian machines we run on.
        return Cursor(box, seen.cursor_image.raw)
