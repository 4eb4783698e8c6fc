"""The moment a window is first seen: what is heavy loads after it."""

import asyncio

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget


class FirstPaint(QObject):
    """`seen` is set once `window` has been painted; make it before the window is shown."""

    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self.seen = asyncio.Event()
        self._window = window
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let every event pass."""
        if event.type() is QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            asyncio.get_running_loop().call_soon(self.seen.set)
        return False
