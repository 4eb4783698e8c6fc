"""A real compositor without a monitor: what is seen there, and the key of its own that calls us.

`apt-get install --no-install-recommends sway swaybg grim wtype` (25 MB); skipped where one is missing.
"""

import io
import os
import queue
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from app import paths
from app.instance import CAPTURE, FirstInstance
from app.launcher import capture_command
from app.workers import Workers
from capture.screen import make_screen

_NEEDED = ("sway", "swaybg", "swaymsg", "grim", "wtype")
_MISSING = [program for program in _NEEDED if shutil.which(program) is None]
pytestmark = [
    pytest.mark.skipif(bool(_MISSING), reason=f"not installed: {', '.join(_MISSING)}"),
    pytest.mark.usefixtures("own_users"),
]

SIZE = (800, 600)
COLOUR = (0x33, 0x66, 0x99)
_CONFIG = """
output HEADLESS-1 resolution 800x600
output * bg #336699 solid_color
xwayland disable
bindsym Ctrl+Shift+a exec {command}
"""


@pytest.fixture
def sway(
    bus: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Make this process part of a Sway session that has no portal; gives the socket of the compositor."""
    runtime = tmp_path_factory.mktemp("s")
    runtime.chmod(0o700)
    (runtime / "config").write_text(_CONFIG.format(command=capture_command()))
    monkeypatch.delenv("WAYLAND_DISPLAY")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    # Sway will not run for root; to root in a container it is shown as somebody else.
    command = (
        ["sway"] if os.geteuid() else ["unshare", "--user", "--map-user=1000", "--map-group=1000", "sway"]
    )
    headless = {"WLR_BACKENDS": "headless", "WLR_RENDERER": "pixman", "WLR_LIBINPUT_NO_DEVICES": "1"}
    with (
        (runtime / "log").open("wb") as log,
        subprocess.Popen(
            [*command, "-c", runtime / "config"], env=os.environ | headless, stdout=log, stderr=log
        ) as process,
    ):
        try:
            display = _wait_for(process, runtime, "wayland-*[0-9]")
            monkeypatch.setenv("WAYLAND_DISPLAY", display.name)
            yield _wait_for(process, runtime, "sway-ipc.*")
        finally:
            process.terminate()


def _wait_for(process: "subprocess.Popen[bytes]", runtime: Path, pattern: str) -> Path:
    deadline = time.monotonic() + 20
    while not (found := list(runtime.glob(pattern))):
        assert process.poll() is None, (runtime / "log").read_text()
        assert time.monotonic() < deadline, f"no {pattern}"
        time.sleep(0.02)
    return found[0]


def _wait_for_colour() -> None:
    """Wait until the background is painted: by grim itself, so that a fault of ours is none of its."""
    deadline = time.monotonic() + 20
    while True:
        done = subprocess.run(["grim", "-t", "ppm", "-"], capture_output=True, timeout=20, check=False)
        if done.returncode == 0 and Image.open(io.BytesIO(done.stdout)).getpixel((400, 300)) == COLOUR:
            return
        assert time.monotonic() < deadline, done.stderr
        time.sleep(0.05)


async def test_the_screen_is_seen_through_grim(sway: Path, workers: Workers) -> None:
    _wait_for_colour()
    (shot,) = await make_screen(workers).grab()
    assert (shot.width, shot.height) == SIZE
    middle = (300 * 800 + 400) * 4
    assert tuple(shot.pixels[middle : middle + 3]) == tuple(reversed(COLOUR))


def test_the_shell_takes_the_same_picture(sway: Path, tmp_path: Path) -> None:
    _wait_for_colour()
    file = tmp_path / "shot.png"
    command = [sys.executable, "-m", "app", "capture", "--region", "10,20,300,200", "-o", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    with Image.open(file) as picture:
        assert (picture.size, picture.convert("RGB").getpixel((150, 100))) == ((300, 200), COLOUR)


def test_a_key_of_the_compositor_tells_the_glimpse_that_is_running(sway: Path) -> None:
    heard: queue.Queue[bytes] = queue.Queue()
    paths.find().make()
    first = FirstInstance(heard.put)
    try:
        subprocess.run(["wtype", "-M", "ctrl", "-M", "shift", "a"], check=True, timeout=20)
        assert heard.get(timeout=30) == CAPTURE
    finally:
        first.close()
