"""Tells a picture of the screen from the nothing that a desktop hands out instead of an error."""

from app.errors import NoScreen
from app.model.screens import Shot


def refuse_black(shots: tuple[Shot, ...]) -> tuple[Shot, ...]:
    """Return `shots`; raises `NoScreen` when there are none or every pixel of all of them is black.

    One black monitor among others may be one that is asleep, and is let through.
    """
    if all(is_black(shot) for shot in shots):
        raise NoScreen("capture.black")
    return shots


def is_black(shot: Shot) -> bool:
    """Return whether every pixel is black; a lit screen is known by its first lit row."""
    stride = shot.width * 4
    # The fourth byte carries nothing: servers leave it empty or full.
    blacks = (bytes(stride), b"\0\0\0\xff" * shot.width)
    return all(
        shot.pixels[start : start + stride] in blacks for start in range(0, stride * shot.height, stride)
    )
