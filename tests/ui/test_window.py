from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QToolButton, QWidget

from app import i18n
from app.model.messages import Thread
from app.model.profiles import Profile, Thinking
from app.model.sentences import sentence
from app.settings import READER
from ui.composer import Composer
from ui.history_list import HistoryList
from ui.history_pane import HistoryPane
from ui.question_edit import QuestionEdit
from ui.window import Window

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PROFILES = (READER, Profile("lab", "Lab <b>server</b> with a very long name indeed", "vllm"))
CTRL = Qt.KeyboardModifier.ControlModifier
# PySide6 6.12 warns of the way to make one that is the only way in 6.11.
makes_a_drag = pytest.mark.filterwarnings("ignore:.*QDragEnterEvent:DeprecationWarning")


@pytest.fixture
def window(qtbot: Any, light: QApplication) -> Window:
    made = Window(QWidget(), Composer(), HistoryPane())
    qtbot.addWidget(made)
    made.show_profiles(PROFILES, "lab")
    made.show_thinking(Thinking.ON)
    history = HistoryList()
    history.show_threads((Thread(1, "one", NOW, NOW),), NOW)
    made.history.put(history)
    made.history.show_empty(False)
    made.resize(1080, 760)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def tool(window: Window, name: str) -> QToolButton:
    return next(b for b in window._bar.findChildren(QToolButton) if b.accessibleName() == name)


def bar_buttons(window: Window) -> list[QToolButton]:
    return [button for button in window._bar.findChildren(QToolButton) if button.isVisible()]


@pytest.mark.parametrize(
    ("name", "signal"),
    [
        ("Region", "capture_region_requested"),
        ("Settings", "settings_requested"),
        ("New conversation", "new_requested"),
    ],
)
def test_buttons_ask(window: Window, qtbot: Any, name: str, signal: str) -> None:
    with qtbot.waitSignal(getattr(window, signal)):
        tool(window, name).click()


def test_what_can_be_captured_is_offered_below_its_button(window: Window, qtbot: Any) -> None:
    button = tool(window, "Capture")
    with qtbot.waitSignal(window.capture_menu_requested) as asked:
        button.click()
    assert asked.args == [button.mapToGlobal(QPoint(0, button.height()))]


@pytest.mark.parametrize(
    ("key", "modifier", "signal"),
    [
        (Qt.Key.Key_N, CTRL, "new_requested"),
        (Qt.Key.Key_Comma, CTRL, "settings_requested"),
        (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier, "stop_requested"),
        (Qt.Key.Key_Q, CTRL, "quit_requested"),
    ],
)
def test_keys_ask(
    window: Window, qtbot: Any, key: Qt.Key, modifier: Qt.KeyboardModifier, signal: str
) -> None:
    with qtbot.waitSignal(getattr(window, signal)):
        qtbot.keyClick(window.composer.findChildren(QuestionEdit)[0], key, modifier)


@pytest.mark.parametrize("key", [Qt.Key.Key_K, Qt.Key.Key_F])
def test_the_search_field_is_a_key_away(window: Window, qtbot: Any, key: Qt.Key) -> None:
    window.set_history_open(False)
    qtbot.keyClick(window, key, CTRL)
    assert window.history.isVisible()
    assert window.history.findChildren(QLineEdit)[0].hasFocus()


def test_the_question_has_the_focus_at_first(window: Window) -> None:
    assert window.composer.findChildren(QuestionEdit)[0].hasFocus()


def test_f11_fills_the_screen_and_comes_back(window: Window, qtbot: Any) -> None:
    before = window.frame()
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert window.isFullScreen()
    assert window.frame() == before
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert not window.isFullScreen()


def test_a_profile_is_chosen_by_name(window: Window, qtbot: Any) -> None:
    combo = window._bar.findChildren(QComboBox)[0]
    assert combo.itemText(0) == "Built-in reader"
    with qtbot.waitSignal(window.profile_chosen) as chosen:
        combo.setCurrentIndex(0)
    assert chosen.args == ["reader"]


def test_managing_is_not_a_profile(window: Window, qtbot: Any) -> None:
    combo = window._bar.findChildren(QComboBox)[0]
    with qtbot.assertNotEmitted(window.profile_chosen), qtbot.waitSignal(window.profiles_requested):
        combo.setCurrentIndex(combo.count() - 1)
    assert combo.currentData() == "lab"


def test_thinking_is_switched(window: Window, qtbot: Any) -> None:
    with qtbot.waitSignal(window.thinking_changed) as changed:
        tool(window, "Thinking").click()
    assert changed.args == [Thinking.OFF]


@pytest.mark.parametrize(
    ("thinking", "visible", "enabled"),
    [(None, False, True), (Thinking.OFF, True, True), (Thinking.ALWAYS, True, False)],
)
def test_thinking_shows_only_a_choice_that_there_is(
    window: Window, thinking: Thinking | None, visible: bool, enabled: bool
) -> None:
    window.show_thinking(thinking)
    assert tool(window, "Thinking").isVisible() is visible
    assert tool(window, "Thinking").isEnabled() is enabled


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [420, 560, 720, 900, 1080, 1600])
def test_nothing_in_the_bar_is_clipped(window: Window, qtbot: Any, width: int, language: str) -> None:
    i18n.use(language)
    QApplication.sendEvent(window, QEvent(QEvent.Type.LanguageChange))
    window.resize(width, 480)
    qtbot.wait(10)
    assert (window.width(), window.height()) == (width, 480)
    right = 0
    for button in sorted(bar_buttons(window), key=QWidget.x):
        assert button.width() >= button.sizeHint().width()
        assert button.x() >= right
        right = button.geometry().right()
    assert right < window._bar.width()


def test_a_narrow_window_shows_one_pane_at_a_time(window: Window, qtbot: Any) -> None:
    window.resize(420, 480)
    assert not window.history.isVisible()
    window.toggle_history()
    assert window.history.isVisible()
    assert not window.composer.isVisible()
    window.history.left.emit()
    assert not window.history.isVisible()
    assert window.composer.isVisible()
    window.resize(1080, 760)
    assert window.history.isVisible()


def test_a_narrow_history_has_a_way_back_for_the_mouse(window: Window, qtbot: Any) -> None:
    buttons = window.history.findChildren(QToolButton)
    back = next(one for one in buttons if one.accessibleName() == "Back to the conversation")
    assert not back.isVisible()
    window.resize(420, 480)
    window.toggle_history()
    assert back.isVisible()
    back.click()
    assert window.composer.isVisible()
    assert not window.history.isVisible()


def test_the_history_is_remembered_only_where_it_has_room(window: Window, qtbot: Any) -> None:
    with qtbot.waitSignal(window.history_toggled) as toggled:
        qtbot.keyClick(window, Qt.Key.Key_B, CTRL)
    assert toggled.args == [False]
    window.resize(420, 480)
    with qtbot.assertNotEmitted(window.history_toggled):
        window.toggle_history()


def test_the_place_is_taken_again(window: Window) -> None:
    window.place((20, 30, 640, 520))
    assert window.frame() == (20, 30, 640, 520)


@pytest.mark.parametrize(
    "frame", [(90_000, 40, 900, 700), (-5000, -5000, 900, 700), (0, 0, 10, 10), (10, 10, 99_999, 99_999)]
)
def test_a_place_that_is_gone_becomes_one_that_is_there(
    window: Window, frame: tuple[int, int, int, int]
) -> None:
    window.place(frame)
    room = QGuiApplication.primaryScreen().availableGeometry()
    assert room.contains(window.geometry().topLeft())
    assert window.width() <= room.width()
    assert window.width() >= 420


def drop(window: Window, mime: QMimeData) -> QDropEvent:
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), actions, mime, left, none)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    assert window._veil.isVisible()
    event = QDropEvent(QPointF(50, 50), actions, mime, left, none)
    QApplication.sendEvent(window, event)
    return event


@makes_a_drag
def test_files_dropped_anywhere_are_copied_never_moved(window: Window, qtbot: Any) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/a/b.pdf")])
    with qtbot.waitSignal(window.composer.files_offered):
        event = drop(window, mime)
    assert event.dropAction() is Qt.DropAction.CopyAction
    assert not window._veil.isVisible()


@makes_a_drag
def test_a_drag_that_leaves_leaves_nothing(window: Window) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/a/b.pdf")])
    enter = QDragEnterEvent(
        QPoint(5, 5),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(window, enter)
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not window._veil.isVisible()


def test_everything_that_can_be_pressed_has_a_name(window: Window) -> None:
    nameless = [
        widget
        for kind in (QToolButton, QComboBox, QLineEdit, QuestionEdit)
        for widget in window.findChildren(kind)
        if not widget.accessibleName() and widget.focusPolicy() is not Qt.FocusPolicy.NoFocus
    ]
    assert nameless == []


def test_what_is_told_is_seen_over_a_narrow_history_too(window: Window) -> None:
    window.resize(420, 480)
    window.toggle_history()
    window.notices.tell(sentence("window.deleted"))
    assert window.notices.isVisible()
    assert window._whole.rect().contains(window.notices.geometry())
    window.resize(1080, 760)
    window.set_history_open(True)
    QApplication.processEvents()
    assert window.composer.geometry().center().x() == pytest.approx(
        window.notices.geometry().center().x() - window._centre.x(), abs=2
    )
