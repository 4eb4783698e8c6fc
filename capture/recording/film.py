"""Pictures in, H.264 in fragments of an MP4 file out, one frame for each slot of time.

Nothing is kept back: without B-frames every picture leaves the encoder at once, and a fragment is a third of a second.
Measured on scrolling text at 1080p they cost as much as they save, and a kill would lose what they hold back.
"""

import os
from fractions import Fraction

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

from capture.recording.part import Part

Pixels = NDArray[np.uint8]

FRAGMENT = 300_000  # microseconds
QUALITY = 23  # x264's constant rate factor
THREADS = 4  # at most
_PIXELS_A_THREAD = 40_000_000  # encoded in a second without haste

_CONTAINER = {
    "movflags": "empty_moov+default_base_moof+skip_trailer",
    "frag_duration": str(FRAGMENT),
    "flush_packets": "1",
}


class Reel:
    """Encodes pictures of one even size into a part, at a constant rate; raises `OSError` when it cannot be written."""

    def __init__(self, part: Part, width: int, height: int, rate: int) -> None:
        self.slots = 0
        self._part = part
        self._rate = rate
        self._written = bytearray()
        self._container = av.open(_Sink(self._written), "w", format="mp4", container_options=_CONTAINER)
        self._stream = self._container.add_stream(
            "libx264", rate=rate, options={"preset": "superfast", "crf": str(QUALITY), "bf": "0"}
        )
        context = self._stream.codec_context
        context.width, context.height, context.pix_fmt = width, height, "yuv420p"
        context.time_base = Fraction(1, rate)
        # What players take for granted of large films is another matrix than the one used here.
        context.colorspace, context.color_range = Colorspace.SMPTE170M, ColorRange.MPEG
        context.thread_type = "FRAME"
        context.thread_count = threads(width, height, rate)
        self._planes: Pixels = np.empty((height * 3 // 2, width), np.uint8)
        self._frame = av.VideoFrame.from_numpy_buffer(self._planes, format="yuv420p")
        self._frame.time_base = context.time_base

    def show(self, picture: Pixels) -> None:
        """Fill the next slot with a picture: height × width × BGRX."""
        cv2.cvtColor(picture, cv2.COLOR_BGRA2YUV_I420, dst=self._planes)
        self.hold()

    def hold(self) -> None:
        """Fill the next slot with the same picture again."""
        self._frame.pts = self.slots
        self.slots += 1
        self._container.mux(self._stream.encode(self._frame))
        self._hand_over()
        if self.slots % self._rate == 0:
            self._part.sync()

    def close(self) -> None:
        """Write what is left; the part stays open."""
        self._container.mux(self._stream.encode(None))
        self._container.close()
        self._hand_over()

    def _hand_over(self) -> None:
        # What has left the muxer after a packet is whole.
        if self._written:
            self._part.append(self._written)
            self._written.clear()


class _Sink:
    """Where the muxer writes to, into memory."""

    def __init__(self, written: bytearray) -> None:
        self._written = written

    def write(self, data: bytes) -> int:
        """Keep some bytes."""
        self._written += data
        return len(data)


def threads(width: int, height: int, rate: int) -> int:
    """Return how many threads encode this: each but the first keeps a frame back, and compresses a little worse."""
    wanted = 1 + width * height * rate // _PIXELS_A_THREAD
    return min(wanted, THREADS, os.cpu_count() or 1)
