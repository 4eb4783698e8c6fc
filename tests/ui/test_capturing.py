"""What the menu of captures offers is done."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu

from app.model.screens import Aim, Target
from app.settings import Settings
from app.workers import Workers
from ui.journeys.capturing import Capturing
from ui.journeys.choosing import Choosing
from ui.journeys.keeping import Keeping
from ui.journeys.stage import Stage
from ui.tasks import Tasks
from ui.window import Window


class Choices:
    """The settings, without the rest of `Choosing`."""

    def __init__(self) -> None:
        self.settings = Settings()

    def change(self, settings: Settings) -> None:
        self.settings = settings


@pytest.fixture
def choices() -> Choices:
    return Choices()


@pytest.fixture
def stage(make_stage: Any, album: Any) -> Stage:
    made: Stage = make_stage(album.load)
    return made


@pytest.fixture
def window(stage: Stage) -> Window:
    return stage.window


@pytest.fixture
def aims(
    stage: Stage, choices: Choices, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[Aim]]:
    """Yield what is captured, beside a journey that takes no picture."""
    taken: list[Aim] = []
    monkeypatch.setattr(Capturing, "take", lambda _, aim: taken.append(aim))
    # Held, because a signal does not.
    held = Capturing(
        stage,
        cast("Keeping", None),
        cast("Choosing", choices),
        lambda: pytest.fail("nothing is looked at"),
        workers,
        Tasks(lambda told: pytest.fail(told.key)),
    )
    yield taken
    del held


def offered(window: Window, name: str) -> QAction:
    window.capture_menu_requested.emit(QPoint(0, 0))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return next(action for action in menu.actions() if action.text().startswith(name))


def test_what_is_chosen_is_captured(window: Window, aims: list[Aim]) -> None:
    offered(window, "Active window").trigger()
    assert aims == [Aim(Target.ACTIVE)]


@pytest.mark.usefixtures("aims")
def test_the_menu_shows_and_changes_whether_the_pointer_is_in_captures(
    window: Window, choices: Choices
) -> None:
    choices.settings = replace(choices.settings, capture_pointer=True)
    choice = offered(window, "With the mouse pointer")
    assert choice.isChecked()
    choice.trigger()
    assert choices.settings == replace(Settings(), capture_pointer=False)


@pytest.mark.usefixtures("aims")
def test_what_was_captured_before_is_asked_for(window: Window, qtbot: Any) -> None:
    with qtbot.waitSignal(window.captures_requested):
        offered(window, "Recent captures").trigger()
