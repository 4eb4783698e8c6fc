"""A small film for a model: H.264 in MP4, a constant rate, its table of contents in front."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Colorspace

from capture.upright import Pixels

MOST = 48_000_000  # bytes
QUALITY = 23  # x264's constant rate factor
_CALM = 4_000_000  # bits a second: what is allowed more needs no ceiling
_THREADS = 2


class ShrunkFilm:
    """Writes pictures of one even size to a file, one for each slot of time."""

    def __init__(self, path: Path, width: int, height: int, rate: int, seconds: float) -> None:
        """`seconds` is about how long it will be: the longer, the less each of them may weigh."""
        self.slots = 0
        self._container = av.open(str(path), "w", format="mp4", container_options={"movflags": "faststart"})
        options = {"preset": "veryfast", "crf": str(QUALITY)}
        ceiling = round(0.9 * MOST * 8 / max(seconds, 1.0))
        if ceiling < _CALM:
            options |= {"maxrate": str(ceiling), "bufsize": str(2 * ceiling)}
        self._stream = self._container.add_stream("libx264", rate=rate, options=options)
        context = self._stream.codec_context
        context.width, context.height, context.pix_fmt = width, height, "yuv420p"
        context.time_base = Fraction(1, rate)
        context.gop_size = 10 * rate
        context.colorspace, context.color_range = Colorspace.SMPTE170M, ColorRange.MPEG
        context.thread_count = _THREADS
        self._planes: Pixels = np.zeros((height * 3 // 2, width), np.uint8)

    def show(self, picture: Pixels) -> None:
        """Fill the next slot with a picture: height × width × RGB."""
        self._planes = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420), np.uint8)
        self.hold()

    def hold(self) -> None:
        """Fill the next slot with the same picture again."""
        frame = av.VideoFrame.from_ndarray(self._planes, format="yuv420p")
        frame.pts, frame.time_base = self.slots, self._stream.codec_context.time_base
        self.slots += 1
        self._container.mux(self._stream.encode(frame))

    def close(self) -> None:
        """Write what is left."""
        self._container.mux(self._stream.encode(None))
        self._container.close()
