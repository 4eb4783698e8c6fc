"""Takes our own windows off the screen for a picture, and puts them back exactly as they were.

Pins stay: they are there to be seen, and to be captured with what is around them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from ui.pin import Pin

_QUIET = "_q_showWithoutActivating"


@dataclass(frozen=True, slots=True)
class _Hidden:
    window: QWidget
    geometry: QRect
    state: Qt.WindowState
    modality: Qt.WindowModality


class Veil:
    """`hide`, take the picture, `restore`; both may be called twice, and `restore` on every way out."""

    def __init__(self) -> None:
        self._hidden: list[_Hidden] = []
        self._active: QWidget | None = None
        self._focus: QWidget | None = None

    def hide(self, windows: Iterable[QWidget] | None = None) -> None:
        """Hide these windows, or all of ours but the pins; a minimised one is not on the screen and stays as it is."""
        if self._hidden:
            return
        active = QApplication.activeWindow()
        # A pin stays: it is given the keys back as a window of another application is.
        self._active = None if isinstance(active, Pin) else active
        self._focus = QApplication.focusWidget()
        shown = [window for window in (_ours() if windows is None else windows) if _is_shown(window)]
        # The active one last, so that it comes back above the others.
        shown.sort(key=lambda window: (window is self._active, _depth(window)))
        self._hidden = [
            _Hidden(window, window.geometry(), window.windowState(), window.windowModality())
            for window in shown
        ]
        for hidden in reversed(self._hidden):
            hidden.window.hide()

    @staticmethod
    def is_needed() -> bool:
        """Return whether `hide` would hide anything."""
        return any(map(_is_shown, _ours()))

    @staticmethod
    def spared() -> frozenset[int]:
        """Return how the desktop numbers the windows of ours that stay on the screen."""
        windows = QApplication.topLevelWidgets()
        return frozenset(int(one.winId()) for one in windows if isinstance(one, Pin) and one.isVisible())

    def is_down(self) -> bool:
        """Return whether windows are hidden now."""
        return bool(self._hidden)

    def numbers(self) -> frozenset[int]:
        """Return how the desktop numbers the windows that are hidden now."""
        return frozenset(int(one.window.winId()) for one in self._hidden if isValid(one.window))

    def was_active(self) -> bool:
        """Return whether one of those that are hidden had the focus; if not, it is for the desktop to give back."""
        return self._active is not None

    def restore(self) -> None:
        """Show them where they were, with the focus where it was; it is not taken from another application."""
        hidden, self._hidden = self._hidden, []
        for one in hidden:
            # A window may have been closed meanwhile, for example by the trip that failed.
            if isValid(one.window):
                self._show(one)
        if hidden and self._active is not None and isValid(self._active):
            self._active.raise_()
            self._active.activateWindow()
            if self._focus is not None and isValid(self._focus):
                self._focus.setFocus(Qt.FocusReason.ActiveWindowFocusReason)

    def _show(self, one: _Hidden) -> None:
        window = one.window
        if not one.state & (Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen):
            window.setGeometry(one.geometry)
        window.setWindowState(one.state)
        # A dialog forgets that it was modal when it is hidden.
        window.setWindowModality(one.modality)
        handle = window.windowHandle()
        # WA_ShowWithoutActivating is looked at only when a window is made; this is what it sets then.
        handle.setProperty(_QUIET, self._active is None)
        window.show()
        handle.setProperty(_QUIET, window.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating))


def _ours() -> list[QWidget]:
    return [window for window in QApplication.topLevelWidgets() if not isinstance(window, Pin)]


def _is_shown(window: QWidget) -> bool:
    return window.isVisible() and not window.isMinimized()


def _depth(window: QWidget) -> int:
    """Return how many windows it belongs to: a dialog comes after its parent."""
    parent = window.parentWidget()
    return 0 if parent is None else 1 + _depth(parent.window())
