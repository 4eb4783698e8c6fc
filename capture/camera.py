"""One monitor through mss."""

from typing import Any

from app.model.screens import Monitor, Shot


def shoot(camera: Any, monitor: Monitor) -> Shot:
    """Return the monitor as `camera`, an `mss.MSS`, sees it; raises mss' `ScreenShotError`."""
    box = monitor.box
    picture = camera.grab({"left": box.left, "top": box.top, "width": box.width, "height": box.height})
    return Shot(monitor, picture.width, picture.height, picture.raw)
