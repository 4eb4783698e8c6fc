"""One picture of the screen as PNG bytes: what `glimpse capture` writes."""

from app.aiming import place
from app.errors import NoScreen
from app.model.screens import Aim, Box, Shot
from app.ports import Screen
from capture.canvas import cut
from capture.encode import png


async def shoot(
    screen: Screen, aim: Aim, region: Box | None = None, monitor: int | None = None, *, pointer: bool = False
) -> bytes:
    """Return the PNG of `region`, of one `monitor` counted from 1, or else of what `aim` means.

    Raises `CaptureError`.
    """
    surroundings = await screen.surroundings()
    shots = await screen.grab(pointer=pointer)
    if monitor is not None:
        return png(_chosen(shots, monitor))
    return png(cut(shots, region if region is not None else place(aim, shots, surroundings)))


def _chosen(shots: tuple[Shot, ...], monitor: int) -> Shot:
    if not 1 <= monitor <= len(shots):
        raise NoScreen("capture.no_such_monitor", number=monitor, n=len(shots))
    return shots[monitor - 1]
