"""Start to first painted window: ours beside a bare PySide6 window, as an X server sees them."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import mss

from tests.bench.figure import Figure

ROUNDS = 9
SPOT = {"left": 500, "top": 300, "width": 8, "height": 8}
LIGHT = 200  # of 255
BARE = """
import sys
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication(sys.argv)
window = QMainWindow()
window.setStyleSheet("background: white")
window.resize(1080, 760)
window.show()
app.exec()
"""


def measure() -> list[Figure]:
    """Start both in turn on a server of their own and return the ratio of the medians, in seconds."""
    glimpse = str(Path(sys.executable).with_name("glimpse"))
    commands = {"ours": [glimpse], "bare": [sys.executable, "-c", BARE]}
    times: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as home:
        number, server = _start_server()
        try:
            environment = {**os.environ, "DISPLAY": number, "GLIMPSE_HOME": home, "QT_QPA_PLATFORM": "xcb"}
            # What is installed has its bytecode: the first start of each may write it.
            environment.pop("PYTHONDONTWRITEBYTECODE", None)
            with mss.MSS(display=number) as eye:
                for _ in range(ROUNDS):
                    for name, command in commands.items():
                        times[name].append(_until_painted(command, environment, eye))
        finally:
            server.terminate()
            server.wait()
    # The first of each warms the disk's cache and is not counted.
    ours, bare = (statistics.median(times[name][1:]) for name in ("ours", "bare"))
    return [Figure("start to first painted window", ours, bare, "bare PySide6 window", "s", 1.6)]


def _start_server() -> tuple[str, subprocess.Popen[bytes]]:
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x900x24"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as pipe:
        return f":{pipe.readline().strip()}", server


def _until_painted(command: list[str], environment: dict[str, str], eye: mss.MSS) -> float:
    """Return the seconds from the start of the command until its window is on the screen."""
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        while not _is_light(eye):
            if process.poll() is not None:
                raise RuntimeError(f"{command[0]} ended before it painted")
            time.sleep(0.0005)
        return time.perf_counter() - began
    finally:
        process.kill()
        process.wait()
        # The next one must find the screen black again.
        while _is_light(eye):
            time.sleep(0.005)


def _is_light(eye: mss.MSS) -> bool:
    """Tell whether a window is seen: the empty screen is black, both windows are light."""
    return max(eye.grab(SPOT).rgb) >= LIGHT
