"""Settings and backends: showing, testing, changing and keeping them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent

from app import i18n
from app.model.messages import Reply
from app.model.profiles import Profile, Thinking
from app.ports import Secrets, Workers
from app.settings import Settings, with_changes
from app.voices import Voices
from ui import theme
from ui.desks import Desks
from ui.journeys.stage import Stage
from ui.preset import Preset
from ui.settings_dialog import SettingsDialog
from ui.tasks import Tasks


@dataclass(frozen=True, slots=True)
class Means:
    """What choosing needs of the rooms; all but `voices`, `workers` and `desks` may block."""

    save: Callable[[Settings], None]
    secrets: Callable[[], Secrets]
    presets: Callable[[], tuple[Preset, ...]]
    voices: Voices
    workers: Workers
    desks: Desks


class Choosing:
    """Owns the settings in use."""

    def __init__(self, stage: Stage, settings: Settings, means: Means, tasks: Tasks) -> None:
        self.settings = settings
        self._stage = stage
        self._means = means
        self._tasks = tasks
        self._dialog: SettingsDialog | None = None
        self._opening = False
        self._saving = asyncio.Lock()  # one after another, each what is newest by then
        self._listeners: list[Callable[[], None]] = []
        window = stage.window
        window.settings_requested.connect(lambda: tasks.start(self._open()))
        window.profiles_requested.connect(lambda: tasks.start(self._open(backends=True)))
        window.profile_chosen.connect(lambda chosen: self.change(replace(self.settings, profile=chosen)))
        window.thinking_changed.connect(self._think)
        window.history_toggled.connect(lambda open_: self.change(replace(self.settings, history_open=open_)))
        stage.thread_view.reasoning_toggled.connect(
            lambda open_: self.change(replace(self.settings, reasoning_open=open_))
        )
        self._show()

    def profile(self) -> Profile:
        """Return the backend that answers now."""
        return next((p for p in self.settings.profiles if p.id == self.settings.profile), self.reader())

    def reader(self) -> Profile:
        """Return the built-in reader, which is always there."""
        return next(p for p in self.settings.profiles if p.preset == "reader")

    def author(self, reply: Reply) -> Profile | None:
        """Return the backend that wrote a reply, None when it is not set up any more."""
        same = [one for one in self.settings.profiles if one.name == reply.profile]
        return next((one for one in same if one.model == reply.model), same[0] if same else None)

    def on_change(self, call: Callable[[], None]) -> None:
        """Have `call` called after the settings have changed."""
        self._listeners.append(call)

    def change(self, settings: Settings) -> None:
        """Use these settings from now on, and keep them."""
        if settings == self.settings:
            return
        before, self.settings = self.settings, settings
        if settings.theme != before.theme:
            theme.apply(self._stage.app, settings.theme)
        if settings.language != before.language:
            i18n.use(settings.language)
            # Qt sends this event when a translator of its own is installed; ours is `i18n`.
            for widget in self._stage.app.allWidgets():
                self._stage.app.postEvent(widget, QEvent(QEvent.Type.LanguageChange))
        self._show()
        self._tell()
        self._tasks.start(self._save())

    async def leave(self, window: tuple[int, int, int, int]) -> None:
        """Keep the window's place for the next time; raises `StoreError`."""
        self.settings = replace(self.settings, window=window)
        await self._save()

    async def _save(self) -> None:
        async with self._saving:
            await self._means.workers.thread(self._means.save, self.settings)

    def _tell(self) -> None:
        for call in self._listeners:
            call()

    def _show(self) -> None:
        profile = self.profile()
        self._stage.window.show_profiles(self.settings.profiles, profile.id)
        self._stage.window.show_thinking(None if profile.preset == "reader" else profile.thinking)
        self._stage.thread_view.set_reasoning_open(self.settings.reasoning_open)

    def _think(self, thinking: Thinking) -> None:
        profiles = tuple(
            replace(one, thinking=thinking) if one.id == self.settings.profile else one
            for one in self.settings.profiles
        )
        self.change(replace(self.settings, profiles=profiles))

    async def _open(self, *, backends: bool = False) -> None:
        if self._opening:
            return
        self._opening = True
        try:
            await self._make_dialog()
        finally:
            self._opening = False
        if self._dialog is None:
            return
        if backends:
            self._dialog.show_backends()
        self._dialog.open()

    async def _make_dialog(self) -> None:
        if self._dialog is None:
            secrets = await self._means.workers.thread(self._means.secrets)
            where = await self._means.workers.thread(secrets.where)
            stored = await self._means.workers.thread(self._with_key, secrets)
            presets = await self._means.workers.thread(self._means.presets)
            shown = self.settings
            self._dialog = SettingsDialog(
                shown, presets, stored, where, self._means.desks, self._stage.window
            )
            self._dialog.saved.connect(
                lambda chosen, keys: self._tasks.start(self._take(shown, chosen, keys))
            )
            self._dialog.test_requested.connect(
                lambda profile, key: self._tasks.start(self._test(profile, key))
            )
            self._dialog.servers_wanted.connect(lambda: self._tasks.start(self._look_around()))
            self._dialog.finished.connect(self._forget_dialog)

    def _with_key(self, secrets: Secrets) -> tuple[str, ...]:
        return tuple(profile.id for profile in self.settings.profiles if secrets.get(profile))

    def _forget_dialog(self) -> None:
        self._dialog = None

    async def _take(self, shown: Settings, chosen: Settings, keys: dict[str, str]) -> None:
        """Change what was chosen in a dialog that began with what was `shown`, and nothing else."""
        # First what cannot fail: a keyring that says no must not cost the other changes.
        self.change(with_changes(self.settings, shown, chosen))
        secrets = await self._means.workers.thread(self._means.secrets)
        for profile in chosen.profiles:
            if profile.id in keys:
                await self._means.workers.thread(secrets.set, profile, keys[profile.id])
                await self._means.voices.forget(profile)

    async def _look_around(self) -> None:
        found = await self._means.voices.nearby()
        if self._dialog is not None:
            self._dialog.show_servers(found)

    async def _test(self, profile: Profile, key: str) -> None:
        if not key:
            secrets = await self._means.workers.thread(self._means.secrets)
            key = await self._means.workers.thread(secrets.get, profile)
        checkup = await self._means.voices.check(profile, key)
        self._tell()
        # The dialog may have been closed while the server was thinking about it.
        if self._dialog is not None:
            self._dialog.show_checkup(profile.id, checkup)
