"""One picture of the screen as PNG bytes: what `glimpse capture` writes."""

from app.errors import NoScreen
from app.model.screens import Box, Shot
from app.ports import Screen
from capture.canvas import cut
from capture.encode import png


async def shoot(screen: Screen, region: Box | None = None, monitor: int | None = None) -> bytes:
    """Return the PNG of `region`, of one `monitor` counted from 1, or of the whole desktop.

    Raises `CaptureError`.
    """
    shots = await screen.grab()
    return png(_chosen(shots, monitor) if monitor is not None else cut(shots, region))


def _chosen(shots: tuple[Shot, ...], monitor: int) -> Shot:
    if not 1 <= monitor <= len(shots):
        raise NoScreen("capture.no_such_monitor", number=monitor, n=len(shots))
    return shots[monitor - 1]
