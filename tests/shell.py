"""The shell's face as a user meets it: as a process, on pipes or at a terminal."""

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

GLIMPSE = str(Path(sys.executable).with_name("glimpse"))
PATIENCE = 120  # seconds: a busy machine is slow, not broken


def run(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command on pipes to its end."""
    return subprocess.run(
        [GLIMPSE, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LANG": "C.UTF-8", **environment},
        timeout=PATIENCE,
    )


class Terminal:
    """A command at a terminal: what it shows, and keys to press."""

    def __init__(self, descriptor: int, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.seen = ""
        self._descriptor = descriptor
        self._bytes = b""

    def type(self, text: str) -> None:
        """Press keys; ``\\x03`` is Ctrl+C, ``\\x04`` Ctrl+D, ``\\x1b[A`` Up."""
        os.write(self._descriptor, text.encode())

    def wait_for(self, text: str, times: int = 1) -> None:
        """Wait until the text has been shown so many times since the start."""
        deadline = time.monotonic() + PATIENCE
        while self.seen.count(text) < times:
            assert time.monotonic() < deadline, f"{text!r} is not in {self.seen[-500:]!r}"
            if not self._read(0.1) and self.process.poll() is not None:
                raise AssertionError(f"it has ended: {self.seen[-500:]!r}")

    def leave(self) -> int:
        """Press Ctrl+D until it ends, for it is not heard between two prompts; return the exit code."""
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"it does not end: {self.seen[-500:]!r}"
            self.type("\x04")
            until = time.monotonic() + 5
            while time.monotonic() < until and self.process.poll() is None:
                self._read(0.1)
        return self.ended()

    def ended(self) -> int:
        """Wait for the end, and return the exit code."""
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"it does not end: {self.seen[-500:]!r}"
            self._read(0.1)
        while self._read(0.1):
            pass
        return self.process.returncode

    def _read(self, seconds: float) -> bool:
        if not select.select([self._descriptor], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._descriptor, 2**16)
        except OSError:  # as Linux says that the other end is closed
            return False
        self._bytes += data
        self.seen = self._bytes.decode(errors="replace")
        return bool(data)


@contextmanager
def terminal(*arguments: str, stdout: int | None = None, **environment: str) -> Iterator[Terminal]:
    """Start a command at a terminal of its own, perhaps with another stdout; it is killed at the end of the block."""
    descriptor, child = pty.openpty()
    # A session of its own, whose terminal this is: else Ctrl+C would be a letter.
    with subprocess.Popen(
        ["setsid", "--ctty", GLIMPSE, *arguments],
        stdin=child,
        stdout=child if stdout is None else stdout,
        stderr=child,
        env={**os.environ, "LANG": "C.UTF-8", "TERM": "xterm", **environment},
    ) as process:
        os.close(child)
        try:
            yield Terminal(descriptor, process)
        finally:
            process.kill()
            os.close(descriptor)
