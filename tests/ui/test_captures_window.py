"""What was captured before is seen by day and size, and everything can be asked for by hand and by key."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton, QToolButton

from app import i18n
from app.model.attachments import Attachment, Kind, Picture, Progress
from app.model.captures import Capture
from app.model.sentences import sentence
from ui.capture_grid import CaptureGrid, weight, when
from ui.captures_window import CapturesWindow

NOW = datetime.now(UTC)
Show = Callable[..., CapturesWindow]


def capture(number: int, picture: Picture, made: datetime = NOW) -> Capture:
    attachment = Attachment(f"a{number}", Kind.PICTURE, "Capture", Progress.READY, picture.blob, (picture,))
    return Capture(number, made, attachment)


@pytest.fixture
def captures(album: Any) -> tuple[Capture, ...]:
    return tuple(capture(number, album.picture(60, 40)) for number in (3, 2, 1))


@pytest.fixture
def window(qtbot: Any, light: QApplication, album: Any, captures: tuple[Capture, ...]) -> CapturesWindow:
    made = CapturesWindow(album.load)
    qtbot.addWidget(made)
    made.show_captures(captures, is_on=True)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def grid(window: CapturesWindow) -> CaptureGrid:
    return window.findChildren(CaptureGrid)[0]


def words(window: CapturesWindow) -> str:
    return " ".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


@pytest.mark.parametrize(
    ("key", "held", "wanted"),
    [
        (Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "attach"),
        (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, "open"),
        (Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier, "copy"),
        (Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier, "save"),
        (Qt.Key.Key_P, Qt.KeyboardModifier.NoModifier, "pin"),
        (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier, "delete"),
    ],
)
def test_a_key_asks_for_what_it_is_for(
    window: CapturesWindow,
    qtbot: Any,
    captures: tuple[Capture, ...],
    key: Qt.Key,
    held: Qt.KeyboardModifier,
    wanted: str,
) -> None:
    with qtbot.waitSignal(window.requested) as asked:
        qtbot.keyClick(grid(window), key, held)
    # The newest, until another is chosen.
    assert asked.args == [wanted, (captures[0],)]


def test_several_are_attached_pinned_and_deleted_but_not_copied_at_a_time(
    window: CapturesWindow, qtbot: Any, captures: tuple[Capture, ...]
) -> None:
    grid(window).selectAll()
    enabled = {button.text().strip(): button.isEnabled() for button in window.findChildren(QToolButton)}
    assert enabled == {"Open": False, "Copy": False, "Save…": False, "Pin": True, "Delete": True}
    with qtbot.waitSignal(window.requested) as asked:
        qtbot.keyClick(grid(window), Qt.Key.Key_Delete)
    assert asked.args == ["delete", captures]
    with qtbot.assertNotEmitted(window.requested):
        qtbot.keyClick(grid(window), Qt.Key.Key_Space)


def test_after_one_is_gone_the_one_in_its_place_is_chosen(
    window: CapturesWindow, captures: tuple[Capture, ...]
) -> None:
    view = grid(window)
    view.setCurrentIndex(view.model().index(1, 0))
    window.show_captures((captures[0], captures[2]), is_on=True)
    assert view.chosen() == (captures[2],)
    assert "2 captures" in words(window)
    window.tell(sentence("captures.copied"))
    assert "Copied to the clipboard." in words(window)


@pytest.mark.parametrize(("is_on", "told"), [(True, "Nothing has been captured"), (False, "not remembered")])
def test_an_empty_list_says_why(window: CapturesWindow, is_on: bool, told: str) -> None:
    window.show_captures((), is_on=is_on)
    assert told in words(window)
    assert not any(button.isEnabled() for button in window.findChildren(QPushButton))


@pytest.mark.parametrize(("answer", "goes"), [("Delete all", True), ("Keep them", False)])
def test_all_are_deleted_only_when_that_is_meant(
    window: CapturesWindow, qtbot: Any, answer: str, goes: bool
) -> None:
    gone: list[bool] = []
    window.all_deleted.connect(lambda: gone.append(True))
    next(button for button in window.findChildren(QPushButton) if button.text() == "Delete all").click()
    box = window.findChildren(QMessageBox)[0]
    assert "all 3 captures" in box.text()
    next(button for button in box.buttons() if button.text() == answer).click()
    assert gone == [True] * goes


def test_it_speaks_the_language_of_now(window: CapturesWindow) -> None:
    i18n.use("zh")
    QApplication.sendEvent(window, QEvent(QEvent.Type.LanguageChange))
    assert window.windowTitle() == "最近截图"
    assert "3 张截图" in words(window)


def test_a_time_is_said_as_people_do() -> None:
    noon = datetime(2026, 3, 9, 12, 5, 7).astimezone()
    assert when(noon, noon) == "Today 12:05:07"
    assert when(noon - timedelta(days=1), noon) == "Yesterday 12:05:07"
    assert when(noon - timedelta(days=9), noon).endswith(" 12:05")
    assert [weight(size) for size in (12, 99_999, 2_340_000)] == ["1 kB", "99 kB", "2.3 MB"]
