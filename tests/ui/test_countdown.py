from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication

from ui import countdown
from ui.countdown import Countdown


@pytest.fixture
def counting(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Countdown]:
    monkeypatch.setattr(countdown, "_SECOND", 5)
    made = Countdown()
    qtbot.addWidget(made)
    yield made
    made.stop()


def start(counting: Countdown) -> None:
    counting.start(3, QGuiApplication.primaryScreen())


def test_it_counts_down_and_is_gone_when_it_is_over(counting: Countdown, qtbot: Any) -> None:
    shown: list[str] = []
    counting._timer.timeout.connect(lambda: shown.append(counting._number.text()))
    with qtbot.waitSignal(counting.over) as over:
        start(counting)
        assert (counting._number.text(), counting.isVisible()) == ("3", True)
    assert over.args == [True]
    assert shown[:2] == ["2", "1"]
    assert not counting.isVisible()


def test_a_click_ends_it(counting: Countdown, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(countdown, "_SECOND", 60_000)
    start(counting)
    with qtbot.waitSignal(counting.over) as over:
        qtbot.mouseClick(counting, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert over.args == [False]
    assert not counting.isVisible()


def test_it_takes_no_keys_from_anybody(counting: Countdown) -> None:
    assert counting.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert counting.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus


def test_a_screen_reader_hears_how_long(counting: Countdown) -> None:
    start(counting)
    assert counting.accessibleName() == "The capture comes in 3 seconds"


def test_it_lies_on_the_screen(counting: Countdown) -> None:
    start(counting)
    assert QGuiApplication.primaryScreen().availableGeometry().contains(counting.geometry())
