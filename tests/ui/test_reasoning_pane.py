import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from ui.reasoning_pane import ReasoningPane


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def pane(qtbot: QtBot, *, is_open: bool = False) -> tuple[ReasoningPane, Clock, QToolButton]:
    clock = Clock()
    made = ReasoningPane(is_open=is_open, clock=clock)
    qtbot.addWidget(made)
    made.resize(400, 200)
    made.show()
    return made, clock, made._toggle


def test_it_counts_while_thinking_and_says_how_long_it_took(qtbot: QtBot) -> None:
    made, clock, toggle = pane(qtbot)
    made.begin()
    made.add("I look at the page.")
    clock.now += 8
    made._tell_time()
    assert toggle.accessibleName() == "Thinking… 8 s"
    assert made._tail.isVisible()

    clock.now += 7
    made.finish(None)

    assert toggle.accessibleName() == "Thought for 15 s"
    assert not made._timer.isActive()
    assert not made._body.isVisible()


def test_it_looks_at_the_clock_once_a_second(qtbot: QtBot) -> None:
    made, _, _ = pane(qtbot)

    assert made._timer.interval() == 1000
    assert not made._timer.isActive()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "Thought for 1 s"), (15.2, "Thought for 15 s"), (75, "Thought for 1 min 15 s")],
)
def test_a_stored_one_says_what_was_stored(qtbot: QtBot, seconds: float, words: str) -> None:
    made, _, toggle = pane(qtbot)
    made.add("thought")

    made.finish(seconds)

    assert toggle.accessibleName() == words


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_keys_open_and_fold_it(qtbot: QtBot, key: Qt.Key) -> None:
    made, _, toggle = pane(qtbot)
    made.add("all of it")
    made.finish(1)
    told: list[bool] = []
    made.toggled.connect(told.append)

    QTest.keyClick(toggle, key)
    made.work(1000)
    assert made._view.isVisible()
    assert made._view.toPlainText() == "all of it"
    QTest.keyClick(toggle, key)

    assert not made._view.isVisible()
    assert told == [True, False]


def test_a_click_on_the_tail_opens_it(qtbot: QtBot) -> None:
    made, _, toggle = pane(qtbot)
    made.begin()
    made.add("line\n" * 500)

    QTest.mouseClick(made._tail, Qt.MouseButton.LeftButton)
    while made.work(500):
        pass

    assert toggle.isChecked()
    assert made._view.document().blockCount() == 500


def test_an_open_one_grows_without_being_written_again(qtbot: QtBot) -> None:
    made, _, _ = pane(qtbot, is_open=True)
    made.begin()
    touched: list[tuple[int, int]] = []
    made._view.document().contentsChange.connect(lambda _at, gone, come: touched.append((gone, come)))

    for _ in range(50):
        made.add("ten words of some thought\n")
        made.work(1000)

    assert all(gone <= 2 and come <= 40 for gone, come in touched)
    assert made._view.toPlainText() == made.text().rstrip()


def test_its_text_can_be_copied(qtbot: QtBot) -> None:
    made, _, _ = pane(qtbot, is_open=True)
    made.add("a\x00b")

    made._copy.click()

    assert QGuiApplication.clipboard().text() == "a\ufffdb"
