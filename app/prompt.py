"""The lines that a person types, or that a pipe brings."""

import asyncio
import contextlib
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from types import FrameType
from typing import Any, Self

from app.terminal import write

# Where the platform has it, `input` lets a line be edited and earlier ones be found again; nothing of them is kept.
with contextlib.suppress(ImportError):
    import readline
    import termios

    readline.parse_and_bind("set enable-bracketed-paste on")  # several pasted lines are one question

SIGN = "> "
_AT_ONCE = 2**16  # bytes; a terminal gives a line at a time
_DEAF = 0.05  # seconds: the longest that Ctrl+C is not heard


class Prompt:
    """Asks for lines on a terminal, or takes them from a pipe; from `__enter__` on, Ctrl+C at a terminal ends nothing."""

    def __init__(self) -> None:
        self.is_terminal = sys.stdin.isatty()
        self._ahead: deque[str] = deque()
        self._over = False
        self._reading = False
        self._stop: Callable[[], object] | None = None
        self._ending = contextlib.ExitStack()

    def __enter__(self) -> Self:
        if self.is_terminal:
            self._ending.enter_context(_on_interrupt(self._interrupted))
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.close()

    def line(self) -> str | None:
        """Wait for the next line, and return it without its end; None when there are no more.

        On a terminal Ctrl+C clears the line; on a pipe it raises `KeyboardInterrupt`.
        """
        # The loop stands still meanwhile: nothing else happens while a person thinks.
        if not self.is_terminal:
            with _on_interrupt(signal.default_int_handler):
                return self._piped()
        if self._ahead:
            line = self._ahead.popleft()
            write(sys.stderr, f"{SIGN}{line}\n")
            return line
        if self._over:
            return None
        try:
            return self._read()
        except KeyboardInterrupt:
            self._reading = False  # pressed twice, it is heard once
            write(sys.stderr, "\n")
            return ""

    @contextlib.contextmanager
    def listening(self, stop: Callable[[], object]) -> Iterator[None]:
        """Meanwhile, on a terminal, have Ctrl+C call `stop`, and /stop too; another line is the next one."""
        if not self.is_terminal:
            yield
            return
        loop = asyncio.get_running_loop()
        reads = os.name == "posix" and not self._over
        if reads:
            loop.add_reader(sys.stdin.fileno(), self._hear, stop)
        self._stop = partial(loop.call_soon_threadsafe, stop)
        try:
            yield
        finally:
            self._stop = None
            if reads:
                loop.remove_reader(sys.stdin.fileno())

    def _interrupted(self, *_: object) -> None:
        # As long as there is no line: `input` begins by swallowing what is raised, and will hear the next one.
        if self._reading:
            raise KeyboardInterrupt
        if self._stop is not None:
            self._stop()

    def _read(self) -> str | None:
        try:
            self._reading = True
            return self._typed()
        finally:
            self._reading = False

    def _typed(self) -> str | None:
        try:
            if sys.stdout.isatty():
                with _hearing():
                    return input(SIGN)
            write(sys.stderr, SIGN)  # `input` would send it down the pipe
            return self._piped()
        except EOFError:
            write(sys.stderr, "\n")
            return None

    @staticmethod
    def _piped() -> str | None:
        line = sys.stdin.readline()
        return line.rstrip("\r\n") if line else None

    def _hear(self, stop: Callable[[], object]) -> None:
        data = read_now(sys.stdin.fileno())
        if data is None:
            return
        if not data:  # Ctrl+D: the end, once this is answered
            self._over = True
            asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        for line in data.decode(errors="replace").splitlines():
            if line.strip() == "/stop":
                stop()
            elif line.strip():
                self._ahead.append(line)


def read_now(descriptor: int) -> bytes | None:
    """Return what is there to be read; None for nothing, because Ctrl+C has thrown away what was there just now."""
    os.set_blocking(descriptor, False)
    try:
        return os.read(descriptor, _AT_ONCE)
    except BlockingIOError:
        return None
    finally:
        os.set_blocking(descriptor, True)


@contextlib.contextmanager
def _hearing() -> Iterator[None]:
    """Meanwhile, have readline hear Ctrl+C whenever it comes.

    It hears it only while it waits for a key: so it is made to look up now and then.  And it waits in vain, deaf, for a key
    that was there and that Ctrl+C has thrown away: so none is.
    """
    if not hasattr(signal, "setitimer"):  # Windows
        yield
        return
    with _on_signal(signal.SIGALRM, lambda *_: None), _keys_kept(sys.stdin.fileno()):
        signal.setitimer(signal.ITIMER_REAL, _DEAF, _DEAF)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


@contextlib.contextmanager
def _keys_kept(descriptor: int) -> Iterator[None]:
    """Meanwhile, have Ctrl+C throw away no key that was pressed before it."""
    before = termios.tcgetattr(descriptor)
    flags = [*before]
    flags[3] |= termios.NOFLSH
    termios.tcsetattr(descriptor, termios.TCSANOW, flags)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSANOW, before)


@contextlib.contextmanager
def _on_interrupt(handle: Callable[[int, FrameType | None], Any]) -> Iterator[None]:
    """Have Ctrl+C do this until the block ends."""
    with _on_signal(signal.SIGINT, handle):
        yield


@contextlib.contextmanager
def _on_signal(number: signal.Signals, handle: Callable[[int, FrameType | None], Any]) -> Iterator[None]:
    before = signal.signal(number, handle)
    try:
        yield
    finally:
        signal.signal(number, before)
