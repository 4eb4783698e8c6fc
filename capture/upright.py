"""One frame of a video as plain pixels: upright, square, of a given size, in the colours of an ordinary screen."""

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation
from numpy.typing import NDArray

from capture.tone import TRANSFERS, toned

Pixels = NDArray[np.uint8]

_UNSAID = 2
_LARGE = 720  # lines from which on players take it for granted that the colours are those of HD


def pixels(frame: VideoFrame, width: int, height: int) -> Pixels:
    """Return the frame as height × width × RGB."""
    turns = round(frame.rotation / 90) % 4
    size = (height, width) if turns % 2 else (width, height)
    bright = is_bright(frame)
    plain = frame.reformat(
        *size,
        "rgb48le" if bright else "rgb24",
        src_colorspace=_matrix(frame),
        interpolation=Interpolation.AREA if frame.width > size[0] else Interpolation.BICUBIC,
    ).to_ndarray()
    picture = toned(np.asarray(plain, np.uint16), frame.color_trc) if bright else np.asarray(plain, np.uint8)
    return np.ascontiguousarray(np.rot90(picture, turns)) if turns else picture


def is_bright(frame: VideoFrame) -> bool:
    """Tell whether a frame is brighter than ordinary screens are, and has to be toned down."""
    return frame.color_trc in TRANSFERS


def _matrix(frame: VideoFrame) -> int:
    if frame.colorspace != _UNSAID:
        return int(frame.colorspace)
    return int(Colorspace.ITU709 if frame.height >= _LARGE else Colorspace.ITU601)
