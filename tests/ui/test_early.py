"""Nothing is lost that the user does before the rooms are there."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton, QWidget

from app import main
from app.settings import Settings
from ui.composer import Composer
from ui.early import Early
from ui.history_pane import HistoryPane
from ui.window import Window

FILES = (Path("report.pdf"),)


@pytest.fixture
def window(qtbot: Any, light: QApplication) -> Window:
    made = Window(QWidget(), Composer(), HistoryPane())
    qtbot.addWidget(made)
    made.show()
    return made


def test_wishes_are_kept_and_said_again_in_their_order(window: Window, qtbot: Any) -> None:
    early = Early(window)
    window.composer.files_offered.emit(FILES)
    field = window.composer.findChildren(QPlainTextEdit)[0]
    qtbot.keyClicks(field, "What is this?")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    window.settings_requested.emit()
    heard: list[object] = []
    window.composer.files_offered.connect(heard.append)
    window.composer.submitted.connect(lambda draft: heard.append(draft.text))
    window.settings_requested.connect(lambda: heard.append("settings"))
    early.wishes.say_again()
    assert heard == [FILES, "What is this?", "settings"]


def test_the_first_page_is_heard_too(qtbot: Any, light: QApplication) -> None:
    window = main._window(Settings())
    qtbot.addWidget(window)
    early = Early(window)
    next(one for one in window.findChildren(QPushButton) if one.objectName() == "try").click()
    heard: list[str] = []
    window.capture_region_requested.connect(lambda: heard.append("region"))
    early.wishes.say_again()
    assert heard == ["region"]


def test_what_comes_later_is_heard_once(window: Window) -> None:
    early = Early(window)
    early.wishes.say_again()
    heard: list[str] = []
    window.profile_chosen.connect(heard.append)
    window.profile_chosen.emit("lab")
    early.wishes.say_again()
    assert heard == ["lab"]


def test_a_window_that_was_closed_too_early_still_ends_the_app(window: Window) -> None:
    early = Early(window)
    window.close()
    ended: list[bool] = []
    window.closed.connect(lambda: ended.append(True))
    early.wishes.say_again()
    assert ended == []
    early.farewell.say_again()
    assert ended == [True]
