from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QToolButton, QTreeView

from app import i18n
from ui.history_pane import HistoryPane


@pytest.fixture
def pane(qtbot: Any, light: QApplication) -> HistoryPane:
    made = HistoryPane()
    qtbot.addWidget(made)
    made.resize(260, 600)
    made.show()
    return made


def test_searching_waits_for_a_pause(pane: HistoryPane, qtbot: Any) -> None:
    found: list[str] = []
    pane.search_changed.connect(found.append)
    qtbot.keyClicks(pane.findChildren(QLineEdit)[0], "tax")
    qtbot.waitUntil(lambda: found == ["tax"])


def test_it_says_why_it_is_empty(pane: HistoryPane, qtbot: Any) -> None:
    def said() -> list[str]:
        return [label.text() for label in pane.findChildren(QLabel) if label.isVisible()]

    pane.show_empty(True)
    assert said() == ["Your conversations will be listed here."]
    qtbot.keyClicks(pane.findChildren(QLineEdit)[0], "x")
    pane.show_empty(True)
    assert said() == ["No conversation contains these words."]
    pane.show_empty(False)
    assert said() == []


def test_the_button_asks_for_a_new_one(pane: HistoryPane, qtbot: Any) -> None:
    button = next(b for b in pane.findChildren(QToolButton) if b.accessibleName() == "New conversation")
    with qtbot.waitSignal(pane.new_requested):
        button.click()


def test_escape_empties_the_search_and_is_then_the_windows(pane: HistoryPane, qtbot: Any) -> None:
    pressed: list[str] = []
    QShortcut(QKeySequence("Esc"), pane, lambda: pressed.append("window"))
    field = pane.findChildren(QLineEdit)[0]
    pane.activateWindow()
    pane.focus_search()
    qtbot.keyClicks(field, "invoice")
    with qtbot.waitSignal(pane.search_changed) as searched:
        qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert (field.text(), searched.args, pressed) == ("", [""], [])
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert pressed == ["window"]


def test_the_search_is_emptied_by_the_button_in_its_field(pane: HistoryPane, qtbot: Any) -> None:
    field = pane.findChildren(QLineEdit)[0]
    empty = next(action for action in field.actions() if action.text() == "Clear the search")
    assert not empty.isVisible()
    qtbot.keyClicks(field, "report")
    assert empty.isVisible()
    empty.trigger()
    assert field.text() == ""
    assert not empty.isVisible()


def test_the_list_takes_the_room_under_the_field_and_the_keys(pane: HistoryPane) -> None:
    shown = QTreeView()
    pane.put(shown)
    pane.show_empty(False)
    QApplication.sendPostedEvents()
    assert shown.isVisible()
    assert (shown.width(), shown.geometry().bottom()) == (pane.width() - 1, pane.height() - 1)
    pane.activateWindow()
    pane.focus_list()
    assert shown.hasFocus()


def test_it_follows_the_language(pane: HistoryPane) -> None:
    i18n.use("zh")
    for each in (pane, *pane.findChildren(QLineEdit)):
        QApplication.sendEvent(each, QEvent(QEvent.Type.LanguageChange))
    assert pane.findChildren(QLineEdit)[0].placeholderText() == "搜索"
    assert [each.text() for each in pane.findChildren(QLabel) if each.isVisible()] != []
