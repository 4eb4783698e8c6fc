"""Films as tests look at them: every frame with its time, decoded by FFmpeg."""

import subprocess
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

Frame = NDArray[np.uint8]


def frames(path: Path | str) -> list[tuple[float, Frame]]:
    """Return the time of each frame in seconds, and its pixels: height × width × RGB."""
    with av.open(str(path)) as container:
        return [
            (float(frame.time or 0), frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False))
            for frame in container.decode(video=0)
        ]


def colour(frame: Frame, x: int, y: int) -> tuple[int, int, int]:
    """Return the colour of a pixel."""
    red, green, blue = (int(part) for part in frame[y, x])
    return red, green, blue


def is_near(seen: tuple[int, int, int], wanted: tuple[int, int, int]) -> bool:
    """Tell whether a colour is what was recorded, but for what compression does to it."""
    return all(abs(one - other) <= 12 for one, other in zip(seen, wanted, strict=True))


def write(
    path: Path,
    pictures: Iterable[Frame],
    rate: int = 10,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    times: Sequence[float] = (),
    **context: int,
) -> Path:
    """Write pictures, height × width × RGB, as a film; `times` in seconds, or one after the other at the rate.

    `context` are fields of the encoder, such as ``color_trc``.
    """
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        assert isinstance(stream, VideoStream)
        stream.pix_fmt = pixel_format
        stream.codec_context.time_base = Fraction(1, 1000 if times else rate)
        for name, value in context.items():
            setattr(stream.codec_context, name, value)
        for number, picture in enumerate(pictures):
            if number == 0:
                stream.height, stream.width = picture.shape[:2]
            frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format=pixel_format)
            frame.pts = round(times[number] * 1000) if times else number
            frame.time_base = stream.codec_context.time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def bars(seconds: float, rate: int = 10, width: int = 320, height: int = 180) -> Iterator[Frame]:
    """Yield pictures whose white part, from the left, tells the time: all of it is white at the end."""
    total = round(seconds * rate)
    for number in range(total):
        picture = np.full((height, width, 3), 40, np.uint8)
        picture[:, : max(1, (number + 1) * width // total)] = 235
        yield picture


def told(frame: Frame) -> float:
    """Return which part of a film of `bars` has gone by when this frame is seen, from 0 to 1."""
    return float((frame[frame.shape[0] // 2, :, 1] > 128).mean())


def turned(film: Path, path: Path, degrees: int) -> Path:
    """Write a film anew that says of itself to be shown turned against the clock."""
    turn = ("-metadata:s:v:0", f"rotate={degrees}")
    command = ["ffmpeg", "-v", "error", "-i", str(film), "-c", "copy", *turn, str(path)]
    subprocess.run(command, check=True)
    return path
