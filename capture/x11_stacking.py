"""The order of the windows of an X server, for `capture.stacking`."""

import time
from collections.abc import Collection
from typing import Any

import xcffib
import xcffib.xproto

from capture.x11 import atom, connection, numbers, root_of

_LIST = "_NET_CLIENT_LIST_STACKING"
_RESTACK = "_NET_RESTACK_WINDOW"
_PATIENCE = 1.0
_LOOK = 0.01


def order() -> tuple[int, ...]:
    """Return the managed windows, the lowest first; empty where nobody manages them."""
    with connection() as server:
        return numbers(server, root_of(server), _LIST)


def put_back(before: tuple[int, ...], ours: Collection[int]) -> None:
    """Have our windows lie again where they lay in `before`, once they are back.

    All that lay over the lowest of them is raised in order, because not every manager puts a window
    between two others.
    """
    lowest = next((place for place, window in enumerate(before) if window in ours), len(before))
    raised = before[lowest + 1 :]
    if all(window in ours for window in raised):
        return
    with connection() as server:
        root = root_of(server)
        message = atom(server, _RESTACK)
        if message not in numbers(server, root, "_NET_SUPPORTED"):
            return
        _wait_until_managed(server, root, set(ours) & set(before))
        for window in raised:
            _raise(server, root, message, window)
        server.core.GetInputFocus().reply()  # a round trip: the requests have arrived


def _wait_until_managed(server: Any, root: int, windows: set[int]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not windows <= set(numbers(server, root, _LIST)) and time.monotonic() < deadline:
        time.sleep(_LOOK)


def _raise(server: Any, root: int, message: int, window: int) -> None:
    # Source 2: an action of the user.
    data = xcffib.xproto.ClientMessageData.synthetic([2, 0, xcffib.xproto.StackMode.Above, 0, 0], "5I")
    event = xcffib.xproto.ClientMessageEvent.synthetic(32, window, message, data)
    mask = xcffib.xproto.EventMask.SubstructureRedirect | xcffib.xproto.EventMask.SubstructureNotify
    server.core.SendEvent(False, root, mask, event.pack())
