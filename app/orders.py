"""What is said to a worker while it works: one word at a time, down the pipe its task came through."""

import contextlib
import threading
from typing import IO

from app.pipes import write_frame


class Orders:
    """Carries words to one worker; any thread may speak.

    What is said before the worker listens waits for it, and what is said after its end is said to nobody: how it
    ended, its frames tell.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pipe: IO[bytes] | None = None
        self._waiting: list[str] = []

    def say(self, order: str) -> None:
        """Say a word: too short a frame to have to wait for room in the pipe."""
        with self._lock:
            self._waiting.append(order)
            self._speak()

    def attach(self, pipe: IO[bytes]) -> None:
        """Speak into this pipe from now on."""
        with self._lock:
            self._pipe = pipe
            self._speak()

    def close(self) -> None:
        """Let go of the pipe, which is about to be closed."""
        with self._lock:
            self._pipe = None

    def _speak(self) -> None:
        if self._pipe is None:
            return
        with contextlib.suppress(OSError):  # it has ended
            for order in self._waiting:
                write_frame(self._pipe, {"order": order})
        self._waiting.clear()
