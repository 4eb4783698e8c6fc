"""Rectangles in physical pixels: what they hold, share and span."""

from collections.abc import Sequence

from app.model.screens import Box


def holds(box: Box, x: int, y: int) -> bool:
    """Return whether the pixel is in the box."""
    return box.left <= x < box.left + box.width and box.top <= y < box.top + box.height


def overlap(one: Box, other: Box) -> Box | None:
    """Return what two boxes share, None when that is nothing."""
    left, top = max(one.left, other.left), max(one.top, other.top)
    right = min(one.left + one.width, other.left + other.width)
    bottom = min(one.top + one.height, other.top + other.height)
    return Box(left, top, right - left, bottom - top) if right > left and bottom > top else None


def around(boxes: Sequence[Box]) -> Box:
    """Return the least box that holds them all; there must be one."""
    left, top = min(box.left for box in boxes), min(box.top for box in boxes)
    right = max(box.left + box.width for box in boxes)
    bottom = max(box.top + box.height for box in boxes)
    return Box(left, top, right - left, bottom - top)


def spanned(x1: int, y1: int, x2: int, y2: int) -> Box:
    """Return the box whose opposite corners are these two pixels, both in it."""
    return Box(min(x1, x2), min(y1, y2), abs(x2 - x1) + 1, abs(y2 - y1) + 1)
