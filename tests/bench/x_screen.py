"""A screen of the bench's own, with a hand that presses keys and an eye that looks at one pixel."""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xcffib
import xcffib.xproto
import xcffib.xtest

PATIENCE = 30.0  # seconds
_PRESS, _RELEASE = 2, 3
_BAND = 16  # rows of a request, which may not be long


class XScreen:
    """An X server with a window manager; `environment` is for the programs on it."""

    def __init__(self, display: str, home: Path) -> None:
        self.environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("WAYLAND", "XDG", "DBUS"))
            },
            "DISPLAY": display,
            "HOME": str(home),
            "GLIMPSE_HOME": str(home / "glimpse"),
            "QT_QPA_PLATFORM": "xcb",
            "LANG": "C.UTF-8",
        }
        self._server: Any = xcffib.connect(display)
        self._root = self._server.setup.roots[0].root
        self._keys = self._keycodes()
        self._hand = self._server(xcffib.xtest.key)

    def press(self, *chord: int) -> None:
        """Press the keys with these keysyms together."""
        codes = [self._keys[key] for key in chord]
        for kind, order in ((_PRESS, codes), (_RELEASE, codes[::-1])):
            for code in order:
                self._hand.FakeInput(kind, code, 0, self._root, 0, 0, 0)
        self._server.flush()

    def keycode(self, sign: int) -> int:
        """Return the key that gives a keysym."""
        return self._keys[sign]

    def pixel(self, x: int, y: int) -> int:
        """Return a pixel of the screen as 0xRRGGBB."""
        form = xcffib.xproto.ImageFormat.ZPixmap
        reply = self._server.core.GetImage(form, self._root, x, y, 1, 1, 2**32 - 1).reply()
        return int.from_bytes(bytes(reply.data.buf())[:3], "little")

    def paint(self, pixels: bytes, width: int) -> None:
        """Paint BGRX pixels on the ground, from the left upper corner, rows packed."""
        core, stride, form = self._server.core, 4 * width, xcffib.xproto.ImageFormat.ZPixmap
        pen = self._server.generate_id()
        core.CreateGC(pen, self._root, 0, [])
        for top in range(0, len(pixels) // stride, _BAND):
            band = pixels[top * stride : (top + _BAND) * stride]
            height = len(band) // stride
            core.PutImageChecked(form, self._root, pen, width, height, 0, top, 0, 24, len(band), band).check()
        core.FreeGC(pen)

    def wait(self, x: int, y: int, colour: int, *, changed: bool = False) -> None:
        """Look until the pixel has this colour, or has it no more; raises `TimeoutError`."""
        deadline = time.perf_counter() + PATIENCE
        while (self.pixel(x, y) == colour) is changed:
            if time.perf_counter() > deadline:
                raise TimeoutError(f"the pixel at {x}, {y} stayed {self.pixel(x, y):06x}")

    def run(self, *command: str) -> str:
        """Run a short program to its end and return what it says."""
        return subprocess.run(
            command, env=self.environment, check=True, capture_output=True, text=True, timeout=PATIENCE
        ).stdout

    def close(self) -> None:
        """Leave the server."""
        self._server.disconnect()

    def _keycodes(self) -> dict[int, int]:
        """Return the key that gives each keysym without a modifier."""
        setup = self._server.setup
        count = setup.max_keycode - setup.min_keycode + 1
        reply = self._server.core.GetKeyboardMapping(setup.min_keycode, count).reply()
        signs, width = list(reply.keysyms), reply.keysyms_per_keycode
        return {signs[place * width]: setup.min_keycode + place for place in reversed(range(count))}


@contextlib.contextmanager
def screen(width: int, height: int, home: Path) -> Iterator[XScreen]:
    """Give a screen of this size, white where no window is."""
    with contextlib.ExitStack() as ending:
        reading, writing = os.pipe()
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24", "-noreset"]
        ending.enter_context(running(command, dict(os.environ), pass_fds=(writing,)))
        os.close(writing)
        with os.fdopen(reading) as answer:
            display = ":" + answer.readline().strip()
        made = XScreen(display, home)
        ending.callback(made.close)
        ending.enter_context(running(["openbox", "--sm-disable"], made.environment))
        deadline = time.monotonic() + PATIENCE
        while "window id" not in made.run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK"):
            if time.monotonic() > deadline:
                raise TimeoutError("the window manager did not start")
            time.sleep(0.02)
        made.run("xsetroot", "-solid", "white")
        yield made


@contextlib.contextmanager
def running(
    command: list[str], environment: dict[str, str], *, pass_fds: tuple[int, ...] = ()
) -> Iterator[subprocess.Popen[str]]:
    """Run a program for as long as the block lasts."""
    process = subprocess.Popen(
        command,
        env=environment,
        pass_fds=pass_fds,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
