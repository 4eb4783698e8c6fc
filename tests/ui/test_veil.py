from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from ui.veil import Veil


@pytest.fixture
def window(qtbot: Any) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.setGeometry(40, 50, 300, 200)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def test_windows_go_and_come_back_where_they_were(window: QWidget) -> None:
    veil = Veil()
    veil.hide()
    assert not window.isVisible()
    assert veil.is_down()
    assert veil.was_active()
    assert veil.numbers() == {int(window.winId())}
    veil.restore()
    assert window.isVisible()
    assert window.geometry().getRect() == (40, 50, 300, 200)
    assert not veil.is_down()


@pytest.mark.parametrize("state", [Qt.WindowState.WindowMaximized, Qt.WindowState.WindowFullScreen])
def test_a_large_window_comes_back_large(window: QWidget, state: Qt.WindowState) -> None:
    window.setWindowState(state)
    veil = Veil()
    veil.hide()
    veil.restore()
    assert window.windowState() & state


def test_a_minimised_window_stays_as_it_is(window: QWidget) -> None:
    window.showMinimized()
    veil = Veil()
    veil.hide()
    assert window.isVisible()
    veil.restore()
    assert window.isMinimized()


def test_a_hidden_window_is_not_shown(window: QWidget, qtbot: Any) -> None:
    other = QWidget()
    qtbot.addWidget(other)
    veil = Veil()
    veil.hide()
    veil.restore()
    assert window.isVisible()
    assert not other.isVisible()


def test_a_dialog_comes_back_modal_and_after_its_window(window: QWidget, qtbot: Any) -> None:
    dialog = QDialog(window)
    dialog.open()
    veil = Veil()
    veil.hide()
    assert not dialog.isVisible()
    veil.restore()
    assert dialog.isVisible()
    assert dialog.windowModality() is Qt.WindowModality.WindowModal


def test_a_window_that_was_closed_meanwhile_is_no_fault(window: QWidget, qtbot: Any) -> None:
    dialog = QDialog(window)
    dialog.open()
    veil = Veil()
    veil.hide()
    dialog.deleteLater()
    QApplication.sendPostedEvents(dialog, 0)
    QApplication.processEvents()
    veil.restore()
    assert window.isVisible()


def test_only_the_windows_given_are_hidden(window: QWidget, qtbot: Any) -> None:
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    veil = Veil()
    veil.hide((other,))
    assert window.isVisible()
    assert not other.isVisible()
    veil.restore()
    assert other.isVisible()


def test_hiding_and_restoring_twice_is_harmless(window: QWidget) -> None:
    veil = Veil()
    veil.hide()
    veil.hide()
    veil.restore()
    veil.restore()
    assert window.isVisible()


def test_the_focus_is_not_taken_from_another_application(window: QWidget, monkeypatch: Any) -> None:
    monkeypatch.setattr(QApplication, "activeWindow", staticmethod(lambda: None))
    quiet = "_q_showWithoutActivating"
    asked: list[object] = []
    show = window.show

    def ask_and_show() -> None:
        asked.append(window.windowHandle().property(quiet))
        show()

    monkeypatch.setattr(window, "show", ask_and_show)
    veil = Veil()
    veil.hide()
    veil.restore()
    assert asked == [True]
    assert not veil.was_active()
    assert window.windowHandle().property(quiet) is False
