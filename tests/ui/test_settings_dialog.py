from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QToolButton

from app import i18n
from app.model.checkups import Checkup, Health, Server
from app.model.profiles import Profile
from app.model.sentences import sentence
from app.settings import READER, Settings
from ui.fields import Note
from ui.preset import Preset
from ui.settings_dialog import SettingsDialog

PRESETS = (
    Preset("reader", "settings.reader", "", needs_key=False, models=()),
    Preset("vllm", "vLLM", "http://127.0.0.1:8000/v1", needs_key=False, models=()),
    Preset("zai", "Z.ai", "https://api.z.ai/v4", needs_key=True, models=("glm-5.3-flash",)),
)
LAB = Profile("lab", "Lab", "vllm", "http://lab:8000/v1", "m")
SETTINGS = Settings(profiles=(READER, LAB), profile="lab", history_open=False, window=(1, 2, 3, 4))


@pytest.fixture
def dialog(qtbot: Any, light: QApplication) -> SettingsDialog:
    made = SettingsDialog(SETTINGS, PRESETS, ("lab",), sentence("Kept in the keyring."))
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.open()
    return made


def button(dialog: SettingsDialog, text: str) -> QPushButton:
    return next(found for found in dialog.findChildren(QPushButton) if found.text() == text)


def tool(dialog: SettingsDialog, name: str) -> QToolButton:
    return next(found for found in dialog.findChildren(QToolButton) if found.accessibleName() == name)


def save(dialog: SettingsDialog, qtbot: Any) -> tuple[Settings, dict[str, str]]:
    with qtbot.waitSignal(dialog.saved) as saved:
        button(dialog, "Save").click()
    settings, keys = saved.args
    return settings, keys


def names(dialog: SettingsDialog) -> list[str]:
    shown = dialog._backends._list
    return [shown.item(at).text() for at in range(shown.count())]


def test_saving_untouched_changes_nothing(dialog: SettingsDialog, qtbot: Any) -> None:
    assert save(dialog, qtbot) == (SETTINGS, {})
    assert not dialog.isVisible()


def test_enter_in_a_field_saves(dialog: SettingsDialog, qtbot: Any) -> None:
    dialog.show_backends()
    with qtbot.waitSignal(dialog.saved):
        qtbot.keyClick(
            next(field for field in dialog.findChildren(QLineEdit) if field.isVisible()), Qt.Key.Key_Return
        )


def test_the_general_page_is_saved(dialog: SettingsDialog, qtbot: Any) -> None:
    page = dialog._general
    page._language.setCurrentIndex(page._language.findData("zh"))
    page._theme.setCurrentIndex(page._theme.findData("dark"))
    page._open.setChecked(True)
    settings, _ = save(dialog, qtbot)
    assert (settings.language, settings.theme, settings.reasoning_open) == ("zh", "dark", True)


@pytest.mark.parametrize(
    ("region", "screen", "key"),
    [
        ("ctrl+a", "ctrl+a", "hotkeys.equal"),
        ("a", "ctrl+b", "hotkeys.bare"),
        ("print", "f8", None),
    ],
)
def test_keys_that_would_get_in_the_way_are_not_saved(
    dialog: SettingsDialog, region: str, screen: str, key: str | None
) -> None:
    dialog._hotkeys._rows["capture_region"].set_chord(region)
    dialog._hotkeys._rows["capture_screen"].set_chord(screen)
    fault = dialog._hotkeys.fault()
    assert (fault.key if fault else None) == key
    button(dialog, "Save").click()
    assert dialog.isVisible() is (key is not None)
    if key is not None:
        assert dialog._nav.currentRow() == 1


def test_a_profile_is_added_from_a_preset(dialog: SettingsDialog, qtbot: Any) -> None:
    dialog._backends.add(PRESETS[2])
    dialog._backends._form._key.setText("sk-1")
    dialog._backends._form._key.textEdited.emit("sk-1")
    settings, keys = save(dialog, qtbot)
    new = settings.profiles[-1]
    assert (new.name, new.preset, new.base_url, new.model) == (
        "Z.ai",
        "zai",
        "https://api.z.ai/v4",
        "glm-5.3-flash",
    )
    assert keys == {new.id: "sk-1"}
    assert len({profile.id for profile in settings.profiles}) == 3


def test_the_reader_can_neither_be_copied_nor_removed(dialog: SettingsDialog) -> None:
    dialog._backends._list.setCurrentRow(0)
    assert not tool(dialog, "Duplicate").isEnabled()
    assert not tool(dialog, "Remove").isEnabled()


def test_a_copy_has_its_own_id(dialog: SettingsDialog, qtbot: Any) -> None:
    tool(dialog, "Duplicate").click()
    assert names(dialog) == ["Built-in reader", "Lab", "Lab (copy)"]
    settings, _ = save(dialog, qtbot)
    assert settings.profiles[1] == LAB
    assert settings.profiles[2].id != "lab"
    assert settings.profiles[2].base_url == LAB.base_url


def test_removing_the_one_in_use_goes_back_to_the_reader(dialog: SettingsDialog, qtbot: Any) -> None:
    tool(dialog, "Remove").click()
    settings, _ = save(dialog, qtbot)
    assert settings.profiles == (READER,)
    assert settings.profile == READER.id


def test_a_key_that_is_forgotten_is_told_as_empty(dialog: SettingsDialog, qtbot: Any) -> None:
    button(dialog, "Forget").click()
    assert save(dialog, qtbot)[1] == {"lab": ""}


def test_a_wrong_profile_holds_the_dialog_open_and_is_shown(dialog: SettingsDialog, qtbot: Any) -> None:
    form = dialog._backends._form
    form._address.setText("nonsense")
    form._address.textEdited.emit("nonsense")
    dialog._backends._list.setCurrentRow(0)
    with qtbot.assertNotEmitted(dialog.saved):
        button(dialog, "Save").click()
    assert dialog._nav.currentRow() == 2
    assert dialog._backends._list.currentRow() == 1
    assert dialog._fault.isVisible()


def test_a_test_is_asked_for_with_the_key_that_was_typed(dialog: SettingsDialog, qtbot: Any) -> None:
    form = dialog._backends._form
    form._key.setText("sk-2")
    with qtbot.waitSignal(dialog.test_requested) as asked:
        button(dialog, "Test").click()
    assert asked.args == [LAB, "sk-2"]
    dialog.show_checkup("reader", Checkup(Health.WORKS, sentence("another one")))
    assert form._trial._found.text() == "Asking the server…"
    dialog.show_checkup("lab", Checkup(Health.WORKS, sentence("fine")))
    assert form._trial._found.text() == "fine"


def test_cancel_saves_nothing(dialog: SettingsDialog, qtbot: Any) -> None:
    with qtbot.assertNotEmitted(dialog.saved):
        button(dialog, "Cancel").click()
    assert not dialog.isVisible()


def test_a_change_of_language_keeps_what_was_chosen(dialog: SettingsDialog, qtbot: Any) -> None:
    page = dialog._general
    page._theme.setCurrentIndex(page._theme.findData("dark"))
    i18n.use("zh")
    QApplication.sendEvent(dialog, QEvent(QEvent.Type.LanguageChange))
    assert dialog.windowTitle() == "设置"
    assert page._theme.value() == "dark"
    assert dialog._backends.profiles() == (READER, LAB)


HERE = Server("http://127.0.0.1:11434/v1", "ollama", "Ollama", "0.12.6", ("qwen3-vl:8b",), "qwen3-vl:8b")
THERE = Server("http://127.0.0.1:8000/v1", "vllm", "vLLM", "0.32.0", ("glm-4.5v",), "glm-4.5v")


def proposed(dialog: SettingsDialog) -> list[str]:
    return [label.text() for label in dialog._backends._found.findChildren(Note) if label.isVisible()]


def test_servers_are_wanted_whenever_the_page_of_the_models_opens(dialog: SettingsDialog, qtbot: Any) -> None:
    with qtbot.waitSignal(dialog.servers_wanted):
        dialog.show_backends()
    with qtbot.assertNotEmitted(dialog.servers_wanted):
        dialog._nav.setCurrentRow(0)


def test_a_server_that_was_found_becomes_a_profile_with_one_click(dialog: SettingsDialog, qtbot: Any) -> None:
    dialog.show_backends()
    dialog.show_servers((HERE, THERE))
    assert proposed(dialog) == [
        "Found on this computer: Ollama 0.12.6 with qwen3-vl:8b",
        "Found on this computer: vLLM 0.32.0 with glm-4.5v",
    ]
    button(dialog, "Add").click()
    assert proposed(dialog) == ["Found on this computer: vLLM 0.32.0 with glm-4.5v"]
    settings, keys = save(dialog, qtbot)
    new = settings.profiles[-1]
    assert (new.name, new.preset, new.base_url, new.model) == ("Ollama", "ollama", HERE.url, "qwen3-vl:8b")
    assert keys == {}


def test_what_a_profile_asks_already_is_not_proposed(dialog: SettingsDialog) -> None:
    dialog.show_backends()
    dialog._backends.add(PRESETS[1])
    dialog.show_servers((THERE,))
    assert proposed(dialog) == []
    assert not dialog._backends._found.isVisible()


def test_a_proposal_follows_the_language(dialog: SettingsDialog) -> None:
    dialog.show_backends()
    dialog.show_servers((HERE,))
    i18n.use("zh")
    try:
        QApplication.sendEvent(dialog, QEvent(QEvent.Type.LanguageChange))
        assert proposed(dialog) == ["在本机发现 Ollama 0.12.6，模型 qwen3-vl:8b"]
    finally:
        i18n.use("en")
