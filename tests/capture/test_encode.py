import cv2
import numpy as np

from app.model.screens import Box, Monitor, Shot
from capture.encode import png


def test_png_keeps_every_pixel_and_drops_the_fourth_byte() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (200, 320, 3), np.uint8)
    fourth = np.full((200, 320, 1), 77, np.uint8)
    shot = Shot(Monitor(Box(0, 0, 320, 200)), 320, 200, np.dstack([noise, fourth]).tobytes())
    before = bytes(shot.pixels)
    decoded = cv2.imdecode(np.frombuffer(png(shot), np.uint8), cv2.IMREAD_UNCHANGED)
    assert decoded is not None
    assert np.array_equal(decoded, noise)
    assert shot.pixels == before
