"""What is said on the frozen screens, and to a screen reader, about a selection."""

from app.boxes import holds
from app.i18n import say
from app.model.screens import Box
from ui.region_look import CURSORS, Frame, Look
from ui.selection import Doing, Selection

_LOW = 140  # logical pixels above the lower edge: the hint would be in the way of the pointer
_AIMING = (Doing.LOOKING, Doing.DRAWING, Doing.SIZING)  # when single pixels matter


def look_of(selection: Selection, frame: Frame, count: int, *, here: bool) -> Look:
    """Return how the overlay in this frame looks; `here` is the pointer, and `count` shots were taken before."""
    clear, (x, y) = selection.shown(), selection.pointer
    labelled = clear is not None and holds(frame.box, clear.left, clear.top)
    aiming = here and selection.doing in _AIMING and holds(frame.box, x, y)
    above_edge = (frame.box.top + frame.box.height - y) / frame.density
    return Look(
        clear=clear,
        hovered=selection.box is None,
        held=selection.doing is Doing.HELD,
        label=_size(clear) if clear is not None and labelled else "",
        lens=(x, y) if aiming else None,
        told=_told_of_lens(selection) if aiming else (),
        hint=hint(selection, count) if here else "",
        hint_above=above_edge < _LOW,
        cursor=CURSORS[selection.grip(x, y, frame.reach())],
    )


def hint(selection: Selection, count: int) -> str:
    """Return which keys do what now; nothing while the hand is busy."""
    if selection.doing is Doing.HELD:
        words = say("region.hint_held")
    elif selection.doing is Doing.LOOKING:
        words = say("region.hint_windows" if selection.picks_windows else "region.hint_regions")
    else:
        return ""
    return f"{say('region.count', n=count)} · {words}" if count else words


def told(selection: Selection) -> str:
    """Return what a screen reader says of what is chosen; nothing while it is being drawn."""
    window = selection.hovered()
    if window is not None:
        return say("region.told_window", title=window.title, size=_size(window.box))
    box = selection.box
    if box is None or selection.doing is not Doing.HELD:
        return ""
    return say("region.told_region", size=_size(box), left=box.left, top=box.top)


def _size(box: Box) -> str:
    return say("window.size", width=box.width, height=box.height)


def _told_of_lens(selection: Selection) -> tuple[str, ...]:
    x, y = selection.pointer
    place = f"{x}, {y}"
    return (place,) if selection.box is None else (place, _size(selection.box))
