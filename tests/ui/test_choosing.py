"""What is chosen is used at once, and kept in its order."""

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
from PySide6.QtWidgets import QComboBox, QPushButton

from app.model.profiles import Profile
from app.model.sentences import Sentence, sentence
from app.settings import READER, Settings
from app.voices import Voices
from app.workers import Workers
from ui.desks import Desks
from ui.journeys.choosing import Choosing, Means
from ui.preset import Preset
from ui.settings_dialog import SettingsDialog
from ui.tasks import Tasks
from ui.window import Window

LAB = Profile("lab", "Lab", "vllm", "http://lab:8000/v1", "m")
SETTINGS = Settings(theme="light", profiles=(READER, LAB), profile="lab")


class NoSecrets:
    """A keyring with nothing in it."""

    def get(self, _profile: Profile) -> str:
        return ""

    def set(self, _profile: Profile, _key: str) -> None:
        raise AssertionError("no key was typed")

    def where(self) -> Sentence:
        return sentence("Kept nowhere.")


@dataclass
class House:
    """The settings, and the file they are kept in; `met` once two were writing it, for which each waits `patience`."""

    choosing: Choosing
    window: Window
    patience: float = 0.0  # seconds
    file: list[Settings] = field(default_factory=list)
    pen: threading.Lock = field(default_factory=threading.Lock)
    met: threading.Event = field(default_factory=threading.Event)

    def write(self, settings: Settings) -> None:
        if not self.pen.acquire(blocking=False):
            self.met.set()
            return
        self.met.wait(self.patience)
        self.file.append(settings)
        self.pen.release()

    def dialog(self) -> SettingsDialog:
        return self.window.findChildren(SettingsDialog)[0]

    async def trips(self) -> None:
        """Wait until all that was started has ended."""
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others, timeout=10)


@pytest.fixture
async def house(make_stage: Any, workers: Workers, album: Any) -> AsyncIterator[House]:
    stage = make_stage(album.load)
    tasks = Tasks(lambda told: pytest.fail(told.key))
    presets = (
        Preset("reader", "settings.reader", "", needs_key=False, models=()),
        Preset("vllm", "vLLM", "http://127.0.0.1:8000/v1", needs_key=False, models=()),
    )

    means = Means(
        lambda settings: made.write(settings),  # noqa: PLW0108 - it is made below
        NoSecrets,
        lambda: presets,
        cast("Voices", None),
        workers,
        Desks(),
    )
    made = House(Choosing(stage, SETTINGS, means, tasks), stage.window)
    yield made
    await tasks.finish()


async def test_what_changed_while_the_settings_were_open_stays_changed(house: House) -> None:
    house.window.settings_requested.emit()
    await house.trips()
    dialog = house.dialog()
    meanwhile = replace(SETTINGS, last_region=(1, 2, 3, 4), save_folder="/pictures")
    house.choosing.change(meanwhile)
    themes = next(one for one in dialog.findChildren(QComboBox) if one.findData("dark") >= 0)
    themes.setCurrentIndex(themes.findData("dark"))
    next(one for one in dialog.findChildren(QPushButton) if one.text() == "Save").click()
    await house.trips()
    assert house.choosing.settings == replace(meanwhile, theme="dark")
    assert house.file[-1] == house.choosing.settings


async def test_settings_are_written_one_after_another_the_newest_last(house: House) -> None:
    house.patience = 0.2
    for kept in range(1, 4):
        house.choosing.change(replace(SETTINGS, captures_kept=kept))
    await house.choosing.leave((1, 2, 3, 4))
    await house.trips()
    assert not house.met.is_set()
    assert house.file[-1] == replace(SETTINGS, captures_kept=3, window=(1, 2, 3, 4))
