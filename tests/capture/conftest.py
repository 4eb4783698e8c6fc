"""Real X servers and message buses for the tests of the senses."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import xcffib
import xcffib.xproto

from app.model.screens import Box

Colour = tuple[int, int, int]

_BUS = """<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class Desktop:
    """One Xvfb, its commands and a brush."""

    def __init__(self, size: str) -> None:
        self._brush: Any = None
        self._others: list[subprocess.Popen[bytes]] = []
        ear, mouth = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(mouth), "-screen", "0", f"{size}x24", "-nolisten", "tcp", "-noreset"],
            pass_fds=(mouth,),
            stderr=subprocess.DEVNULL,
        )
        os.close(mouth)
        with os.fdopen(ear) as answer:
            self.display = ":" + answer.readline().strip()

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"DISPLAY": self.display}

    def run(self, *command: str) -> bytes:
        """Run a command to its end and return what it says."""
        return subprocess.run(
            command, env=self.environment, check=True, capture_output=True, timeout=30
        ).stdout

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a command that lasts as long as the desktop."""
        process = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._others.append(process)
        return process

    def manage_windows(self) -> None:
        """Start a window manager and wait until it manages.

        That it has listed the windows is not enough: an event that came while it started lies in its
        queue until the next one wakes it. So it is asked for something until it has done that.
        """
        self.start("openbox", "--sm-disable")
        self.wait(lambda: b"_NET_CLIENT_LIST(WINDOW)" in self.run("xprop", "-root", "_NET_CLIENT_LIST"))
        self.wait(self._manager_obeys)

    def _manager_obeys(self) -> bool:
        self.run("xdotool", "set_num_desktops", "2")
        return b"= 2" in self.run("xprop", "-root", "_NET_NUMBER_OF_DESKTOPS")

    def message(self, text: str) -> int:
        """Show a window with a text and return its number, once it can be seen."""
        process = self.start("xmessage", "-geometry", "300x200+100+100", "-title", text, text)
        assert process.poll() is None
        return int(self.run("xdotool", "search", "--sync", "--onlyvisible", "--name", f"^{text}$").split()[0])

    def split(self, *monitors: str) -> None:
        """Cut the screen into monitors, named and placed as `xrandr --setmonitor` writes it."""
        for index, monitor in enumerate(monitors):
            name, place = monitor.split("=")
            self.run("xrandr", "--setmonitor", name, place, "screen" if index == 0 else "none")

    def paint(self, box: Box, colour: Colour) -> None:
        """Fill a rectangle of the screen with a colour."""
        if self._brush is None:
            self._brush = xcffib.connect(self.display)
        server = self._brush
        root = server.setup.roots[0].root
        pen = server.generate_id()
        red, green, blue = colour
        server.core.CreateGC(pen, root, xcffib.xproto.GC.Foreground, [red << 16 | green << 8 | blue])
        area = xcffib.xproto.RECTANGLE.synthetic(box.left, box.top, box.width, box.height)
        server.core.PolyFillRectangleChecked(root, pen, 1, [area]).check()

    @staticmethod
    def wait(done: Callable[[], object], seconds: float = 10) -> None:
        """Wait until `done`; fails after `seconds`."""
        deadline = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < deadline, "it never happened"
            time.sleep(0.01)

    def kill_server(self) -> None:
        self._server.kill()
        self._server.wait()

    def close(self) -> None:
        if self._brush is not None:
            self._brush.disconnect()
        for process in [*self._others, self._server]:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()


@pytest.fixture
def make_desktop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Desktop]]:
    """Start an X server of a size and make it the session's."""
    desktops = []

    def make(size: str = "800x600") -> Desktop:
        desktop = Desktop(size)
        desktops.append(desktop)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        monkeypatch.delenv("XDG_SESSION_TYPE", raising=False)
        monkeypatch.setenv("DISPLAY", desktop.display)
        return desktop

    yield make
    for desktop in desktops:
        desktop.close()


@pytest.fixture
def desktop(make_desktop: Callable[..., Desktop]) -> Desktop:
    return make_desktop()


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a session bus of our own in a Wayland session; its address is in the environment.

    It starts no services: the portal of this machine must not answer in place of the test's.
    """
    config = tmp_path_factory.mktemp("bus") / "bus.conf"
    config.write_text(_BUS)
    command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        address = process.stdout.readline().decode().strip()
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-test")
        yield address
        process.kill()


@pytest.fixture
def portal(bus: str) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start a portal on that bus which behaves as the words given say: see `fake_portal.py`."""
    started = []

    def start(*words: str) -> subprocess.Popen[bytes]:
        script = Path(__file__).with_name("fake_portal.py")
        process = subprocess.Popen([sys.executable, str(script), *words], stdout=subprocess.PIPE)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
