"""Pictures for bright screens (HDR) as ordinary ones show them: simply, for a model and not for the cinema.

Up to the white of paper nothing changes but the range of colours; what is brighter is pressed together below white.
"""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

PQ, HLG = 16, 18  # as video files name their transfer functions
TRANSFERS = (PQ, HLG)

_PAPER = 203.0  # nits of the white of paper: ITU-R BT.2408
_PEAK = 1000.0  # nits of a screen for HLG
_KNEE = 0.8  # of white: from here on brightness is pressed together
_STEPS = 4096  # of the last table
# Light in the primaries of BT.2020 as light in those of BT.709.
_PRIMARIES = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]], np.float32
)


def toned(picture: NDArray[np.uint16], transfer: int) -> NDArray[np.uint8]:
    """Return a picture of BT.2020 in 16 bits, of one of the `TRANSFERS`, as an ordinary one."""
    light = cv2.transform(_light(transfer)[picture], _PRIMARIES)
    light = np.clip(light, 0.0, None)
    over = light > _KNEE
    light[over] = 1 - (1 - _KNEE) * np.exp(-(light[over] - _KNEE) / (1 - _KNEE))
    return _screen()[(light * (_STEPS - 1)).astype(np.uint16)]


@cache
def _light(transfer: int) -> NDArray[np.float32]:
    """Return the light of each of the 65,536 values, the white of paper being 1."""
    value = np.linspace(0, 1, 2**16)
    if transfer == PQ:
        root = value ** (1 / 78.84375)
        nits = 10_000 * (np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (
            1 / 0.1593017578125
        )
    else:
        upper = (np.exp((value - 0.55991073) / 0.17883277) + 0.28466892) / 12
        scene = np.where(value <= 1 / 2, value**2 / 3, upper)
        nits = _PEAK * scene**1.2
    return (nits / _PAPER).astype(np.float32)


@cache
def _screen() -> NDArray[np.uint8]:
    """Return what an ordinary screen is given for each step of light from 0 to 1."""
    light = np.linspace(0, 1, _STEPS)
    value = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)  # noqa: PLR2004 - sRGB
    return np.asarray(np.round(value * 255), np.uint8)
