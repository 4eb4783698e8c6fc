"""One program of a world: started, watched and ended from outside, never through its widgets."""

import re
import signal
import subprocess
from pathlib import Path

from tests.journeys.accessibility import Accessibility, Element
from tests.journeys.eyes import Eyes, Window
from tests.journeys.view import View, Words, says
from tests.journeys.world import PATIENCE, until

_CRASHES = {
    -kind
    for kind in (signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGSEGV, signal.SIGTRAP)
}


class App(View):
    """A started program, and what it shows."""

    def __init__(
        self,
        world: Eyes,
        ears: Accessibility,
        process: subprocess.Popen[bytes],
        errors: Path,
        scale: float = 1,
    ) -> None:
        self.process = process
        self._world = world
        self._ears = ears
        self._errors = errors
        self._scale = scale
        # We ask about what has just gone: the answer is for us, not a fault of the program.
        self._expected = [re.compile("^qt.accessibility.atspi: Could not find accessible on path")]

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def windows(self) -> tuple[Window, ...]:
        """Return its managed windows, the lowest first."""
        return tuple(each for each in self._world.windows() if each.process == self.process.pid)

    def wait_window(self, title: Words | None = None, timeout: float = PATIENCE) -> Window:
        """Wait until a window of this title has the focus and can be read, and return it."""

        def ready() -> Window | None:
            readable = self.elements()
            found = [each for each in self.windows() if each.active and says(title, each.title)]
            return found[0] if found and readable else None

        return until(ready, f"a window called {title or 'anything'}", timeout, self.dump)

    def elements(self) -> tuple[Element, ...]:
        """Return everything it shows, parents before children; raises `AssertionError` when it has ended."""
        if not self.alive:
            raise AssertionError(f"the program ended with {self.process.returncode}\n{self.stderr()}")
        found = self._ears.elements(self.process.pid)
        if self._scale == 1:
            return found
        corners = [(x, y) for x, y, _, _ in self._world.monitors]
        return tuple(each.scaled(self._scale, corners) for each in found)

    def dump(self) -> str:
        """Return the tree of what it shows, and what it wrote to stderr."""
        tree = self.tree() if self.alive else f"ended with {self.process.returncode}"
        return f"{tree}\n--- stderr ---\n{self.stderr()}"

    def stderr(self) -> str:
        """Return what it wrote to stderr so far."""
        return self._errors.read_text(errors="replace")

    def expect_stderr(self, pattern: str) -> None:
        """Let lines with this pattern pass; every other line on stderr fails the test in the end."""
        self._expected.append(re.compile(pattern))

    def kill(self) -> None:
        """Kill it without a warning, as a power cut does; its children stay behind."""
        self.process.kill()
        self.process.wait(timeout=PATIENCE)

    def quit(self, chord: str = "ctrl+q", timeout: float = PATIENCE) -> int:
        """Press the keys that end it and return its exit code.  Raises `AssertionError` when it stays."""
        self._world.run("xdotool", "key", "--clearmodifiers", chord)
        return self.wait_exit(timeout)

    def wait_exit(self, timeout: float = PATIENCE) -> int:
        """Wait until it has ended and return its exit code."""
        until(lambda: not self.alive, "the end of the program", timeout, self.dump)
        return self.process.wait()

    def end(self) -> None:
        """Ask it to end, as a desktop session does, and kill it when it does not listen."""
        if self.alive:
            self.process.terminate()
            try:
                self.process.wait(timeout=PATIENCE / 2)
            except subprocess.TimeoutExpired:
                self.kill()

    def faults(self) -> list[str]:
        """Return what must not have happened: unexpected lines on stderr, a crash."""
        lines = [line for line in self.stderr().splitlines() if line.strip()]
        found = [line for line in lines if not any(each.search(line) for each in self._expected)]
        if self.process.poll() in _CRASHES:
            found.append(f"crashed: {signal.Signals(-self.process.returncode).name}")
        return found
