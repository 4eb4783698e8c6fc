from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from app.model.checkups import Checkup, Health, Server
from app.model.profiles import Effort, Profile, Sampling, Thinking
from app.model.sentences import sentence
from ui.preset import Preset
from ui.profile_form import ProfileForm
from ui.profile_rules import fault_of

PRESETS = (
    Preset("reader", "settings.reader", "", needs_key=False, models=()),
    Preset("vllm", "vLLM", "http://127.0.0.1:8000/v1", needs_key=False, models=()),
    Preset("llamacpp", "llama.cpp", "http://localhost:8080/v1", needs_key=False, models=()),
    Preset(
        "zai",
        "Z.ai",
        "https://api.z.ai/api/paas/v4",
        needs_key=True,
        models=("glm-5.3-flash", "glm-4.6v"),
        takes_effort=lambda model: "5.3" in model,
    ),
)
LAB = Profile(
    "p1",
    "Lab",
    "vllm",
    "http://lab:8000/v1",
    "GLM-4.6V",
    Thinking.OFF,
    "Be brief.\nAnswer in French.",
    Sampling(0.7, 0.9, 4096),
    512,
    Effort.HIGH,
)


@pytest.fixture
def form(qtbot: Any) -> ProfileForm:
    made = ProfileForm(PRESETS, sentence("Kept in the keyring."))
    qtbot.addWidget(made)
    made.resize(500, 600)
    made.show()
    return made


def show(form: ProfileForm, profile: Profile = LAB, *, key: str = "", stored: bool = False) -> None:
    form.show_profile(profile, key=key, stored=stored)


def texts(form: ProfileForm) -> set[str]:
    return {label.text() for label in form.findChildren(QLabel) if label.isVisible()}


def button(form: ProfileForm, text: str) -> QPushButton:
    return next(found for found in form.findChildren(QPushButton) if found.text() == text)


@pytest.mark.parametrize(
    "profile",
    [
        LAB,
        replace(LAB, sampling=Sampling(), budget=None, effort=None),
        replace(LAB, sampling=Sampling(0.0, 1.0, 1_234_567)),
    ],
)
def test_what_is_shown_comes_back_unchanged(form: ProfileForm, qtbot: Any, profile: Profile) -> None:
    with qtbot.assertNotEmitted(form.changed):
        show(form, profile)
    assert form.profile() == profile


def test_the_reader_has_nothing_to_set(form: ProfileForm) -> None:
    reader = Profile("reader", "", "reader")
    show(form, reader)
    assert form.profile() == reader
    assert not any(field.isVisible() for field in form.findChildren(QLineEdit))
    assert any("not a model" in text for text in texts(form))


def test_a_preset_brings_its_address_and_model(form: ProfileForm) -> None:
    show(form, Profile("p", "New", "vllm", "http://127.0.0.1:8000/v1"))
    form._preset.setCurrentIndex(form._preset.findData("zai"))
    assert form.profile().base_url == "https://api.z.ai/api/paas/v4"
    assert form.profile().model == "glm-5.3-flash"
    assert form.profile().preset == "zai"


def test_a_preset_leaves_an_address_that_was_typed(form: ProfileForm) -> None:
    show(form, LAB)
    form._preset.setCurrentIndex(form._preset.findData("zai"))
    assert form.profile().base_url == "http://lab:8000/v1"


def test_an_effort_is_asked_for_only_where_the_model_knows_nothing_else(form: ProfileForm) -> None:
    show(form)
    assert not form._effort.isVisible()
    form._preset.setCurrentIndex(form._preset.findData("zai"))
    form._model.setCurrentText("glm-5.3-flash")
    assert form._effort.isVisible()
    form._effort.setCurrentIndex(form._effort.findData("max"))
    assert form.profile().effort is Effort.MAX
    form._model.setCurrentText("glm-4.6v")
    assert not form._effort.isVisible()


@pytest.mark.parametrize(("typed", "budget"), [("", None), ("2048", 2048), ("many", -1)])
def test_the_most_thinking_is_a_number_or_nothing(form: ProfileForm, typed: str, budget: int | None) -> None:
    show(form)
    form._budget.setText(typed)
    form._budget.textEdited.emit(typed)
    assert form.profile().budget == budget
    assert (form._fault.sentence() is None) == (budget != -1)


def test_a_stored_key_is_never_shown(form: ProfileForm, qtbot: Any) -> None:
    show(form, stored=True)
    assert form._key.text() == ""
    assert form._key.placeholderText() == "Stored"
    assert form._key.echoMode() is QLineEdit.EchoMode.Password
    assert "Kept in the keyring." in texts(form)
    with qtbot.waitSignal(form.key_forgotten):
        button(form, "Forget").click()


def test_a_typed_key_stays_while_another_profile_is_looked_at(form: ProfileForm) -> None:
    show(form, key="sk-typed")
    assert form.key() == "sk-typed"


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"name": "  "}, "settings.name_missing"),
        ({"base_url": ""}, "settings.address_wrong"),
        ({"base_url": "lab:8000"}, "settings.address_wrong"),
        ({"base_url": "file:///etc/passwd"}, "settings.address_wrong"),
        ({"base_url": "http://"}, "settings.address_wrong"),
        ({"base_url": "http://a b/v1"}, "settings.address_wrong"),
        ({"base_url": "http://lab:99999/v1"}, "settings.address_wrong"),
        ({"sampling": Sampling(temperature=2.1)}, "settings.temperature_wrong"),
        ({"sampling": Sampling(temperature=-1)}, "settings.temperature_wrong"),
        ({"sampling": Sampling(top_p=0)}, "settings.top_p_wrong"),
        ({"sampling": Sampling(max_tokens=0)}, "settings.max_tokens_wrong"),
        ({"budget": 0}, "settings.budget_wrong"),
        ({"budget": -1}, "settings.budget_wrong"),
        ({"budget": 1_000_001}, "settings.budget_wrong"),
    ],
)
def test_what_cannot_be_saved_is_told(change: dict[str, Any], key: str) -> None:
    fault = fault_of(replace(LAB, **change))
    assert fault is not None
    assert fault.key == key


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/v1", "https://api.z.ai", "http://[::1]:8080/v1"])
def test_proper_addresses_are_fine(url: str) -> None:
    assert fault_of(replace(LAB, base_url=url)) is None


@pytest.mark.parametrize(
    ("typed", "key"),
    [("warm", "settings.temperature_wrong"), ("nan", "settings.temperature_wrong"), ("0,7", None)],
)
def test_a_number_is_checked_as_it_is_typed(form: ProfileForm, typed: str, key: str | None) -> None:
    show(form)
    form._heat.setText(typed)
    form._heat.textEdited.emit(typed)
    fault = form._fault.sentence()
    assert (fault.key if fault else None) == key


@pytest.mark.parametrize(
    ("health", "look"),
    [
        (Health.WORKS, "success"),
        (Health.LOADING, "warning"),
        (Health.NO_MODEL, "warning"),
        (Health.UNREACHABLE, "danger"),
        (Health.REFUSED, "danger"),
    ],
)
def test_five_findings_look_different_and_say_so(form: ProfileForm, health: Health, look: str) -> None:
    show(form)
    form.show_testing()
    assert not button(form, "Test").isEnabled()
    form.show_checkup(Checkup(health, sentence(f"it is {health}")))
    assert form._trial._found.property("look") == look
    assert f"it is {health}" in texts(form)
    assert button(form, "Test").isEnabled()


def test_the_models_a_server_lists_can_be_chosen(form: ProfileForm) -> None:
    show(form)
    form.show_checkup(Checkup(Health.NO_MODEL, sentence("x"), ("a", "b")))
    assert [form._model.itemText(at) for at in range(form._model.count())] == ["a", "b"]
    assert form.profile().model == "GLM-4.6V"


LLAMA = Server("http://lab:8000/v1", "llamacpp", "llama.cpp", "b7000", ("m",), "GLM-4.6V", 8192)


def test_what_works_is_named_with_all_that_it_tells(form: ProfileForm) -> None:
    show(form)
    vllm = replace(LLAMA, preset="vllm", label="vLLM", version="0.32.0", pictures=True, clips=True)
    form.show_checkup(Checkup(Health.WORKS, sentence("x"), ("m",), vllm))
    assert "Works: vLLM 0.32.0, GLM-4.6V, 8,192 tokens, pictures and video." in texts(form)
    assert not form._trial._other_kind.isVisible()


@pytest.mark.parametrize("health", [Health.WORKS, Health.REFUSED])
def test_the_kind_that_answers_is_proposed_and_taken_with_one_click(
    form: ProfileForm, qtbot: Any, health: Health
) -> None:
    # At the very address that comes with the wrong kind: it stays, whatever comes with the right one.
    show(form, replace(LAB, base_url=PRESETS[1].base_url))
    form.show_checkup(Checkup(health, sentence("x"), ("m",), LLAMA))
    assert "llama.cpp answers at this address, but the profile says vLLM." in texts(form)
    with qtbot.waitSignal(form.changed):
        button(form, "Use llama.cpp").click()
    profile = form.profile()
    assert (profile.preset, profile.base_url, profile.model) == ("llamacpp", PRESETS[1].base_url, "GLM-4.6V")
    assert not form._trial._other_kind.isVisible()


def test_a_kind_that_is_not_known_is_not_proposed(form: ProfileForm) -> None:
    show(form)
    for preset in ("", "vllm", "telepathy"):
        form.show_checkup(Checkup(Health.REFUSED, sentence("x"), (), replace(LLAMA, preset=preset)))
        assert not form._trial._other_kind.isVisible()


def test_another_profile_or_another_test_takes_the_proposal_away(form: ProfileForm) -> None:
    for again in (form.show_testing, lambda: show(form)):
        show(form)
        form.show_checkup(Checkup(Health.WORKS, sentence("x"), (), LLAMA))
        assert form._trial._other_kind.isVisible()
        again()
        assert not form._trial._other_kind.isVisible()


@pytest.mark.parametrize(
    ("address", "careful"), [("http://lab:8000/v1", False), ("https://lab.example.com", True)]
)
def test_who_is_careful_by_default_follows_from_the_address(
    form: ProfileForm, qtbot: Any, address: str, careful: bool
) -> None:
    show(form)
    assert not form._careful.isChecked()
    form._address.selectAll()
    qtbot.keyClicks(form._address, address)
    assert form._careful.isChecked() is careful
    assert form.profile().careful is None


def test_what_the_user_chose_stays_whatever_the_address(form: ProfileForm, qtbot: Any) -> None:
    show(form, replace(LAB, base_url="https://lab.example.com"))
    form._careful.click()
    assert form.profile().careful is False
    form._address.selectAll()
    qtbot.keyClicks(form._address, "https://other.example.com")
    assert not form._careful.isChecked()
    show(form, replace(LAB, careful=True))
    assert form._careful.isChecked()
    assert form.profile().careful is True
