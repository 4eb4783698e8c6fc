"""Recordings of a 1080p screen beside FFmpeg's x11grab at the same codec, preset and rate; and 20 that are killed.

Each lasts ten seconds, and what is compared is the last eight: starting costs us more, once.  Sizes are compared on
pictures that are the same for both, at the peer's size for our quality.
"""

import asyncio
import contextlib
import math
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np

from app.model.recordings import Film, Take
from app.orders import Orders
from app.workers import Workers
from capture.recording.film import Reel
from capture.recording.finisher import finish
from capture.recording.part import Part
from capture.recording.recorder import ScreenRecorder
from tests.bench import moving_screen
from tests.bench.figure import Figure, Held
from tests.bench.moving_screen import CONTENTS, HEIGHT, WIDTH, Pixels

RATES = (10, 30)
SECONDS = 10
WARM = 2.0  # seconds of each that are not counted
KILLS = 20
PICTURES = 40  # of which sizes are compared
QUALITIES = (19, 23, 27)  # of the peer, around ours
_TICKS = os.sysconf("SC_CLK_TCK")
_X264 = ("-c:v", "libx264", "-preset", "superfast", "-pix_fmt", "yuv420p")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one recording took: cores while it ran, how far frames are from their time, slots with a grab of their own."""

    cores: float
    errors: tuple[float, ...]
    grabbed: float = 1.0


def measure() -> list[Figure]:
    """Record everything on a server of its own, and kill twenty."""
    if shutil.which("ffmpeg") is None:
        raise RuntimeError("there is no ffmpeg, the peer of recordings")
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as name, _server():
        folder = Path(name)
        for content in CONTENTS:
            with _moving(content):
                for rate in RATES:
                    figures += _compared(content, rate, folder)
            figures.append(_sizes(content, folder))
        with _moving("scrolling"):
            figures += _killed(folder)
    return figures


def _compared(content: str, rate: int, folder: Path) -> list[Figure]:
    ours, peer = _ours(rate, folder), _peers(rate, folder)
    name = f"{content} at {rate} fps"
    figures = [Figure(f"recording {name}: processor", ours.cores, peer.cores, "ffmpeg x11grab", "cores", 1.0)]
    figures.append(
        Figure(
            f"… slots with a grab of their own, {name}",
            ours.grabbed,
            1,
            "all",
            "",
            0.99,
            Held.OURS,
            at_least=True,
        )
    )
    if content == "static":  # nothing on it tells the time
        return figures
    for what, of, frames in (("median", statistics.median, 0.5), ("worst", max, 2.0)):
        figures.append(
            Figure(
                f"… {what} error of time, {name}",
                of(ours.errors) * 1000,
                max(of(peer.errors) * 1000, 0.01),
                "ffmpeg x11grab",
                "ms",
                frames / rate * 1000,
                Held.OURS,
            )
        )
    return figures


def _ours(rate: int, folder: Path) -> Cost:
    film, cores, grabbed = asyncio.run(_record(rate, folder))
    return Cost(cores, _errors(Path(film.path)), grabbed)


async def _record(rate: int, folder: Path) -> tuple[Film, float, float]:
    """Return the film, the cores it took and how much of it was grabbed in time."""
    workers, film, last, clock = Workers(), None, None, None
    try:
        take = Take(rate=rate, limit=float(SECONDS))
        async with aclosing(ScreenRecorder(workers, folder).record(take, Orders())) as events:
            async for event in events:
                if isinstance(event, Film):
                    film = event
                    break
                last = event
                if clock is None and event.seconds >= WARM:
                    clock = _Clock(_worker())
                if clock is not None and event.seconds < SECONDS - 0.5:
                    clock.look()
    finally:
        workers.close()
    if film is None or last is None or clock is None:
        raise RuntimeError("nothing was recorded")
    return film, clock.cores, last.grabs / last.slots


def _peers(rate: int, folder: Path) -> Cost:
    path = folder / "peer.mp4"
    grab = ("-f", "x11grab", "-framerate", str(rate), "-video_size", f"{WIDTH}x{HEIGHT}", "-draw_mouse", "0")
    command = ["ffmpeg", "-v", "error", "-y", *grab, "-i", os.environ["DISPLAY"], "-t", str(SECONDS)]
    with subprocess.Popen([*command, *_X264, "-crf", "23", str(path)], stdin=subprocess.DEVNULL) as process:
        time.sleep(WARM)
        clock = _Clock(process.pid)
        time.sleep(SECONDS - WARM - 0.5)
        clock.look()
        process.wait(120)
    if process.returncode:
        raise RuntimeError("ffmpeg could not record")
    return Cost(clock.cores, _errors(path))


class _Clock:
    """How many cores a process has used since we began to look."""

    def __init__(self, process: int) -> None:
        self._process = process
        self._began, self._before = time.monotonic(), self._used()
        self.cores = 0.0

    def look(self) -> None:
        self.cores = (self._used() - self._before) / max(time.monotonic() - self._began, 0.001)

    def _used(self) -> float:
        fields = Path(f"/proc/{self._process}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


def _errors(path: Path) -> tuple[float, ...]:
    """Return how many seconds each frame is from where the time on it says, all of them moved by the same."""
    differences = []
    with av.open(str(path)) as film:
        for frame in film.decode(video=0):
            written = (
                moving_screen.time_on(frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)) / 1000
            )
            differences.append(float(frame.time or 0) - written)
    middle = statistics.median(differences)
    return tuple(abs(difference - middle) for difference in differences)


def _sizes(content: str, folder: Path) -> Figure:
    """Return the size of our film beside that of the peer's at our quality."""
    paper = moving_screen.page()
    pictures = [moving_screen.shown(content, paper, number / 10) for number in range(PICTURES)]
    part, path = Part(folder / "ours.mp4.part"), folder / "ours.mp4"
    reel = Reel(part, WIDTH, HEIGHT, 10)
    for picture in pictures:
        reel.show(picture)
    reel.close()
    part.close()
    finish(part.path, path)
    quality = _quality(path, pictures)
    points = [_peer_encodes(pictures, crf, folder) for crf in QUALITIES]
    points.sort()
    if not points[0][0] <= quality <= points[-1][0]:
        raise RuntimeError(f"our {quality:.1f} dB are not among the peer's {points}")
    logs = np.interp(quality, [point[0] for point in points], [math.log(point[1]) for point in points])
    peer = float(math.exp(logs))
    name = f"size at equal quality, {content}"
    return Figure(f"recording: {name}", path.stat().st_size / 1024, peer / 1024, "ffmpeg x264", "KiB", 1.05)


def _peer_encodes(pictures: Sequence[Pixels], crf: int, folder: Path) -> tuple[float, int]:
    """Return the quality and the size of the peer's film."""
    path = folder / "peer-size.mp4"
    raw = ("-f", "rawvideo", "-pix_fmt", "bgr0", "-video_size", f"{WIDTH}x{HEIGHT}", "-framerate", "10")
    command = ["ffmpeg", "-v", "error", "-y", *raw, "-i", "-", *_X264, "-crf", str(crf), str(path)]
    subprocess.run(command, input=b"".join(picture.tobytes() for picture in pictures), check=True)
    return _quality(path, pictures), path.stat().st_size


def _quality(path: Path, pictures: Sequence[Pixels]) -> float:
    """Return the PSNR of the film's light, in decibels."""
    errors = []
    with av.open(str(path)) as film:
        for frame, picture in zip(film.decode(video=0), pictures, strict=True):
            seen = frame.to_ndarray()[:HEIGHT].astype(np.int16)
            light = cv2.cvtColor(picture, cv2.COLOR_BGRA2YUV_I420)[:HEIGHT]
            errors.append(float(np.square(seen - light, dtype=np.int32).mean()))
    return 10 * math.log10(255**2 / statistics.fmean(errors))


def _killed(folder: Path) -> list[Figure]:
    lost = [asyncio.run(_kill(random.uniform(0.5, 4), folder)) for _ in range(KILLS)]
    playable = [seconds for seconds in lost if seconds is not None]
    return [
        Figure(
            "recordings killed: playable", len(playable), KILLS, "all", "", KILLS, Held.OURS, at_least=True
        ),
        Figure("… the most that was lost", max(playable, default=99), 1.0, "the goal", "s", 1.0, Held.OURS),
    ]


async def _kill(moment: float, folder: Path) -> float | None:
    """Return how many seconds a recording lost that was killed at a moment; None when it cannot be played."""
    workers = Workers()
    killed = 0.0
    try:
        async with aclosing(ScreenRecorder(workers, folder).record(Take(rate=10), Orders())) as events:
            async for event in events:
                if isinstance(event, Film):
                    with av.open(event.path) as film:
                        played = sum(1 for _ in film.decode(video=0)) / event.rate
                    return killed - played
                if not killed and event.seconds >= 0.5:
                    await asyncio.sleep(max(0, moment - event.seconds))
                    killed = max(moment, event.seconds)
                    os.kill(_worker(), signal.SIGKILL)
    finally:
        workers.close()
    return None


def _worker() -> int:
    found = subprocess.run(
        ["pgrep", "--parent", str(os.getpid()), "--full", "worker recorder"],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(found.stdout)


@contextlib.contextmanager
def _moving(content: str) -> Iterator[None]:
    command = [sys.executable, "-m", "tests.bench.moving_screen", content]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as painter:
        try:
            if painter.stdout is None or painter.stdout.readline() != b"moving\n":
                raise RuntimeError("nothing moves on the screen")
            yield
        finally:
            painter.kill()


@contextlib.contextmanager
def _server() -> Iterator[None]:
    """Give DISPLAY a server of its own."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        if server.stdout is None:
            raise RuntimeError("a server without a pipe")
        os.environ["DISPLAY"] = ":" + server.stdout.readline().strip()
        os.environ.pop("WAYLAND_DISPLAY", None)
        os.environ.pop("XDG_SESSION_TYPE", None)
        try:
            yield
        finally:
            server.kill()
