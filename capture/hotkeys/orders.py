"""Calls handed to a listener's thread: a key belongs to the thread that asked for it."""

import queue
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from app.errors import NotAllowed

T = TypeVar("T")

# A listener that is alive answers in less than a millisecond.
_PATIENCE = 5.0


class Orders:
    """Waiting calls; `wake` makes the listener look at them."""

    def __init__(self, wake: Callable[[], Any]) -> None:
        self._wake = wake
        self._waiting: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = queue.SimpleQueue()

    def give(self, call: Callable[[], T]) -> T:
        """Have the listener make the call; return what it returns, raise what it raises.

        Raises `NotAllowed` when the listener is gone.
        """
        result: Future[T] = Future()
        self._waiting.put((call, result))
        self._wake()
        try:
            return result.result(_PATIENCE)
        except TimeoutError as error:
            raise NotAllowed("hotkeys.gone") from error

    def carry_out(self) -> None:
        """Make every waiting call, on the listener's thread."""
        while not self._waiting.empty():
            call, result = self._waiting.get()
            try:
                result.set_result(call())
            except Exception as error:  # noqa: BLE001 - handed to who gave the order, whole
                result.set_exception(error)
