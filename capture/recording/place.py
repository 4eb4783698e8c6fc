"""Which part of the desktop a take means, as a box whose sides are even."""

from collections.abc import Sequence

from app.boxes import around, overlap
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
        wanted = take.area or around(boxes)
    part = overlap(wanted, around(boxes))
    if part is None or not seen(part, monitors):
        raise NoScreen("capture.outside")
    box = Box(part.left, part.top, part.width & ~1, part.height & ~1)
    if min(box.width, box.height) < SMALLEST:
        raise RecordingFailed("recording.too_small", pixels=SMALLEST)
    return box


def seen(box: Box, monitors: Sequence[Monitor]) -> int:
    """Return how many pixels of the box are on a monitor; those on several count as often."""
    parts = (overlap(box, monitor.box) for monitor in monitors)
    return sum(part.width * part.height for part in parts if part)
