"""What is chosen on the frozen screens, and what a press, a move or a key makes of it: no Qt, no pixels.

Everything is in physical pixels of the desktop, so a region may span monitors.

    LOOKING ──press, move──▶ DRAWING ──release──▶ HELD ──press on a handle──▶ SIZING ─┐
       ▲  click on a window: taken                 │ ▲ └──press inside──────▶ MOVING ─┤
       └──────drop, or a click beside it───────────┘ └────────────release─────────────┘
"""

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum, auto

from app.boxes import around, holds, overlap, spanned
from app.model.screens import Box, OpenWindow

Grip = tuple[int, int]  # which edges follow the pointer: -1 left or top, 1 right or bottom, 0 neither
INSIDE: Grip = (0, 0)
HANDLES: tuple[Grip, ...] = ((-1, -1), (1, -1), (-1, 1), (1, 1), (0, -1), (0, 1), (-1, 0), (1, 0))


class Doing(Enum):
    """What is being done with the selection."""

    LOOKING = auto()  # nothing is chosen; a window may be hovered
    DRAWING = auto()
    HELD = auto()  # chosen, and waiting to be taken
    MOVING = auto()
    SIZING = auto()


class Selection:
    """One region of the desktop, or the window under the pointer as long as there is none."""

    def __init__(self, monitors: Sequence[Box]) -> None:
        self._monitors = tuple(monitors)
        self._desktop = around(self._monitors)
        self._windows: tuple[OpenWindow, ...] = ()
        self.doing = Doing.LOOKING
        self.box: Box | None = None
        self.picks_windows = True
        self.pointer = (self._desktop.left, self._desktop.top)
        self._pressed: tuple[int, int] | None = None
        self._slack = 0
        self._before: Box | None = None  # what is being moved or sized, as it was
        self._grip = INSIDE
        self._was_empty = False  # when the button went down last
        self._is_double = False

    def offer(self, windows: Sequence[OpenWindow]) -> None:
        """Let these windows be picked, the topmost first; what of them lies beyond all monitors is cut off."""
        parts = ((one, overlap(one.box, self._desktop)) for one in windows)
        self._windows = tuple(replace(one, box=part) for one, part in parts if part is not None)

    def hovered(self) -> OpenWindow | None:
        """Return the window that a click would take."""
        if not self.picks_windows or self.doing is not Doing.LOOKING:
            return None
        return next((one for one in self._windows if holds(one.box, *self.pointer)), None)

    def shown(self) -> Box | None:
        """Return the region, or the window under the pointer."""
        window = self.hovered()
        return window.box if window is not None else self.box

    def target(self) -> Box:
        """Return what would be taken now: the region, the window under the pointer, or else its monitor."""
        return self.shown() or self.monitor()

    def monitor(self) -> Box:
        """Return the monitor under the pointer."""
        found = (one for one in self._monitors if holds(one, *self.pointer))
        return next(found, self._monitors[0])

    def grip(self, x: int, y: int, reach: int) -> Grip | None:
        """Return the handle within `reach` pixels, or `INSIDE`; None where there is nothing to get hold of."""
        if self.box is None:
            return None
        for handle in HANDLES:
            at = handle_at(self.box, handle)
            if max(abs(x - at[0]), abs(y - at[1])) <= reach:
                return handle
        return INSIDE if holds(self.box, x, y) else None

    # The pointer

    def point(self, x: int, y: int) -> None:
        """Follow the pointer to this pixel."""
        x, y = self._clamped(x, y)
        self.pointer = (x, y)
        if self._pressed is None:
            return
        if self.doing is Doing.LOOKING and self._has_left(x, y):
            self.doing = Doing.DRAWING
        if self.doing is Doing.DRAWING:
            self.box = spanned(*self._pressed, x, y)
        elif self.doing is Doing.MOVING:
            self.box = self._moved(x - self._pressed[0], y - self._pressed[1])
        elif self.doing is Doing.SIZING:
            self.box = self._sized(x - self._pressed[0], y - self._pressed[1])

    def press(self, x: int, y: int, reach: int, *, again: bool = False) -> None:
        """Get hold of what is here; beside the region a new one may begin.

        `again`: soon after another press.  It is a double click if the one before found things as they are, and if the
        pointer does not move.
        """
        x, y = self.pointer = self._clamped(x, y)
        self._pressed, self._slack = (x, y), reach // 2
        self._is_double = again and (self._was_empty if self.box is None else holds(self.box, x, y))
        self._was_empty = self.box is None
        grip = self.grip(x, y, reach)
        if grip is None:
            self.box, self.doing = None, Doing.LOOKING
        else:
            self._grip, self._before = grip, self.box
            self.doing = Doing.MOVING if grip == INSIDE else Doing.SIZING

    def release(self, x: int, y: int, *, hold: bool = False) -> bool:
        """Let go here; return whether that takes what is chosen: a click on a window, or a double click.

        The way from the press decides, for the moves between may never have been heard of.  With `hold` a window that
        is clicked on is only selected.
        """
        self.point(x, y)
        if self._pressed is None:
            return False
        is_double = self._is_double and not self._has_left(*self.pointer)
        self._pressed = None
        if self.doing is Doing.LOOKING:
            return self._click(hold=hold, is_double=is_double)
        is_double = is_double and self.doing is not Doing.DRAWING
        if is_double:
            self.box = self._before  # a hand trembles
        self.doing = Doing.HELD
        return is_double

    def _click(self, *, hold: bool, is_double: bool) -> bool:
        window = self.hovered()
        if window is None:
            return is_double
        if is_double or not self._was_empty:
            return False  # its first click has taken the window, or this one has given the region up
        if hold:
            self._hold(window)
        return not hold

    # The keys

    def nudge(self, dx: int, dy: int, *, resize: bool = False) -> None:
        """Move the region, or its right and lower edge; a hovered window becomes the region first."""
        if self.doing is Doing.LOOKING and (window := self.hovered()) is not None:
            self._hold(window)
        if self.doing is not Doing.HELD or self.box is None:
            return
        self._before = self.box
        if not resize:
            self.box = self._moved(dx, dy)
            return
        box, desktop = self.box, self._desktop
        width = min(max(box.width + dx, 1), desktop.left + desktop.width - box.left)
        height = min(max(box.height + dy, 1), desktop.top + desktop.height - box.top)
        self.box = Box(box.left, box.top, width, height)

    def step(self, way: int) -> OpenWindow | None:
        """Make the next window the region, or with -1 the one before, and return it; None where there are none."""
        if not self._windows:
            return None
        boxes = [one.box for one in self._windows]
        at = boxes.index(self.box) + way if self.box in boxes else min(way, 0)
        window = self._windows[at % len(boxes)]
        self._hold(window)
        return window

    def toggle(self) -> None:
        """Pick windows no more, or again."""
        self.picks_windows = not self.picks_windows

    def drop(self) -> bool:
        """Give the region up; return whether there was one."""
        had = self.box is not None
        self.box, self.doing, self._pressed = None, Doing.LOOKING, None
        return had

    # Inside

    def _hold(self, window: OpenWindow) -> None:
        self.box, self.doing = window.box, Doing.HELD

    def _has_left(self, x: int, y: int) -> bool:
        """Return whether the pointer is further from where it was pressed than a hand trembles."""
        at = self._pressed or (x, y)
        return max(abs(x - at[0]), abs(y - at[1])) > self._slack

    def _clamped(self, x: int, y: int) -> tuple[int, int]:
        d = self._desktop
        return min(max(x, d.left), d.left + d.width - 1), min(max(y, d.top), d.top + d.height - 1)

    def _moved(self, dx: int, dy: int) -> Box | None:
        if self._before is None:
            return self.box
        box, d = self._before, self._desktop
        left = min(max(box.left + dx, d.left), d.left + d.width - box.width)
        top = min(max(box.top + dy, d.top), d.top + d.height - box.height)
        return Box(left, top, box.width, box.height)

    def _sized(self, dx: int, dy: int) -> Box | None:
        """Return the box with the gripped edges moved; one that passes the opposite edge turns the box over."""
        if self._before is None:
            return self.box
        box, (across, down) = self._before, self._grip
        left, right = box.left, box.left + box.width - 1
        top, bottom = box.top, box.top + box.height - 1
        left, right = left + dx * (across < 0), right + dx * (across > 0)
        top, bottom = top + dy * (down < 0), bottom + dy * (down > 0)
        return spanned(*self._clamped(left, top), *self._clamped(right, bottom))


def handle_at(box: Box, handle: Grip) -> tuple[int, int]:
    """Return the pixel in the middle of a handle."""
    across, down = handle
    x = box.left + (box.width - 1) * (across + 1) // 2
    y = box.top + (box.height - 1) * (down + 1) // 2
    return x, y
