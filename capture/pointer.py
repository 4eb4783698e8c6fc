"""The mouse pointer, painted into a picture of the screen that lacks it."""

from dataclasses import dataclass

from app.model.screens import Shot


@dataclass(frozen=True, slots=True)
class Pointer:
    """How the pointer looks and where its left upper corner is on the desktop.

    `pixels` are BGRA, premultiplied, 4 bytes each, rows packed.
    """

    left: int
    top: int
    width: int
    height: int
    pixels: bytes


def draw(pointer: Pointer, shot: Shot) -> Shot:
    """Return the shot with the pointer on it, or the same shot where the pointer is elsewhere."""
    box = shot.monitor.box
    left, top = pointer.left - box.left, pointer.top - box.top
    columns = range(max(0, -left), min(pointer.width, shot.width - left))
    rows = range(max(0, -top), min(pointer.height, shot.height - top))
    if not columns or not rows:
        return shot
    pixels = bytearray(shot.pixels)
    for row in rows:
        for column in columns:
            source = (row * pointer.width + column) * 4
            rest = 255 - pointer.pixels[source + 3]
            target = ((top + row) * shot.width + left + column) * 4
            for part in range(3):
                below = pixels[target + part]
                pixels[target + part] = min(255, pointer.pixels[source + part] + (below * rest + 127) // 255)
    return Shot(shot.monitor, shot.width, shot.height, pixels)
