"""An icon in the desktop's tray, where the desktop has one."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from app.i18n import say


class Tray(QObject):
    """Opens the window, captures, quits.

    `is_there` may change while the app runs (a panel crashes, GNOME has none): ask it whenever the
    window closes, and quit instead of hiding when nothing would be left to click on.
    """

    open_requested = Signal()
    capture_requested = Signal()
    quit_requested = Signal()

    def __init__(self, icon: QIcon, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._menu = QMenu()
        self._icon = QSystemTrayIcon(icon, self)
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._activate)
        self.speak()
        self._icon.show()

    @staticmethod
    def is_there() -> bool:
        """Return whether a tray shows the icon; its own `isVisible` says yes without one."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def speak(self) -> None:
        """Say everything in the language of now."""
        self._menu.clear()
        self._menu.addAction(say("window.tray_open"), self.open_requested.emit)
        self._menu.addAction(say("window.region"), self.capture_requested.emit)
        self._menu.addSeparator()
        self._menu.addAction(say("window.tray_quit"), self.quit_requested.emit)
        self._icon.setToolTip("Glimpse")

    def hide(self) -> None:
        """Take the icon out of the tray."""
        self._icon.hide()

    def _activate(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.open_requested.emit()
