from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QToolButton

from app.i18n import say
from app.launcher import capture_command
from app.model.hotkeys import Binding
from app.model.sentences import sentence
from app.settings import HOTKEYS, Settings
from ui.chord_field import ChordField
from ui.fields import Note
from ui.hotkey_desk import HotkeyDesk
from ui.hotkeys_page import HotkeysPage

_Mod = Qt.KeyboardModifier
CTRL, SHIFT, ALT = _Mod.ControlModifier, _Mod.ShiftModifier, _Mod.AltModifier


@pytest.fixture
def desk() -> HotkeyDesk:
    return HotkeyDesk()


@pytest.fixture
def page(qtbot: Any, light: QApplication, desk: HotkeyDesk) -> HotkeysPage:
    made = HotkeysPage(Settings(), desk)
    qtbot.addWidget(made)
    made.resize(640, 600)
    made.show()
    return made


def press(
    field: ChordField, key: int, modifiers: Qt.KeyboardModifier = _Mod.NoModifier, scan: int = 0
) -> None:
    """Press as the platform does: with the code of the place, whatever the layout makes of it."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(field, QKeyEvent(kind, key, modifiers, scan, 0, 0))


def notes(page: HotkeysPage) -> list[str]:
    return [note.text() for note in page.findChildren(Note) if note.isVisible() and note is not page._intro]


def tool(page: HotkeysPage, name: str) -> QToolButton:
    return next(found for found in page.findChildren(QToolButton) if found.accessibleName() == name)


def test_there_is_a_row_for_each_hotkey_with_its_name(page: HotkeysPage) -> None:
    fields = page.findChildren(ChordField)
    assert [field.accessibleName() for field in fields] == [say(f"hotkeys.{name}") for name in HOTKEYS]
    assert [field.text() for field in fields[:3]] == ["Ctrl+Shift+A", "Ctrl+Shift+S", ""]


@pytest.mark.parametrize(
    ("key", "modifiers", "scan", "chord"),
    [
        (Qt.Key.Key_R, CTRL | ALT, 0, "ctrl+alt+r"),
        (Qt.Key.Key_Print, _Mod.NoModifier, 0, "print"),
        (Qt.Key.Key_SysReq, ALT, 0, "alt+print"),
        (Qt.Key.Key_F12, SHIFT, 0, "shift+f12"),
        (0x424, CTRL | SHIFT, 38, "ctrl+shift+a"),  # a Russian letter
        (Qt.Key.Key_Exclam, CTRL | SHIFT, 10, "ctrl+shift+1"),
        (Qt.Key.Key_Minus, CTRL, 0, "ctrl+minus"),
        (Qt.Key.Key_Backspace, CTRL, 0, "ctrl+backspace"),
        (Qt.Key.Key_Tab, CTRL, 0, "ctrl+tab"),
        (Qt.Key.Key_Space, CTRL, 0, "ctrl+space"),
    ],
)
def test_the_keys_that_are_pressed_are_taken_down_and_tried_at_once(
    page: HotkeysPage,
    desk: HotkeyDesk,
    qtbot: Any,
    key: int,
    modifiers: Qt.KeyboardModifier,
    scan: int,
    chord: str,
) -> None:
    row = page._rows["capture_window"]
    row.field.setFocus()
    if chord == "ctrl+shift+a":
        page._rows["capture_region"].set_chord("")
    with qtbot.waitSignal(desk.tried) as tried:
        press(row.field, key, modifiers, scan)
    assert tried.args == ["capture_window", chord]
    assert page.settings(Settings()).capture_window == chord


def test_modifiers_alone_are_shown_and_are_no_keys(page: HotkeysPage, desk: HotkeyDesk, qtbot: Any) -> None:
    field = page._rows["capture_region"].field
    with qtbot.assertNotEmitted(desk.tried):
        QApplication.sendEvent(field, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Shift, CTRL, 50, 0, 0))
        assert field.text() == "Ctrl+Shift+"
        QApplication.sendEvent(field, QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_Shift, CTRL, 50, 0, 0))
    assert field.text() == "Ctrl+Shift+A"


def test_backspace_and_the_button_leave_no_keys(page: HotkeysPage) -> None:
    press(page._rows["capture_region"].field, Qt.Key.Key_Backspace)
    tool(page, say("hotkeys.clear_of", action=say("hotkeys.capture_screen"))).click()
    settings = page.settings(Settings())
    assert (settings.capture_region, settings.capture_screen) == ("", "")


def test_reset_gives_the_usual_keys_back(page: HotkeysPage) -> None:
    reset = tool(page, say("hotkeys.reset_of", action=say("hotkeys.capture_region")))
    assert not reset.isVisible()
    press(page._rows["capture_region"].field, Qt.Key.Key_R, CTRL)
    reset.click()
    assert page.settings(Settings()).capture_region == HOTKEYS["capture_region"]


def test_the_same_keys_twice_are_said_and_not_tried(page: HotkeysPage, desk: HotkeyDesk, qtbot: Any) -> None:
    with qtbot.assertNotEmitted(desk.tried):
        press(page._rows["capture_window"].field, Qt.Key.Key_A, CTRL | SHIFT)
    assert notes(page) == [say("hotkeys.equal")]


def test_a_letter_alone_is_refused(page: HotkeysPage, desk: HotkeyDesk, qtbot: Any) -> None:
    with qtbot.assertNotEmitted(desk.tried):
        press(page._rows["capture_window"].field, Qt.Key.Key_A)
    assert notes(page) == [say("hotkeys.bare", chord="a")]


def test_what_came_of_a_trial_stands_under_its_row_until_the_keys_change(
    page: HotkeysPage, desk: HotkeyDesk
) -> None:
    said = sentence("hotkeys.swallowed", chord="Ctrl+Shift+A")
    desk.answered.emit("capture_region", said, "danger")
    assert notes(page) == [say(said)]
    press(page._rows["capture_region"].field, Qt.Key.Key_R, CTRL)
    assert notes(page) == []


def test_while_a_field_listens_no_key_does_anything(page: HotkeysPage, desk: HotkeyDesk, qtbot: Any) -> None:
    field = page._rows["capture_screen"].field
    with qtbot.waitSignal(desk.attention) as on:
        field.setFocus()
    assert on.args == [True]
    QApplication.sendEvent(
        field, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Control, _Mod.NoModifier, 37, 0, 0)
    )
    desk.pressed.emit("capture_region")  # it never reached the field: it is ours already
    assert notes(page) == [say("hotkeys.equal")]
    assert field.text() == "Ctrl+Shift+S"
    desk.pressed.emit("capture_screen")
    assert notes(page) == [say("hotkeys.heard", chord="Ctrl+Shift+S")]
    with qtbot.waitSignal(desk.attention) as off:
        field.clearFocus()
    assert off.args == [False]


def test_a_desktop_without_hotkeys_is_said_with_the_command_to_bind(
    page: HotkeysPage, desk: HotkeyDesk
) -> None:
    desk.tell({}, sentence("hotkeys.no_portal"), asks_user=False)
    assert page._intro.text() == say("hotkeys.no_portal")
    tool(page, say("hotkeys.copy_command")).click()
    assert QGuiApplication.clipboard().text() == capture_command()


def test_what_the_desktop_made_of_the_keys_is_shown(
    qtbot: Any, light: QApplication, desk: HotkeyDesk
) -> None:
    denied = sentence("hotkeys.denied", chord="Ctrl+Shift+S")
    desk.tell(
        {"capture_region": Binding("Super+G"), "capture_screen": Binding(fault=denied)}, None, asks_user=True
    )
    page = HotkeysPage(Settings(), desk)
    qtbot.addWidget(page)
    page.show()
    assert page._intro.text() == say("hotkeys.intro_desktop")
    assert notes(page) == [say("hotkeys.desktops_keys", keys="Super+G"), say(denied)]
