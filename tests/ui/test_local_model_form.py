"""The form of a model in the app, alone and inside the form of a profile."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QProgressBar, QPushButton, QWidget

from app import machine
from app.errors import Broken
from app.library import File, Listing
from app.model.profiles import Profile, Weights
from app.model.sentences import sentence
from ui.desks import Desks
from ui.journeys.stocking import Stocking
from ui.local_model_form import LocalModelForm, projector_beside
from ui.model_desk import WHOLE, ModelDesk, Stock
from ui.preset import Preset
from ui.profile_form import ProfileForm
from ui.profile_rules import fault_of
from ui.tasks import Tasks

SMALL = Listing(
    "small",
    "Small 2B",
    "Q4_K_M",
    "Apache-2.0",
    "https://models.example/small",
    File("https://models.example/small/model.gguf", 1_500_000_000),
    File("https://models.example/small/eyes.gguf", 500_000_000),
)
HERE = Weights("/models/small/model.gguf", "/models/small/eyes.gguf")
PRESETS = (
    Preset("vllm", "vLLM", "http://127.0.0.1:8000/v1", needs_key=False, models=()),
    Preset("local", "On this computer", "", needs_key=False, models=()),
)


@pytest.fixture
def desk() -> ModelDesk:
    return ModelDesk((SMALL,), lambda _: HERE)


@pytest.fixture
def form(qtbot: Any, desk: ModelDesk) -> LocalModelForm:
    made = LocalModelForm(desk)
    qtbot.addWidget(made)
    made.show()
    return made


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def button(widget: QWidget, name: str) -> QPushButton:
    return next(
        found for found in widget.findChildren(QPushButton) if name in (found.accessibleName(), found.text())
    )


def field(widget: QWidget, name: str) -> QLineEdit:
    return next(found for found in widget.findChildren(QLineEdit) if found.accessibleName() == name)


def buttons(widget: QWidget) -> list[str]:
    return [found.text() for found in widget.findChildren(QPushButton) if found.isVisible()]


@pytest.mark.parametrize(
    "weights",
    [Weights(), HERE, Weights("/a.gguf", "", 8192, 3, 0), Weights("/a b.gguf", "/c.gguf", 65536, None, 99)],
)
def test_what_is_shown_comes_back_unchanged(form: LocalModelForm, qtbot: Any, weights: Weights) -> None:
    with qtbot.assertNotEmitted(form.changed):
        form.show_weights(weights)
    assert form.weights() == weights


@pytest.mark.parametrize(
    ("name", "typed", "key"),
    [
        ("Threads", "none", "local.threads_wrong"),
        ("Threads", "0", "local.threads_wrong"),
        ("GPU layers", "-1", "local.layers_wrong"),
        ("Context (tokens)", "12", "local.context_wrong"),
        ("Context (tokens)", "9" * 30, "local.context_wrong"),
        ("Model file", "", "local.model_missing"),
    ],
)
def test_what_makes_no_sense_is_told(
    form: LocalModelForm, qtbot: Any, name: str, typed: str, key: str
) -> None:
    form.show_weights(HERE)
    with qtbot.waitSignal(form.changed):
        edit = field(form, name)
        edit.selectAll()
        if typed:
            qtbot.keyClicks(edit, typed)
        else:
            qtbot.keyClick(edit, Qt.Key.Key_Delete)
    found = fault_of(Profile("p", "Mine", "local", weights=form.weights()))
    assert found is not None
    assert found.key == key


def test_the_projector_beside_a_model_comes_with_it(form: LocalModelForm, qtbot: Any, tmp_path: Path) -> None:
    model, eyes = tmp_path / "big.gguf", tmp_path / "mmproj-big.gguf"
    for file in (model, eyes):
        file.touch()
    qtbot.keyClicks(field(form, "Model file"), str(model))
    assert form.weights() == Weights(str(model), str(eyes))


def test_which_projector_is_meant_is_never_guessed(tmp_path: Path) -> None:
    for name in ("a.gguf", "b.gguf", "mmproj-a-f16.gguf", "mmproj-c.gguf"):
        (tmp_path / name).touch()
    assert projector_beside(str(tmp_path / "a.gguf")) == str(tmp_path / "mmproj-a-f16.gguf")
    assert projector_beside(str(tmp_path / "b.gguf")) == ""
    assert projector_beside(str(tmp_path / "gone.gguf")) == ""
    assert projector_beside("") == ""


def test_a_file_is_chosen_in_a_dialog_that_does_not_wait(
    form: LocalModelForm, qtbot: Any, tmp_path: Path
) -> None:
    button(form, "Choose a model").click()
    dialog = form.window().findChild(QFileDialog)
    assert dialog is not None
    with qtbot.waitSignal(form.changed):
        dialog.fileSelected.emit(str(tmp_path / "big.gguf"))
    assert form.weights().model == str(tmp_path / "big.gguf")
    dialog.close()


def test_licence_size_memory_and_address_are_shown_before_the_download(
    form: LocalModelForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "memory", lambda: 8 * 10**9)
    form.speak()
    shown = texts(form)
    assert "Q4_K_M · 2.0 GB · Apache-2.0 licence" in shown
    assert "Needs about 3.1 GB of memory; this computer has 8.0 GB." in shown
    assert "models.example/small" in shown
    assert looks(form, "Needs about") == "small"
    monkeypatch.setattr(machine, "memory", lambda: 10**9)
    form.speak()
    assert looks(form, "Needs about") == "warning"


def looks(widget: QWidget, beginning: str) -> str:
    return next(
        str(each.property("look"))
        for each in widget.findChildren(QLabel)
        if each.text().startswith(beginning)
    )


def test_a_download_shows_how_far_it_is_and_what_stopped_it(form: LocalModelForm, desk: ModelDesk) -> None:
    (bar,) = form.findChildren(QProgressBar)
    assert not bar.isVisible()
    assert "Download" in buttons(form)
    desk.tell(SMALL, Stock(500_000_000, fetching=True))
    assert (bar.isVisible(), bar.value()) == (True, 250)
    assert "0.5 of 2.0 GB" in texts(form)
    assert "Stop" in buttons(form)
    assert "Download" not in buttons(form)
    desk.tell(SMALL, Stock(500_000_000, fault=sentence("library.interrupted")))
    assert "The connection was lost" in texts(form)
    assert {"Continue", "Delete"} <= set(buttons(form))
    desk.tell(SMALL, Stock(WHOLE))
    assert {"Use", "Delete"} <= set(buttons(form))
    assert not bar.isVisible()


def test_using_a_model_fills_in_its_files(form: LocalModelForm, desk: ModelDesk, qtbot: Any) -> None:
    form.show_weights(Weights("/other.gguf", "", 8192, 2, 0))
    desk.tell(SMALL, Stock(WHOLE))
    with qtbot.waitSignal(form.changed):
        button(form, "Use Small 2B").click()
    assert form.weights() == Weights(HERE.model, HERE.projector, 8192, 2, 0)


def test_a_download_fills_in_the_files_only_where_there_are_none(
    form: LocalModelForm, desk: ModelDesk, qtbot: Any
) -> None:
    with qtbot.waitSignal(desk.fetch_requested):
        button(form, "Download Small 2B").click()
    assert form.weights() == HERE
    form.show_weights(Weights("/other.gguf"))
    button(form, "Download Small 2B").click()
    assert form.weights() == Weights("/other.gguf")


def test_in_a_profile_files_take_the_place_of_address_and_key(qtbot: Any, desk: ModelDesk) -> None:
    form = ProfileForm(PRESETS, sentence("Kept in the keyring."), Desks(desk))
    qtbot.addWidget(form)
    form.show()
    form.show_profile(Profile("p", "Mine", "vllm", "http://lab:1/v1", "m"), key="", stored=False)
    assert field(form, "Address").isVisible()
    assert not field(form, "Model file").isVisible()
    form.show_profile(Profile("p", "Mine", "local", weights=HERE), key="", stored=False)
    assert not field(form, "Address").isVisible()
    assert not field(form, "API key").isVisible()
    assert field(form, "Model file").isVisible()
    assert form.profile() == Profile("p", "Mine", "local", model="model", weights=HERE)
    form.show_testing()
    assert "Loading the model…" in texts(form)


def test_another_kind_shows_its_own_fields_at_once(qtbot: Any, desk: ModelDesk) -> None:
    form = ProfileForm(PRESETS, sentence("Kept in the keyring."), Desks(desk))
    qtbot.addWidget(form)
    form.show()
    form.show_profile(Profile("p", "Mine", "vllm", "http://lab:1/v1", "m"), key="", stored=False)
    form._preset.setCurrentIndex(form._preset.findData("local"))
    assert field(form, "Model file").isVisible()
    assert "Choose a model file." in texts(form)
    form._preset.setCurrentIndex(form._preset.findData("vllm"))
    assert field(form, "Address").isVisible()
    assert form.profile().base_url == "http://lab:1/v1"
    assert form.profile().model == "m"


class Folder:
    """A library in memory; a fetch goes to the half, and to the end when it is let."""

    def __init__(self) -> None:
        self.bytes = 0
        self.go_on = asyncio.Event()
        self.fault: Exception | None = None

    async def kept(self, listing: Listing) -> int:
        return self.bytes

    async def fetch(self, listing: Listing) -> AsyncGenerator[int, None]:
        self.bytes = listing.size // 2
        yield self.bytes
        await self.go_on.wait()
        if self.fault is not None:
            raise self.fault
        self.bytes = WHOLE
        yield listing.size

    async def remove(self, listing: Listing) -> None:
        self.bytes = 0


@pytest.fixture
async def stocking(desk: ModelDesk) -> tuple[Stocking, Folder]:
    folder = Folder()
    return Stocking(desk, folder, Tasks(lambda what: pytest.fail(str(what)))), folder  # type: ignore[arg-type]


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_model_is_fetched_stopped_continued_and_deleted(
    desk: ModelDesk, stocking: tuple[Stocking, Folder]
) -> None:
    _, folder = stocking
    desk.fetch_requested.emit("small")
    desk.fetch_requested.emit("small")  # twice is once
    await settled()
    assert desk.stock(SMALL) == Stock(1_000_000_000, fetching=True)
    desk.stop_requested.emit("small")
    await settled()
    assert desk.stock(SMALL) == Stock(1_000_000_000)
    folder.go_on.set()
    desk.fetch_requested.emit("small")
    await settled()
    assert desk.stock(SMALL) == Stock(WHOLE)
    desk.remove_requested.emit("small")
    await settled()
    assert desk.stock(SMALL) == Stock()


async def test_a_fault_is_shown_where_the_model_is(
    desk: ModelDesk, stocking: tuple[Stocking, Folder]
) -> None:
    _, folder = stocking
    folder.fault = Broken("library.interrupted")
    folder.go_on.set()
    desk.fetch_requested.emit("small")
    await settled()
    assert desk.stock(SMALL) == Stock(1_000_000_000, fault=sentence("library.interrupted"))
    desk.looked_at.emit()
    await settled()
    assert desk.stock(SMALL).fault == sentence("library.interrupted"), "opening the settings anew keeps it"


async def test_what_is_here_is_looked_up_when_somebody_looks(
    desk: ModelDesk, stocking: tuple[Stocking, Folder]
) -> None:
    _, folder = stocking
    folder.bytes = WHOLE
    desk.looked_at.emit()
    await settled()
    assert desk.stock(SMALL) == Stock(WHOLE)
