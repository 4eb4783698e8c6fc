"""The key to the painted, frozen picker, as an X server sees it: beside a bare overlay and beside Flameshot."""

import contextlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.figure import Figure
from tests.bench.x_screen import PATIENCE, XScreen, running, screen

ROUNDS = 12  # the first of each is not counted: it makes what later ones find
SIZES = {"1080p": (1920, 1080), "4K": (3840, 2160)}
WHITE = 0xFFFFFF
CTRL, SHIFT, A, ESCAPE, F9 = 0xFFE3, 0xFFE1, 0x61, 0xFF1B, 0xFFC6
REST = 0.4  # seconds between two, until everything is back in its place
Timed = Callable[[], float]


def measure() -> list[Figure]:
    """Freeze screens of both sizes, all in turn, and compare the medians in milliseconds."""
    if shutil.which("flameshot") is None:
        raise FileNotFoundError("Flameshot is missing: sudo apt install flameshot")
    figures = []
    for name, (width, height) in SIZES.items():
        times = _medians(width, height)
        what = f"key to frozen picker, {name}"
        figures += [
            Figure(what, times["ours"], times["bare"], "bare overlay", "ms", 1.3),
            Figure(what, times["ours"], times["flameshot"], "flameshot gui, daemon running", "ms", 0.15),
            Figure(
                f"{what}, a window to hide first", times["hiding"], times["ours"], "none to hide", "ms", None
            ),
        ]
    return figures


def _medians(width: int, height: int) -> dict[str, float]:
    spot = (width - 3, height - 3)  # where nothing is but the ground; drawn last
    with contextlib.ExitStack() as ending:
        home = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="glimpse-bench-")))
        here = ending.enter_context(screen(width, height, home))
        here.run("xdotool", "mousemove", "20", "20")
        window = ending.enter_context(_glimpse(here, spot))
        ending.enter_context(_bare(here))
        ending.enter_context(_flameshot(here, home))
        contenders: dict[str, Timed] = {
            "ours": lambda: _timed(here, spot, lambda: here.press(CTRL, SHIFT, A), ESCAPE),
            "bare": lambda: _timed(here, spot, lambda: here.press(F9), F9),
            "flameshot": lambda: _timed_flameshot(here, spot),
            "hiding": lambda: _timed_hiding(here, spot, window),
        }
        times: dict[str, list[float]] = {name: [] for name in contenders}
        for _ in range(ROUNDS):
            for name, contender in contenders.items():
                times[name].append(1000 * contender())
    return {name: statistics.median(each[1:]) for name, each in times.items()}


def _timed(here: XScreen, spot: tuple[int, int], press: Callable[[], object], thaw: int) -> float:
    """Return the seconds from the key until the last pixel is frozen; afterwards everything is as before."""
    here.wait(*spot, WHITE)
    time.sleep(REST)
    began = time.perf_counter()
    press()
    here.wait(*spot, WHITE, changed=True)
    took = time.perf_counter() - began
    time.sleep(REST)
    here.press(thaw)
    here.wait(*spot, WHITE)
    return took


def _timed_flameshot(here: XScreen, spot: tuple[int, int]) -> float:
    with contextlib.ExitStack() as ending:
        # A key is bound to its command line: to start that is part of it.
        command = ["flameshot", "gui"]
        return _timed(here, spot, lambda: ending.enter_context(running(command, here.environment)), ESCAPE)


def _timed_hiding(here: XScreen, spot: tuple[int, int], window: str) -> float:
    here.run("xdotool", "windowactivate", "--sync", window)
    try:
        return _timed(here, spot, lambda: here.press(CTRL, SHIFT, A), ESCAPE)
    finally:
        time.sleep(REST)
        _minimise(here, window)


@contextlib.contextmanager
def _glimpse(here: XScreen, spot: tuple[int, int]) -> Iterator[str]:
    """Run Glimpse, its window minimised, until its key works; gives the number of the window."""
    command = [str(Path(sys.executable).with_name("glimpse"))]
    with running(command, here.environment):
        window = here.run("xdotool", "search", "--sync", "--onlyvisible", "--name", "^Glimpse$").split()[0]
        _minimise(here, window)
        deadline = time.monotonic() + PATIENCE
        while here.pixel(*spot) == WHITE:
            if time.monotonic() > deadline:
                raise TimeoutError("the key of Glimpse does nothing")
            here.press(CTRL, SHIFT, A)
            time.sleep(0.5)
        here.press(ESCAPE)
        yield window


def _minimise(here: XScreen, window: str) -> None:
    here.run("xdotool", "windowminimize", "--sync", window)
    deadline = time.monotonic() + PATIENCE
    while "IsUnMapped" not in here.run("xwininfo", "-id", window):
        if time.monotonic() > deadline:
            raise TimeoutError("the window of Glimpse stays on the screen")
        time.sleep(0.02)


@contextlib.contextmanager
def _bare(here: XScreen) -> Iterator[None]:
    script = Path(__file__).with_name("bare_overlay.py")
    with running([sys.executable, str(script), str(here.keycode(F9))], here.environment) as process:
        if process.stdout is None or process.stdout.readline() != "ready\n":
            raise RuntimeError("the bare overlay did not start")
        yield


@contextlib.contextmanager
def _flameshot(here: XScreen, home: Path) -> Iterator[None]:
    """Run its daemon on a bus of its own, without the windows it greets with."""
    settings = home / ".config/flameshot/flameshot.ini"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        "[General]\nshowHelp=false\nshowStartupLaunchMessage=false\nshowDesktopNotification=false\n"
    )
    bus = ["dbus-daemon", "--session", "--nofork", "--print-address"]
    with running(bus, here.environment) as process:
        if process.stdout is None:
            raise RuntimeError("the bus did not start")
        here.environment["DBUS_SESSION_BUS_ADDRESS"] = process.stdout.readline().strip()
        with running(["flameshot"], here.environment):
            deadline = time.monotonic() + PATIENCE
            while not _has_flameshot(here):
                if time.monotonic() > deadline:
                    raise TimeoutError("the daemon of Flameshot did not start")
                time.sleep(0.05)
            yield


def _has_flameshot(here: XScreen) -> bool:
    command = [
        "dbus-send",
        "--session",
        "--print-reply",
        "--dest=org.freedesktop.DBus",
        "/",
        "org.freedesktop.DBus.ListNames",
    ]
    done = subprocess.run(
        command, env=here.environment, capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    return "org.flameshot.Flameshot" in done.stdout
