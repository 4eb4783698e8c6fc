"""A private world for one trip: an X server, a window manager, a message bus, a home, and nothing else.

Everything is started here and ended here.  Whatever runs in the world carries its folder in the
environment (`TMPDIR` reaches even the scrubbed workers), and that is how strays are found.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

T = TypeVar("T")
Monitor = tuple[int, int, int, int]  # x, y, width, height in pixels

PATIENCE = 20.0  # seconds; the machine that runs the tests may have two busy cores
_PULSE = 0.03
_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"""
# The servers end with the tests even when those are killed; and with the servers, everything else.
_TIED = ("setpriv", "--pdeathsig", "TERM")
# The only service that may start by itself: keyrings, portals and input methods of the machine stay away.
_ACCESSIBILITY = Path("/usr/share/dbus-1/services/org.a11y.Bus.service")


class Late(AssertionError):
    """Something that had to happen did not happen in time."""


def until(
    look: Callable[[], T | None], saying: str, timeout: float = PATIENCE, then: Callable[[], str] = str
) -> T:
    """Look again and again until there is something to see, and return it.

    `saying` names what is awaited; `then` describes what there was instead.  Raises `Late`.
    """
    end = time.monotonic() + timeout
    while True:
        if seen := look():
            return seen
        if time.monotonic() > end:
            raise Late(f"{saying}: not within {timeout:g} s\n{then()}")
        time.sleep(_PULSE)


def running_in(runtime: Path) -> dict[int, str]:
    """Return everything that runs in the world of this runtime folder: process id to command line."""
    mark = str(runtime).encode()
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if mark in (entry / "environ").read_bytes():
                found[int(entry.name)] = (
                    (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
                )
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue  # it ended meanwhile, or is somebody else's
    return {number: command for number, command in found.items() if command}  # the rest are zombies


class World:
    """A screen of `size` pixels with its own servers; use it as a context manager."""

    def __init__(self, folder: Path, size: tuple[int, int] = (1280, 900)) -> None:
        self.folder = folder
        self.size = size
        self.monitors: tuple[Monitor, ...] = ((0, 0, *size),)
        self.home = folder / "home"
        # A socket's path must be short, which a test's folder is not.
        self.runtime = Path(tempfile.mkdtemp(prefix="glimpse-"))
        self.env = self._environment()
        self._children: list[subprocess.Popen[bytes]] = []
        self._x: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start the servers; they are ready when this returns."""
        try:
            self._make_folders()
            self._start_bus()
            self._start_x()
            self._start_window_manager()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End everything that runs in this world."""
        self.close()

    def spawn(
        self, command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, log: str | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a program of this world, in a session of its own.

        What it says goes to `folder/<log>.out` and `.err`; `log` is the program's name unless given.
        """
        name = log or Path(command[0]).name
        with (self.folder / f"{name}.out").open("ab") as out, (self.folder / f"{name}.err").open("ab") as err:
            child = subprocess.Popen(
                command,
                env=self.env | dict(env or {}),
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
        self._children.append(child)
        return child

    def output(self, *command: str | Path, timeout: float = PATIENCE) -> bytes:
        """Run a short program of this world and return what it printed.

        Raises `subprocess.CalledProcessError` when it fails.
        """
        return subprocess.run(
            command, env=self.env, capture_output=True, stdin=subprocess.DEVNULL, timeout=timeout, check=True
        ).stdout

    def run(self, *command: str | Path, timeout: float = PATIENCE) -> str:
        """Run a short program of this world and return the text it printed, without blanks around it."""
        return self.output(*command, timeout=timeout).decode(errors="replace").strip()

    def set_monitors(self, *monitors: Monitor) -> None:
        """Divide the screen into monitors, the first one primary; programs are told at once."""
        self.monitors = monitors
        for line in self.run("xrandr", "--listmonitors").splitlines()[1:]:
            name = line.split()[1].lstrip("+*")
            if name.startswith("glimpse-"):
                self.run("xrandr", "--delmonitor", name)
        for number, (x, y, width, height) in enumerate(monitors):
            # The one real output of Xvfb belongs to the first; a star makes it primary.
            output, star = ("none", "") if number else ("screen", "*")
            place = f"{width}/{width // 4}x{height}/{height // 4}+{x}+{y}"
            self.run("xrandr", "--setmonitor", f"{star}glimpse-{number}", place, output)

    def processes(self) -> dict[int, str]:
        """Return everything that runs in this world: process id to command line."""
        return running_in(self.runtime)

    def close(self) -> None:
        """End everything that runs in this world, the X server last so that nobody complains."""
        x = {self._x.pid} if self._x else set()
        for number in self.processes().keys() - x:
            with contextlib.suppress(ProcessLookupError):  # it ended by itself
                os.kill(number, signal.SIGKILL)
        for child in self._children:
            child.wait(timeout=PATIENCE)
        until(lambda: not self.processes().keys() - x, "the end of all programs")
        if self._x:
            self._x.terminate()  # by a kill it would leave its lock behind
            self._x.wait(timeout=PATIENCE)
            self._x = None
        shutil.rmtree(self.runtime)

    def _environment(self) -> dict[str, str]:
        home, runtime = str(self.home), str(self.runtime)
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": home,
            "GLIMPSE_HOME": f"{home}/glimpse",
            "XDG_CONFIG_HOME": f"{home}/.config",
            "XDG_DATA_HOME": f"{home}/.local/share",
            "XDG_CACHE_HOME": f"{home}/.cache",
            "XDG_STATE_HOME": f"{home}/.local/state",
            "XDG_RUNTIME_DIR": runtime,
            "XDG_SESSION_TYPE": "x11",
            "TMPDIR": f"{runtime}/tmp",
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={runtime}/bus",
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "QT_FORCE_STDERR_LOGGING": "1",
            "PYTHONFAULTHANDLER": "1",
        }

    def _make_folders(self) -> None:
        for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "TMPDIR"):
            Path(self.env[variable]).mkdir(parents=True)
        services = self.runtime / "services"
        services.mkdir()
        (services / _ACCESSIBILITY.name).symlink_to(_ACCESSIBILITY)
        (self.runtime / "bus.conf").write_text(_BUS.format(socket=self.runtime / "bus", services=services))

    def _start_bus(self) -> None:
        configuration = f"--config-file={self.runtime / 'bus.conf'}"
        self.spawn([*_TIED, "dbus-daemon", configuration, "--nofork", "--nosyslog"], log="dbus-daemon")
        until((self.runtime / "bus").exists, "the message bus")

    def _start_x(self) -> None:
        screen = f"{self.size[0]}x{self.size[1]}x24"
        reading, writing = os.pipe()
        # Without -noreset the server starts anew, under everybody's feet, whenever its last client leaves.
        options = ["-screen", "0", screen, "-noreset", "-nolisten", "tcp"]
        with os.fdopen(reading, "rb") as number, (self.folder / "Xvfb.err").open("wb") as err:
            self._x = subprocess.Popen(
                [*_TIED, "Xvfb", "-displayfd", str(writing), *options],
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=err,
                stderr=err,
                pass_fds=[writing],
                start_new_session=True,
            )
            os.close(writing)
            self.env["DISPLAY"] = ":" + number.readline().decode().strip()

    def _start_window_manager(self) -> None:
        self.spawn(["openbox", "--sm-disable"])
        until(
            lambda: "window id" in self.run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK"),
            "the window manager",
        )
