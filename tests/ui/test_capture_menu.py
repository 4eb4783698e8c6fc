from typing import Any

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from app.model.screens import Aim, Target
from ui.capture_menu import DELAYS, capture_menu


class Screen:
    def __init__(self, name: str, geometry: QRect) -> None:
        self.name, self.geometry = lambda: name, lambda: geometry

    def devicePixelRatio(self) -> float:  # noqa: N802 - Qt's name
        return 1


@pytest.fixture
def owner(qtbot: Any) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def entries(menu: QMenu) -> dict[str, Any]:
    return {action.text(): action for action in menu.actions() if action.text()}


def test_one_screen_needs_no_name(owner: QWidget) -> None:
    asked: list[Aim] = []
    menu = entries(capture_menu(owner, asked.append, lambda: None, lambda _: None, pointer=False))
    for name in ("Whole screen", "Active window", "Last region again"):
        menu[name].trigger()
    assert asked == [Aim(Target.DESKTOP), Aim(Target.ACTIVE), Aim(Target.LAST)]


def test_a_screen_of_several_is_named_by_where_it_is(owner: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    screens = [Screen("left", QRect(-800, 0, 800, 600)), Screen("right", QRect(0, 0, 800, 600))]
    monkeypatch.setattr(QGuiApplication, "screens", lambda: screens)
    asked: list[Aim] = []
    menu = entries(capture_menu(owner, asked.append, lambda: None, lambda _: None, pointer=False))
    for name in ("All screens", "Screen 1 (left)", "Screen 2 (right)"):
        menu[name].trigger()
    assert asked == [Aim(Target.DESKTOP), Aim(Target.MONITOR, (-800, 0)), Aim(Target.MONITOR, (0, 0))]


@pytest.mark.parametrize("seconds", DELAYS)
def test_everything_can_wait(owner: QWidget, seconds: int) -> None:
    asked: list[Aim] = []
    menu = entries(capture_menu(owner, asked.append, lambda: None, lambda _: None, pointer=False))
    later = menu[f"In {seconds} seconds"].menu()
    for action in later.actions():
        action.trigger()
    assert asked == [Aim(target, delay=seconds) for target in (Target.REGION, Target.WINDOW, Target.SCREEN)]


@pytest.mark.parametrize("shown", [True, False])
def test_the_pointer_is_in_the_picture_or_not(owner: QWidget, shown: bool) -> None:
    told: list[bool] = []
    pointer = entries(capture_menu(owner, lambda _: None, lambda: None, told.append, pointer=shown))[
        "With the mouse pointer"
    ]
    assert pointer.isChecked() is shown
    pointer.trigger()
    assert told == [not shown]


def test_what_was_captured_before_is_found_there(owner: QWidget) -> None:
    asked: list[str] = []
    menu = entries(
        capture_menu(owner, lambda _: None, lambda: asked.append("recall"), lambda _: None, pointer=False)
    )
    menu["Recent captures…\tCtrl+H"].trigger()
    assert asked == ["recall"]
