"""One capture of a 1080p screen, from the grab to the bytes that go over the wire: beside scrot."""

import asyncio
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from app.workers import Workers
from capture.canvas import cut
from capture.encode import png
from capture.x11_screen import X11Screen
from tests.bench.figure import Figure
from tests.bench.x_screen import XScreen, screen

ROUNDS = 12  # the first of each is not counted
WIDTH, HEIGHT = 1920, 1080


def measure() -> list[Figure]:
    """Capture a screen of text beside a photograph, and one of text alone, in turn with scrot; in milliseconds."""
    if shutil.which("scrot") is None:
        raise FileNotFoundError("scrot is missing: sudo apt install scrot")
    with tempfile.TemporaryDirectory(prefix="glimpse-bench-") as name:
        home = Path(name)
        with screen(WIDTH, HEIGHT, home) as here:
            os.environ["DISPLAY"] = here.environment["DISPLAY"]
            return [
                _compare(here, home, "text and a photograph", _desk(photo=True)),
                _compare(here, home, "text", _desk(photo=False)),
            ]


def _compare(here: XScreen, home: Path, what: str, picture: Any) -> Figure:
    here.paint(np.dstack([picture, np.zeros(picture.shape[:2], np.uint8)]).tobytes(), WIDTH)
    file = home / "scrot.png"
    times: dict[str, list[float]] = {"ours": [], "scrot": []}
    ours = b""
    workers = Workers()
    eye = X11Screen(workers)
    try:
        with asyncio.Runner() as runner:
            for _ in range(ROUNDS):
                began = time.perf_counter()
                ours = runner.run(_capture(eye))
                times["ours"].append(time.perf_counter() - began)
                began = time.perf_counter()
                here.run("scrot", "--overwrite", str(file))
                times["scrot"].append(time.perf_counter() - began)
    finally:
        workers.close()
    for data in (ours, file.read_bytes()):
        seen = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        if seen is None or not np.array_equal(seen, picture):
            raise RuntimeError("that is not what was on the screen")
    medians = {name: 1000 * statistics.median(each[1:]) for name, each in times.items()}
    return Figure(f"grab to PNG, 1080p of {what}", medians["ours"], medians["scrot"], "scrot", "ms", 1)


async def _capture(eye: X11Screen) -> bytes:
    return png(cut(await eye.grab()))


def _desk(*, photo: bool) -> Any:
    """Return a page of words, the right quarter of it a photograph, as far as compression can tell."""
    page = np.full((HEIGHT, WIDTH, 3), 250, np.uint8)
    for line in range(1, 50):
        words = " ".join(f"{line * word * 7919 % 100_000:05d}" for word in range(1, 28))
        cv2.putText(
            page, words, (12, 21 * line), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (40, 30, 20), 1, cv2.LINE_AA
        )
    if photo:
        chance = np.random.default_rng(1)
        rough = chance.integers(0, 256, (34, 15, 3)).astype(np.float32)
        smooth = cv2.resize(rough, (WIDTH // 4, HEIGHT), interpolation=cv2.INTER_CUBIC)
        page[:, -WIDTH // 4 :] = np.clip(smooth + chance.normal(0, 4, smooth.shape), 0, 255)
    return page
