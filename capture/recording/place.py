"""Which part of the desktop a take means, as a box whose sides are even."""

from collections.abc import Sequence

from app.errors import NoScreen, RecordingFailed
from app.model.recordings import SMALLEST, Take
from app.model.screens import Box, Monitor


def place(take: Take, monitors: Sequence[Monitor]) -> Box:
    """Return the part of the take that is on the desktop; raises `CaptureError`.

    Films have even sides: of an odd one the last pixel is left off, rather than one shown that was not asked for.
    """
    boxes = [monitor.box for monitor in monitors]
    if not boxes:
        raise NoScreen("capture.no_monitor")
    if take.monitor is not None:
        if not 1 <= take.monitor <= len(boxes):
            raise NoScreen("capture.no_such_monitor", number=take.monitor, n=len(boxes))
        wanted = boxes[take.monitor - 1]
    else:
        wanted = take.area or _around(boxes)
    if not seen(wanted, monitors):
        raise NoScreen("capture.outside")
    part = _common(wanted, _around(boxes))
    box = Box(part.left, part.top, part.width & ~1, part.height & ~1)
    if min(box.width, box.height) < SMALLEST:
        raise RecordingFailed("recording.too_small", pixels=SMALLEST)
    return box


def seen(box: Box, monitors: Sequence[Monitor]) -> int:
    """Return how many pixels of the box are on a monitor; those on several count as often."""
    parts = (_common(box, monitor.box) for monitor in monitors)
    return sum(part.width * part.height for part in parts)


def _around(boxes: Sequence[Box]) -> Box:
    left, top = min(box.left for box in boxes), min(box.top for box in boxes)
    right = max(box.left + box.width for box in boxes)
    bottom = max(box.top + box.height for box in boxes)
    return Box(left, top, right - left, bottom - top)


def _common(one: Box, other: Box) -> Box:
    left, top = max(one.left, other.left), max(one.top, other.top)
    right = min(one.left + one.width, other.left + other.width)
    bottom = min(one.top + one.height, other.top + other.height)
    return Box(left, top, max(0, right - left), max(0, bottom - top))
