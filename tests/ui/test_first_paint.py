"""The start goes on when the window is on the screen, and also where it cannot be seen."""

from typing import Any

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from ui import first_paint


class Painted(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.times = 0

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's own name
        super().paintEvent(event)
        self.times += 1


def test_it_returns_when_the_window_has_been_painted(qtbot: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(first_paint, "_PATIENCE", 60_000)
    window = Painted()
    qtbot.addWidget(window)
    first_paint.show(window)
    assert window.isVisible()
    assert window.times > 0


def test_it_does_not_wait_for_ever_for_a_window_that_nobody_sees(qtbot: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(first_paint, "_PATIENCE", 1)
    window = Painted()
    qtbot.addWidget(window)
    window.setUpdatesEnabled(False)
    first_paint.show(window)
    assert window.times == 0
