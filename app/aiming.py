"""Where on the desktop a capture is of: from what was meant to a box in physical pixels."""

from app.boxes import holds
from app.errors import NoScreen
from app.model.screens import Aim, Box, OpenWindow, Shot, Surroundings, Target


def place(
    aim: Aim, shots: tuple[Shot, ...], surroundings: Surroundings, last: Box | None = None
) -> Box | None:
    """Return the box that `aim` means, None for the whole desktop; raises `NoScreen` where there is no such thing.

    `last` is the region that was picked last.  A REGION is picked by the user and never asked for here.
    """
    match aim.target:
        case Target.DESKTOP:
            return None
        case Target.MONITOR:
            return _at_corner(aim.corner, shots)
        case Target.SCREEN:
            return under(surroundings.pointer, shots)
        case Target.WINDOW:
            return _pointed_at(surroundings)
        case Target.ACTIVE:
            return _active(surroundings)
        case Target.LAST:
            if last is None:
                raise NoScreen("capture.no_last")
            return last
        case Target.REGION:
            raise ValueError("a region is picked, not found")


def under(pointer: tuple[int, int] | None, shots: tuple[Shot, ...]) -> Box:
    """Return the monitor that the pointer is on, the primary one where nobody knows; raises `NoScreen`."""
    if not shots:
        raise NoScreen("capture.no_monitor")
    monitors = [shot.monitor for shot in shots]
    primary = next((one for one in monitors if one.primary), monitors[0])
    return next((one.box for one in monitors if pointer and holds(one.box, *pointer)), primary.box)


def _at_corner(corner: tuple[int, int] | None, shots: tuple[Shot, ...]) -> Box | None:
    if len(shots) == 1:
        return None  # such a desktop gives one picture of all its screens, or this is the only one
    found = next((s.monitor.box for s in shots if (s.monitor.box.left, s.monitor.box.top) == corner), None)
    if found is None:
        raise NoScreen("capture.monitor_gone")
    return found


def _pointed_at(surroundings: Surroundings) -> Box:
    if surroundings.pointer is not None:
        found = next((one for one in surroundings.windows if holds(one.box, *surroundings.pointer)), None)
        if found is not None:
            return found.box
    return _active(surroundings)


def _active(surroundings: Surroundings) -> Box:
    """Return the window with the keys; the topmost while no application has them, as just after ours have left."""
    found: OpenWindow | None = next((one for one in surroundings.windows if one.active), None)
    if found is None and not surroundings.windows:
        raise NoScreen("capture.no_window")
    return (found or surroundings.windows[0]).box
