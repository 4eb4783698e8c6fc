"""The moment a window is first seen: what is heavy loads after it."""

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QWidget

_PATIENCE = 1000  # milliseconds: a window on another desktop is painted when somebody goes there


def show(window: QWidget) -> None:
    """Show `window` and return when it has been painted, or after a second where it is not."""
    loop = QEventLoop()
    watch = _Watch(loop)
    window.installEventFilter(watch)
    QTimer.singleShot(_PATIENCE, loop, loop.quit)
    window.show()
    loop.exec()
    window.removeEventFilter(watch)


class _Watch(QObject):
    def __init__(self, loop: QEventLoop) -> None:
        super().__init__()
        self._loop = loop

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let every event pass."""
        if event.type() is QEvent.Type.Paint:
            # Not at once: what has been painted still has to go to the screen.
            QTimer.singleShot(0, self._loop, self._loop.quit)
        return False
