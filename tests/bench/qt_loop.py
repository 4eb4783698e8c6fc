"""The window's loop as the app runs it, without a window, and a heartbeat that tells how long it is held up."""

import asyncio
import os
from collections.abc import Coroutine
from typing import Any, TypeVar

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from tests.bench.beats import BEAT, Beats

T = TypeVar("T")


def run(trip: Coroutine[Any, Any, T]) -> T:
    """Run a trip on a Qt loop and return what it returns."""
    app = QApplication.instance() or QApplication([])
    with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
        return runner.run(trip)


class Heartbeat(QObject):
    """A timer of this loop; how late each of its beats was is what a key press would have waited."""

    def __init__(self) -> None:
        super().__init__()
        self._beats = Beats()
        self._timer = QTimer(self, interval=round(BEAT * 1000), timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beats.beat)

    def __enter__(self) -> Beats:
        self._beats.beat()
        self._timer.start()
        return self._beats

    def __exit__(self, *_: object) -> None:
        self._timer.stop()
        self._beats.beat()  # the wait that was not over yet
