from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QModelIndex, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from app import i18n
from app.conversations import title_of
from app.i18n import say
from app.model.messages import TITLE_LIMIT, Thread
from ui.history_list import HistoryList
from ui.history_model import heading

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def threads(*days: int) -> tuple[Thread, ...]:
    return tuple(Thread(at, f"thread {at}", NOW, NOW - timedelta(days=day)) for at, day in enumerate(days, 1))


@pytest.fixture
def history(qtbot: Any, light: QApplication) -> HistoryList:
    made = HistoryList()
    qtbot.addWidget(made)
    made.resize(260, 600)
    made.show()
    return made


def texts(history: HistoryList) -> list[str]:
    model = history.model()
    return [str(model.index(at, 0).data()) for at in range(model.rowCount())]


def index_of(history: HistoryList, title: str) -> QModelIndex:
    return history.model().index(texts(history).index(title), 0)


def click(history: HistoryList, qtbot: Any, title: str) -> None:
    point = history.visualRect(index_of(history, title)).center()
    qtbot.mouseClick(history.viewport(), Qt.MouseButton.LeftButton, pos=point)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-1, "Today"),
        (0, "Today"),
        (1, "Yesterday"),
        (2, "Previous 7 days"),
        (7, "Previous 7 days"),
        (8, "Previous 30 days"),
        (30, "Previous 30 days"),
        (31, "October"),
        (330, "December 2025"),
        (3000, "September 2018"),
    ],
)
def test_days_are_called_as_people_call_them(days: int, words: str) -> None:
    assert say(heading(TODAY - timedelta(days=days), TODAY)) == words


def test_days_are_called_so_in_chinese() -> None:
    i18n.use("zh")
    assert say(heading(date(2025, 3, 1), TODAY)) == "2025 年 3 月"
    assert say(heading(date(2026, 3, 1), TODAY)) == "3 月"


def test_the_newest_is_on_top_under_its_day(history: HistoryList) -> None:
    history.show_threads(threads(5, 0, 1, 0), NOW)
    assert texts(history) == [
        "Today",
        "thread 2",
        "thread 4",
        "Yesterday",
        "thread 3",
        "Previous 7 days",
        "thread 1",
    ]


def test_a_click_chooses_and_a_heading_does_not(history: HistoryList, qtbot: Any) -> None:
    history.show_threads(threads(0, 1), NOW)
    with qtbot.waitSignal(history.thread_chosen) as chosen:
        click(history, qtbot, "thread 2")
    assert chosen.args == [2]
    with qtbot.assertNotEmitted(history.thread_chosen):
        click(history, qtbot, "Today")


def test_the_open_one_stays_marked_when_the_list_changes(history: HistoryList) -> None:
    history.show_threads(threads(0, 1), NOW)
    history.select(2)
    history.show_threads(threads(0, 1, 2), NOW)
    assert history.currentIndex().data() == "thread 2"
    history.select(None)
    assert not history.selectionModel().hasSelection()


def test_enter_opens_and_delete_asks(history: HistoryList, qtbot: Any) -> None:
    history.show_threads(threads(0), NOW)
    history.select(1)
    with qtbot.waitSignal(history.thread_chosen) as chosen:
        qtbot.keyClick(history, Qt.Key.Key_Return)
    with qtbot.waitSignal(history.delete_requested) as deleted:
        qtbot.keyClick(history, Qt.Key.Key_Delete)
    assert (chosen.args, deleted.args) == ([1], [1])
    assert "thread 1" in texts(history)


def rename(history: HistoryList, qtbot: Any, typed: str) -> None:
    history.select(1)
    qtbot.keyClick(history, Qt.Key.Key_F2)
    field = history.viewport().findChildren(QLineEdit)[0]
    field.setText(typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_f2_renames_in_place(history: HistoryList, qtbot: Any) -> None:
    history.show_threads(threads(0), NOW)
    with qtbot.waitSignal(history.rename_requested) as renamed:
        rename(history, qtbot, "  A \n better   name ")
    assert renamed.args == [1, "A better name"]


@pytest.mark.parametrize("typed", ["", "   ", "thread 1"])
def test_no_name_and_the_same_name_change_nothing(history: HistoryList, qtbot: Any, typed: str) -> None:
    history.show_threads(threads(0), NOW)
    with qtbot.assertNotEmitted(history.rename_requested):
        rename(history, qtbot, typed)


def test_a_title_is_never_markup(history: HistoryList) -> None:
    hostile: Sequence[Thread] = (Thread(1, "<img src=file:///dev/zero>", NOW, NOW),)
    history.show_threads(hostile, NOW)
    history.viewport().grab()
    assert texts(history)[1] == "<img src=file:///dev/zero>"
    assert history.findChildren(QLabel) == []


def test_it_follows_the_language(history: HistoryList) -> None:
    history.show_threads(threads(0), NOW)
    i18n.use("zh")
    QApplication.sendEvent(history, QEvent(QEvent.Type.LanguageChange))
    assert texts(history)[0] == "今天"
    assert history.accessibleName() == say("history.list")


def test_a_title_is_no_longer_than_the_store_keeps(history: HistoryList, qtbot: Any) -> None:
    history.show_threads(threads(0), NOW)
    history.edit(index_of(history, "thread 1"))
    editor = next(field for field in history.findChildren(QLineEdit) if field.isVisible())
    editor.clear()
    qtbot.keyClicks(editor, "x" * 200)
    with qtbot.waitSignal(history.rename_requested) as renamed:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert renamed.args == [1, title_of("x" * TITLE_LIMIT)]


def test_the_keys_go_on_beside_a_conversation_that_was_deleted(history: HistoryList, qtbot: Any) -> None:
    shown = threads(0, 0, 1, 2)
    history.show_threads(shown, NOW)
    history.select(1)
    history.activateWindow()
    history.setFocus()
    history.setCurrentIndex(index_of(history, "thread 2"))
    history.show_threads((shown[0], *shown[2:]), NOW)
    history.select(1)
    assert [str(index.data()) for index in history.selectedIndexes()] == ["thread 1"]
    with qtbot.waitSignal(history.delete_requested) as unwanted:
        qtbot.keyClick(history, Qt.Key.Key_Delete)
    assert unwanted.args == [3]
    history.show_threads(shown[:1], NOW)
    with qtbot.waitSignal(history.delete_requested) as unwanted:
        qtbot.keyClick(history, Qt.Key.Key_Delete)
    assert unwanted.args == [1]
    history.show_threads((), NOW)
    with qtbot.assertNotEmitted(history.delete_requested):
        qtbot.keyClick(history, Qt.Key.Key_Delete)
