"""The window's loop as the app runs it, without a window, and a heartbeat that tells how long it is held up."""

import asyncio
import os
import statistics
import time
from collections.abc import Coroutine
from typing import Any, Self, TypeVar

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

T = TypeVar("T")

BEAT = 0.005  # seconds


def run(trip: Coroutine[Any, Any, T]) -> T:
    """Run a trip on a Qt loop and return what it returns."""
    app = QApplication.instance() or QApplication([])
    with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
        return runner.run(trip)


class Heartbeat(QObject):
    """A timer of this loop that notes by how much each of its beats was late: what a key press would wait."""

    def __init__(self) -> None:
        super().__init__()
        self._late: list[float] = []
        self._last = 0.0
        self._timer = QTimer(self, interval=round(BEAT * 1000), timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def __enter__(self) -> Self:
        self._last = time.perf_counter()
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.stop()
        self._beat()  # the wait that was not over yet

    @property
    def worst(self) -> float:
        """The longest stall, in ms."""
        return max(self._late) * 1000

    @property
    def p99(self) -> float:
        """The stall that only one beat in a hundred exceeds, in ms."""
        return statistics.quantiles(self._late, n=100, method="inclusive")[-1] * 1000

    def _beat(self) -> None:
        now = time.perf_counter()
        self._late.append(max(now - self._last - BEAT, 0))
        self._last = now
