"""A video file, opened so that it can do no harm: what it is, and its frames with their times.

FFmpeg is told which container a file is and which decoders may look into it, so that nothing is guessed from what
is inside: a text file called `video.mp4` can be a script that names other files.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from app.errors import TooLarge, Unreadable

PIXEL_LIMIT = 36_000_000  # of one frame
PACKET_LIMIT = 5_000_000  # of one file: a day at 50 a second
THREADS = 2  # that decode
JUMP = 10.0  # seconds: what is nearer is walked to, which is exact
RATES = 0.01, 1000.0  # frames a second: what is beyond them no camera made
GUESSED_RATE = 25.0
TICK = 0.002  # seconds: containers round times to a millisecond

_MOVIE_ATOMS = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide")
_MATROSKA = b"\x1aE\xdf\xa3"
_CODECS = (
    *("h264", "hevc", "vp8", "vp9", "libvpx", "libvpx-vp9", "av1", "libdav1d", "libaom-av1"),
    *("mpeg1video", "mpeg2video", "mpeg4", "h263", "mjpeg", "prores", "dnxhd"),
)
_OPTIONS = {"protocol_whitelist": "file", "codec_whitelist": ",".join((*_CODECS, "aac", "opus", "vorbis"))}
_BROKEN = (av.FFmpegError, ValueError)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a video is: `rate` in frames a second and, if they are not `steady`, on the average.

    `width` and `height` are those it is shown with: turned upright, its pixels square.
    """

    width: int
    height: int
    rate: float
    seconds: float
    frames: int
    steady: bool


class Footage:
    """A video that is being read.

    `damaged` tells that some of it could not be, as far as it has been read.
    """

    def __init__(self, path: str) -> None:
        """Look through the file at `path`; raises `Unreadable` where it has no picture, and `TooLarge`."""
        av.logging.set_level(None)
        self.damaged = False
        self._container = _opened(path)
        self._stream = _video_of(self._container)
        self._begin, times = self._scan()
        self.poster = self._first()
        self.facts = self._facts(times)

    @property
    def codec(self) -> str:
        """The name of its codec, as FFmpeg calls it."""
        return self._stream.codec_context.codec.canonical_name

    @property
    def pixel_format(self) -> str:
        """How its pixels are kept, as FFmpeg calls it."""
        return self.poster.format.name

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def hurry(self) -> None:
        """Leave out the frames that no other is made of: enough where few are looked at."""
        self._stream.codec_context.skip_frame = "NONREF"

    def walk(self, start: float = 0.0) -> Iterator[tuple[float, VideoFrame]]:
        """Yield the frames from about `start` on, each with its seconds since the beginning; what is broken is left out."""
        self._seek(start)
        last = -math.inf
        for frame in self._decoded():
            seconds = self._seconds(frame, last)
            if seconds > last:
                last = seconds
                yield seconds, frame

    def at(self, times: Sequence[float]) -> Iterator[tuple[float, VideoFrame]]:
        """Yield for each of these rising times the frame that is on the screen then, as far as the video can be read.

        Walks through the video, but jumps over what is long.
        """
        pending = list(reversed(times))
        while pending:
            begun = pending[-1]
            shown: VideoFrame | None = None
            for seconds, frame in self.walk(begun):
                while pending and shown is not None and pending[-1] < seconds - TICK:
                    yield pending.pop(), shown
                shown = frame
                if not pending or (pending[-1] != begun and pending[-1] - seconds > JUMP):
                    break
            else:
                while pending and shown is not None:
                    yield pending.pop(), shown
                return

    def _scan(self) -> tuple[float, list[float]]:
        """Return when the video begins, and the times of all its packets from there on."""
        times: set[int] = set()
        try:
            for packet in self._container.demux(self._stream):
                if packet.pts is not None:
                    times.add(packet.pts)
                self.damaged = self.damaged or packet.is_corrupt
                if len(times) > PACKET_LIMIT:
                    raise TooLarge("video.endless")
        except _BROKEN:
            self.damaged = True
        if not times:
            raise Unreadable("document.no_frames")
        base = float(self._stream.time_base or 0)
        rising = sorted(times)
        begin = rising[0] * base
        return begin, [one * base - begin for one in rising]

    def _facts(self, times: list[float]) -> Facts:
        turned = self.poster.rotation % 180 != 0
        shape = self._stream.sample_aspect_ratio
        wide = round(self.poster.width * float(shape)) if shape and 0.1 < shape < 10 else self.poster.width  # noqa: PLR2004 - what no camera does
        size = (self.poster.height, wide) if turned else (wide, self.poster.height)
        rate = self._rate(times)
        steady = all(abs(one - n / rate) < TICK for n, one in enumerate(times))
        seconds = len(times) / rate if steady else times[-1] + 1 / rate
        claimed = (self._container.duration or 0) / av.time_base
        if claimed > 1.1 * seconds + 2 and not self._container.streams.audio:
            self.damaged = True  # it was cut short
        return Facts(*size, rate, seconds, len(times), steady)

    def _rate(self, times: list[float]) -> float:
        told = float(self._stream.average_rate or self._stream.guessed_rate or GUESSED_RATE)
        if len(times) > 1 and times[-1] > 0:
            found = (len(times) - 1) / times[-1]
            if not abs(found - told) < 0.01 * found:
                told = found
        least, most = RATES
        return told if least <= told <= most else GUESSED_RATE

    def _first(self) -> VideoFrame:
        self._seek(0.0)
        frame = next(self._decoded(), None)
        if frame is None:
            raise Unreadable("document.no_frames")
        return frame

    def _seek(self, seconds: float) -> None:
        base = float(self._stream.time_base or 1)
        try:
            self._container.seek(round((self._begin + max(0.0, seconds)) / base), stream=self._stream)
        except _BROKEN:  # it has no index: from the beginning, then
            self._container.seek(0)
        self._stream.codec_context.flush_buffers()

    def _decoded(self) -> Iterator[VideoFrame]:
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except _BROKEN:
                self.damaged = True
                return
            if packet is None:
                return
            try:
                yield from packet.decode()
            except _BROKEN:
                self.damaged = True

    def _seconds(self, frame: VideoFrame, last: float) -> float:
        if frame.pts is None:
            return max(last, 0.0) + 1 / self.facts.rate
        return frame.pts * float(frame.time_base or 0) - self._begin


def _opened(path: str) -> InputContainer:
    try:
        return av.open(path, "r", format=_container(path), container_options=_OPTIONS)
    except _BROKEN as error:
        raise Unreadable("document.no_frames") from error


def _container(path: str) -> str:
    """Return which of the allowed containers a file is; raises `Unreadable` for any other."""
    with Path(path).open("rb") as file:
        start = file.read(12)
    if start[4:8] in _MOVIE_ATOMS:
        return "mov"
    if start[:4] == _MATROSKA:
        return "matroska"
    raise Unreadable("document.damaged")


def _video_of(container: InputContainer) -> VideoStream:
    pictures = container.streams.video
    stream = next((one for one in pictures if one.codec_context.name in _CODECS), None)
    if stream is None:
        raise Unreadable("video.codec" if pictures else "document.no_frames")
    context = stream.codec_context
    if context.width * context.height > PIXEL_LIMIT:
        raise TooLarge("document.pixels")
    stream.thread_type = "AUTO"
    context.thread_count = THREADS
    return stream
