"""Choosing what to capture on the frozen screens."""

from collections.abc import Sequence
from functools import partial

from PySide6 import QtGui
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QScreen

from app.boxes import holds, overlap
from app.i18n import say
from app.model.screens import Box, OpenWindow, Shot
from ui.arrows import ARROWS
from ui.frozen import Frozen, spread
from ui.region_overlay import Overlay
from ui.region_picked import Outcome, Picked
from ui.region_words import hint, look_of, told
from ui.selection import Doing, Selection

_FAR = 10  # pixels that an arrow goes with Ctrl


class RegionPicker(QObject):
    """Covers every monitor until `finished` says `Picked`, or None when the user thought better of it.

    `taken` has a `Box` each time something is picked with Shift, which leaves the picker open.  `layout_changed`
    ends it too: a monitor came, went or changed, so that the pictures no longer fit the screens.
    `frozen` says that a screen has been painted.
    `held` has the overlay and where on it, in its own coordinates, the finished selection lies (None twice while there
    is none): what is to be put on or below the selection is a child of that overlay, and gets the mouse there.
    """

    taken = Signal(object)
    finished = Signal(object)
    layout_changed = Signal()
    frozen = Signal()
    held = Signal(object, object)

    def __init__(self, application: QGuiApplication) -> None:
        super().__init__(application)
        self._overlays: list[Overlay] = []
        self._here: Overlay | None = None  # the one with the pointer
        self._selection: Selection | None = None
        self._held: Box | None = None
        self._count = 0
        self._told = ""
        application.screenAdded.connect(self._rebuild)
        application.screenRemoved.connect(self._rebuild)
        self._rebuild()

    def open(self, shots: tuple[Shot, ...]) -> None:
        """Show these pictures, each over the monitor it was taken of; nobody loses the focus before `begin`."""
        found = spread(shots, QGuiApplication.screens())
        shown = [(o, frozen) for screen, frozen in found for o in self._overlays if o.own_screen() is screen]
        if not shown or len(found) < len(shots):
            self.layout_changed.emit()
            return
        self._count, self._told = 0, ""
        self._selection = Selection([frozen.box for _, frozen in shown])
        self._show(self._selection, shown)

    def begin(self, windows: Sequence[OpenWindow]) -> None:
        """Take the keys, and let these windows be picked by a click: the topmost first."""
        if self._selection is None or self._here is None:
            return
        for overlay in self._overlays:
            overlay.setAccessibleName(say("region.picker"))
            overlay.setWindowTitle(say("region.picker"))
        self._here.activateWindow()
        self._here.setFocus()
        self._here.grabKeyboard()
        self._tell(f"{say('region.picker')}. {hint(self._selection, 0)}")
        self._selection.offer(windows)
        self._refresh()

    def close(self) -> None:
        """Uncover the screens without an answer, all of them and at once."""
        self._uncover(clicked=None)

    def is_open(self) -> bool:
        """Return whether the screens are covered."""
        return self._selection is not None

    def region(self) -> Box | None:
        """Return the region as far as it is drawn, None while there is none."""
        return self._selection.box if self._selection is not None else None

    def held_box(self) -> Box | None:
        """Return the finished selection, None while there is none."""
        return self._held

    def _show(self, selection: Selection, shown: list[tuple[Overlay, Frozen]]) -> None:
        for overlay, frozen in shown:
            overlay.freeze(frozen)
        self._here = shown[0][0]
        for overlay, _ in shown:
            if (at := overlay.pointer()) is not None:
                self._here = overlay
                selection.point(*at)

    # What hand and keys do

    def _point(self, x: int, y: int) -> None:
        if self._selection is not None:
            self._selection.point(x, y)
            # Not the one that says so: while a button is held, that is where it was pressed.
            self._here = self._overlay_at(x, y) or self._here
            self._refresh()

    def _press(self, x: int, y: int, reach: int, again: bool) -> None:
        if self._selection is not None and self._here is not None:
            self._here.grabKeyboard()
            self._selection.press(x, y, reach, again=again)
            self._refresh()

    def _release(self, x: int, y: int, shift: bool, ctrl: bool) -> None:
        if self._selection is None:
            return
        if self._selection.release(x, y, hold=ctrl):
            self._take(stay=shift, clicked=self._overlay_at(x, y))
        else:
            self._refresh()

    def _refuse(self) -> None:
        if self._selection is not None and self._selection.drop():
            self._refresh()
        else:
            self._finish(None, clicked=self._here)

    def _key(self, event: QKeyEvent) -> None:
        selection, key, held = self._selection, event.key(), event.modifiers()
        if selection is None:
            return
        shift = bool(held & Qt.KeyboardModifier.ShiftModifier)
        if key == Qt.Key.Key_Escape:
            self._finish(None)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(stay=shift)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self._finish(Picked(selection.target(), Outcome.COPY))
        elif event.matches(QKeySequence.StandardKey.Save):
            self._finish(Picked(selection.target(), Outcome.SAVE))
        elif key == Qt.Key.Key_P:
            self._finish(Picked(selection.target(), Outcome.PIN))
        else:
            self._adjust(selection, event, far=bool(held & Qt.KeyboardModifier.ControlModifier), shift=shift)
            self._refresh()

    @staticmethod
    def _adjust(selection: Selection, event: QKeyEvent, *, far: bool, shift: bool) -> None:
        key = event.key()
        if key in ARROWS:
            dx, dy = ARROWS[key]
            step = _FAR if far else 1
            selection.nudge(dx * step, dy * step, resize=shift)
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            selection.step(-1 if key == Qt.Key.Key_Backtab else 1)
        elif key == Qt.Key.Key_Space:
            selection.toggle()

    def _enter(self, overlay: Overlay) -> None:
        """Let the keys go where the pointer is; should somebody else have kept them, they come now."""
        if self._selection is not None:
            self._here = overlay
            overlay.grabKeyboard()
            self._refresh()

    def _take(self, *, stay: bool, clicked: Overlay | None = None) -> None:
        if self._selection is None:
            return
        box = self._selection.target()
        if not stay:
            self._finish(Picked(box, Outcome.ATTACH), clicked=clicked)
            return
        self._count += 1
        self._selection.drop()
        self.taken.emit(box)
        self._refresh()
        self._tell(say("region.count", n=self._count))

    def _overlay_at(self, x: int, y: int) -> Overlay | None:
        return next((o for o in self._overlays if (f := o.frame()) and holds(f.box, x, y)), None)

    def _finish(self, picked: Picked | None, *, clicked: Overlay | None = None) -> None:
        if self.is_open():
            self._uncover(clicked=clicked)
            self.finished.emit(picked)

    def _uncover(self, *, clicked: Overlay | None) -> None:
        """Uncover the screens; `clicked` is the one on which a click has just decided."""
        self._selection = None
        if self._held is not None:
            self._held = None
            self.held.emit(None, None)
        for overlay in self._overlays:
            if overlay is clicked:
                overlay.thaw_late()
            else:
                overlay.thaw()

    # What is seen and heard

    def _complete(self) -> None:
        """Put everything over a picture that has been painted."""
        self.frozen.emit()
        self._refresh()

    def _refresh(self) -> None:
        """Show on every overlay how things are now, and say it."""
        selection = self._selection
        if selection is None:
            return
        for overlay in self._overlays:
            if (frame := overlay.frame()) is not None:
                overlay.show_look(look_of(selection, frame, self._count, here=overlay is self._here))
        self._place_held(selection)
        self._tell(told(selection))

    def _place_held(self, selection: Selection) -> None:
        """Say where the finished selection lies, if that has changed."""
        box = selection.box if selection.doing is Doing.HELD else None
        if box == self._held:
            return
        self._held = box
        lies_on = next((o for o in self._overlays if box and (f := o.frame()) and overlap(f.box, box)), None)
        frame = lies_on.frame() if lies_on is not None else None
        self.held.emit(lies_on, frame.logical(box).toAlignedRect() if frame is not None and box else None)

    def _tell(self, words: str) -> None:
        """Let a screen reader say something, once."""
        if self._here is None or not words or words == self._told:
            return
        self._told = words
        self._here.setAccessibleDescription(words)
        # Named here: to make the class takes long.
        QtGui.QAccessible.updateAccessibility(QtGui.QAccessibleAnnouncementEvent(self._here, words))

    # The screens

    def _rebuild(self) -> None:
        """Have one hidden overlay per screen, ready to be shown."""
        was_open = self.is_open()
        self.close()
        for overlay in self._overlays:
            overlay.deleteLater()
        self._here = None
        self._overlays = [self._overlay(screen) for screen in QGuiApplication.screens()]
        if was_open:
            self.layout_changed.emit()

    def _overlay(self, screen: QScreen) -> Overlay:
        overlay = Overlay(screen)
        overlay.pointed.connect(self._point)
        overlay.pressed.connect(self._press)
        overlay.released.connect(self._release)
        overlay.refused.connect(self._refuse)
        overlay.keyed.connect(self._key)
        overlay.entered.connect(partial(self._enter, overlay))
        # Queued, because words and magnifier come after the picture: the screens have to freeze at once.
        overlay.frozen.connect(self._complete, Qt.ConnectionType.QueuedConnection)
        screen.geometryChanged.connect(self._resized, Qt.ConnectionType.UniqueConnection)
        return overlay

    def _resized(self) -> None:
        if self.is_open():
            self.close()
            self.layout_changed.emit()
