"""Key frames of click-throughs beside as many frames at even distances: how many steps each of them shows."""

import tempfile
from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av

from capture.key_frames import serve
from tests.bench.click_throughs import HEIGHT, RATE, WIDTH, ClickThrough
from tests.bench.figure import Figure, Held

FILMS = 6


def measure() -> list[Figure]:
    """Make the films, find their key frames, and count the steps that can be seen in them."""
    steps = seen = even = taken = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(FILMS):
            path = Path(folder) / f"{seed}.mp4"
            begun, seconds = make(ClickThrough(seed), path)
            moments = [head["moment"] for head, _ in serve({"path": str(path)}) if "moment" in head]
            steps, taken = steps + len(begun), taken + len(moments)
            seen += shown(begun, moments)
            even += shown(begun, [(n + 0.5) * seconds / len(moments) for n in range(len(moments))])
    return [
        Figure(
            f"key frames: steps seen of {steps}",
            100 * seen / steps,
            100 * even / steps,
            "as many frames at even distances",
            "%",
            99,
            Held.OURS,
            at_least=True,
        ),
        Figure("… key frames for each step", taken / steps, 1, "one", "", 1.3),
    ]


def make(film: ClickThrough, path: Path) -> tuple[list[float], float]:
    """Write a film to `path`, and return when its steps begin and how long it is."""
    frames = 0
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "superfast", "crf": "23"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.time_base = Fraction(1, RATE)
        for _, picture in film.frames():
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
            frames += 1
        container.mux(stream.encode(None))
    return film.begun, frames / RATE


def shown(begun: Sequence[float], moments: Sequence[float]) -> int:
    """Return how many steps there is a frame of, taken after it began and before the next one did."""
    return len({bisect_right(begun, moment + 1e-3) for moment in moments})
