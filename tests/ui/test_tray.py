from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from ui.icons import icon
from ui.tray import Tray

# The platform without a screen has no trays either, and says so.
pytestmark = pytest.mark.qt_log_ignore("systemTrayWindowChanged", extend=True)


def test_without_a_host_it_says_that_it_is_not_there(qapp: QApplication, monkeypatch: Any) -> None:
    tray = Tray(icon("region"))
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: False))
    assert not tray.is_there()
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))
    assert tray.is_there()
    tray.hide()


def test_its_menu_opens_captures_and_quits(qapp: QApplication, qtbot: Any) -> None:
    tray = Tray(icon("region"))
    actions = {action.text(): action for action in tray._menu.actions()}
    for text, signal in (
        ("Open Glimpse", tray.open_requested),
        ("Region", tray.capture_requested),
        ("Quit", tray.quit_requested),
    ):
        with qtbot.waitSignal(signal):
            actions[text].trigger()
    tray.hide()


def test_a_click_opens(qapp: QApplication, qtbot: Any) -> None:
    tray = Tray(icon("region"))
    with qtbot.waitSignal(tray.open_requested):
        tray._icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    tray.hide()
