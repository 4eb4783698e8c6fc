"""One Glimpse per user: a second start speaks to the first over a private socket and goes.

Imported before anything heavy, so that the second start is over before a window could open.
"""

import contextlib
import hashlib
import os
import threading
from collections.abc import Callable
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path

from app import paths

RAISE = b"raise"
CAPTURE = b"capture"
UNDERSTOOD = b"ok"
LONGEST = 64  # bytes of a message


def tell_first(arguments: list[str]) -> bool:
    """Have the Glimpse that is running do what a second start was asked for; False when none is running."""
    return tell(CAPTURE if arguments == ["--capture"] else RAISE)


def tell(message: bytes, address: Path | None = None) -> bool:
    """Give `message` to the Glimpse that is running; False when none is."""
    try:
        with _connect(address or paths.find().socket) as first:
            first.send_bytes(message)
            return first.poll(2) and first.recv_bytes(LONGEST) == UNDERSTOOD
    except (OSError, EOFError):
        return False


class FirstInstance:
    """Listens for later starts, on a thread of its own; `heard` is called there."""

    def __init__(self, heard: Callable[[bytes], None], address: Path | None = None) -> None:
        """Begin to listen; raises `OSError` when another instance does already."""
        self._address = address or paths.find().socket
        self._heard = heard
        # A socket left by a killed process answers nobody, and only then may it be replaced.
        if os.name == "posix" and not tell(b"", self._address):
            self._address.unlink(missing_ok=True)
        self._listener = Listener(_name(self._address))
        if os.name == "posix":
            self._address.chmod(0o600)
        self._closed = False
        threading.Thread(target=self._listen, name="instance", daemon=True).start()

    def close(self) -> None:
        """Stop listening and remove the socket."""
        self._closed = True
        # Wakes the thread out of `accept`, which nothing else does.
        tell(b"", self._address)
        self._listener.close()

    def _listen(self) -> None:
        while not self._closed:
            with contextlib.suppress(OSError, EOFError), self._listener.accept() as later:
                message = later.recv_bytes(LONGEST) if later.poll(1) else b""
                later.send_bytes(UNDERSTOOD)
                if message and not self._closed:
                    self._heard(message)


def _connect(address: Path) -> Connection:
    return Client(_name(address))


def _name(address: Path) -> str:
    """Return what the system calls the meeting point: a socket's path, or a pipe on Windows, which has no paths."""
    if os.name == "posix":
        return str(address)
    return rf"\\.\pipe\glimpse-{hashlib.sha256(str(address).encode()).hexdigest()[:16]}"
