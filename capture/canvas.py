"""Cuts a rectangle of the desktop out of the shots of its monitors."""

from app.boxes import around, overlap
from app.errors import NoScreen
from app.model.screens import Box, Monitor, Shot


def cut(shots: tuple[Shot, ...], box: Box | None = None) -> Shot:
    """Return what `box` shows, or the whole desktop; where no monitor is, it is black.

    `box` may span monitors and reach beyond them; what lies beyond all of them is cut off.  Raises
    `NoScreen` when it touches none.
    """
    if not shots:
        raise NoScreen("capture.no_monitor")
    desktop = around(tuple(shot.monitor.box for shot in shots))
    box = desktop if box is None else overlap(box, desktop)
    touched = tuple(shot for shot in shots if overlap(shot.monitor.box, box) is not None) if box else ()
    if box is None or not touched:
        raise NoScreen("capture.outside")
    for shot in touched:
        if shot.monitor.box == box:
            return shot
    pixels = bytearray(box.width * box.height * 4)
    for shot in touched:
        _copy(shot, box, pixels)
    return Shot(Monitor(box), box.width, box.height, pixels)


def _copy(shot: Shot, box: Box, pixels: bytearray) -> None:
    """Copy the part of `box` that `shot` shows, row by row."""
    part = overlap(shot.monitor.box, box)
    if part is None:
        return
    length = part.width * 4
    with memoryview(shot.pixels) as source:
        for row in range(part.top, part.top + part.height):
            origin = ((row - shot.monitor.box.top) * shot.width + part.left - shot.monitor.box.left) * 4
            target = ((row - box.top) * box.width + part.left - box.left) * 4
            pixels[target : target + length] = source[origin : origin + length]
