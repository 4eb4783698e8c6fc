"""Takes our own windows off the screen for a picture, and puts them back exactly as they were."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

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
        """Hide these windows, or all of ours; a minimised one is not on the screen and stays as it is."""
        if self._hidden:
            return
        self._active, self._focus = QApplication.activeWindow(), QApplication.focusWidget()
        chosen = QApplication.topLevelWidgets() if windows is None else windows
        shown = [window for window in chosen if window.isVisible() and not window.isMinimized()]
        # The active one last, so that it comes back above the others.
        shown.sort(key=lambda window: (window is self._active, _depth(window)))
        self._hidden = [
            _Hidden(window, window.geometry(), window.windowState(), window.windowModality())
            for window in shown
        ]
        for hidden in reversed(self._hidden):
            hidden.window.hide()

    def is_down(self) -> bool:
        """Return whether windows are hidden now."""
        return bool(self._hidden)

    def numbers(self) -> frozenset[int]:
        """Return how the desktop numbers the windows that are hidden now."""
        return frozenset(int(one.window.winId()) for one in self._hidden if isValid(one.window))

    def was_active(self) -> bool:
        """Return whether one of ours had the focus; if not, it belongs to another application."""
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


def _depth(window: QWidget) -> int:
    """Return how many windows it belongs to: a dialog comes after its parent."""
    parent = window.parentWidget()
    return 0 if parent is None else 1 + _depth(parent.window())
