"""Choosing a region of the frozen screens."""

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import (
    QCursor,
    QGuiApplication,
    QScreen,
)

from app.model.screens import Box, Shot
from ui.region_overlay import Overlay


class RegionPicker(QObject):
    """Covers every monitor and emits `picked` once: the `Box` that was taken, or None."""

    picked = Signal(object)

    def __init__(self, application: QGuiApplication) -> None:
        super().__init__(application)
        self._overlays: list[Overlay] = []
        self._open = False
        application.screenAdded.connect(self._rebuild)
        application.screenRemoved.connect(self._rebuild)
        self._rebuild()

    def open(self, shots: tuple[Shot, ...]) -> None:
        """Show these pictures, each over the monitor it was taken of."""
        self._open = True
        shown = [(overlay, shot) for shot in shots if (overlay := self._overlay_for(shot)) is not None]
        for overlay, shot in shown:
            overlay.freeze(shot)
        if not shown:
            self._finish(None)
            return
        under = self._under_pointer()
        under.activateWindow()
        under.setFocus()
        under.grabKeyboard()

    def close(self) -> None:
        """Uncover the screens without an answer."""
        self._open = False
        for overlay in self._overlays:
            overlay.releaseKeyboard()
            overlay.thaw()

    def is_open(self) -> bool:
        """Return whether the screens are covered."""
        return self._open

    def _overlay_for(self, shot: Shot) -> Overlay | None:
        origin = QPoint(shot.monitor.box.left, shot.monitor.box.top)
        return next((o for o in self._overlays if o.own_screen().geometry().topLeft() == origin), None)

    def _under_pointer(self) -> Overlay:
        screen = QGuiApplication.screenAt(QCursor.pos())
        shown = [overlay for overlay in self._overlays if overlay.isVisible()]
        return next((overlay for overlay in shown if overlay.own_screen() is screen), shown[0])

    def _finish(self, box: Box | None) -> None:
        if self._open:
            self.close()
            self.picked.emit(box)

    def _begin(self, here: Overlay) -> None:
        """Let the keys go where the region is drawn; there is one region on all monitors together."""
        for overlay in self._overlays:
            if overlay is not here:
                overlay.forget()
        here.grabKeyboard()

    def _enter(self, here: Overlay) -> None:
        """Let the keys go where the pointer is, until a region is drawn."""
        if self._open and not any(overlay.has_region() for overlay in self._overlays):
            here.grabKeyboard()

    def _rebuild(self) -> None:
        """Have one hidden overlay per screen, ready to be shown."""
        was_open = self._open
        for overlay in self._overlays:
            overlay.releaseKeyboard()
            overlay.deleteLater()
        self._overlays = [self._overlay(screen) for screen in QGuiApplication.screens()]
        if was_open:
            # The picture no longer fits the screens.
            self._finish(None)

    def _overlay(self, screen: QScreen) -> Overlay:
        overlay = Overlay(screen)
        overlay.taken.connect(self._finish)
        overlay.cancelled.connect(lambda: self._finish(None))
        overlay.begun.connect(lambda: self._begin(overlay))
        overlay.entered.connect(lambda: self._enter(overlay))
        return overlay
