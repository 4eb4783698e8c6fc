"""The settings of those who answer: the profiles."""

import secrets
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QMenu,
    QWidget,
)

from app.i18n import say
from app.model.checkups import Checkup, Server
from app.model.profiles import Profile
from app.model.sentences import Sentence
from app.servers import is_at
from ui.desks import Desks
from ui.fields import NameList
from ui.found_servers import FoundServers
from ui.icons import IconButton
from ui.layout import column, row, scrolling
from ui.preset import Preset
from ui.profile_form import ProfileForm
from ui.profile_name import name_of
from ui.profile_rules import READER, fault_of
from ui.theme import SPACE


class BackendsPage(QWidget):
    """The list of profiles beside the form of one."""

    test_requested = Signal(object, str)

    def __init__(
        self,
        profiles: tuple[Profile, ...],
        chosen: str,
        presets: tuple[Preset, ...],
        stored: Iterable[str],
        where: Sentence,
        desks: Desks | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._presets = presets
        self._profiles = list(profiles)
        self._stored = set(stored)
        self._keys: dict[str, str] = {}
        self._nearby: tuple[Server, ...] = ()
        self._found = FoundServers()
        self._list = NameList("card", 184)
        self._add, self._copy, self._remove = IconButton("plus"), IconButton("copy"), IconButton("remove")
        self._form = ProfileForm(presets, where, desks)
        self._lay_out()
        self._list.currentRowChanged.connect(self._show_row)
        self._form.changed.connect(self._read_form)
        self._form.test_requested.connect(self._ask_test)
        self._form.key_forgotten.connect(self._forget_key)
        self._found.taken.connect(self._take)
        self._add.clicked.connect(self._show_presets)
        self._copy.clicked.connect(self._duplicate)
        self._remove.clicked.connect(self._remove_current)
        self.speak()
        self._fill(next((at for at, profile in enumerate(profiles) if profile.id == chosen), 0))

    def _lay_out(self) -> None:
        buttons = row(gap=4)
        for button in (self._add, self._copy, self._remove):
            buttons.addWidget(button)
        buttons.addStretch()
        left = column(margins=(2 * SPACE, 2 * SPACE, 0, 2 * SPACE))
        left.addWidget(self._list, 1)
        left.addLayout(buttons)
        both = row(gap=0)
        both.addLayout(left)
        both.addWidget(scrolling(self._form), 1)
        whole = column(self, gap=0)
        whole.addWidget(self._found)
        whole.addLayout(both, 1)

    def profiles(self) -> tuple[Profile, ...]:
        """Return the profiles as they are now."""
        return tuple(self._profiles)

    def keys(self) -> dict[str, str]:
        """Return the keys typed, by profile; an empty one is to be forgotten."""
        return {profile.id: self._keys[profile.id] for profile in self._profiles if profile.id in self._keys}

    def fault(self) -> Sentence | None:
        """Return what is wrong with the first profile that cannot be saved, and show that one."""
        for at, profile in enumerate(self._profiles):
            if (found := fault_of(profile)) is not None:
                self._list.setCurrentRow(at)
                return found
        return None

    def show_checkup(self, profile_id: str, checkup: Checkup) -> None:
        """Show what a test found, unless another profile is shown by now."""
        if self._profiles[self._list.currentRow()].id == profile_id:
            self._form.show_checkup(checkup)

    def show_servers(self, servers: tuple[Server, ...]) -> None:
        """Propose the servers that were found on this computer, but for those that a profile asks already."""
        self._nearby = servers
        asked = [profile.base_url for profile in self._profiles]
        self._found.show_servers(
            tuple(server for server in servers if not any(is_at(server, url) for url in asked))
        )

    def _take(self, server: Server) -> None:
        name = say(server.label)
        self._append(Profile(secrets.token_hex(4), name, server.preset, server.url, server.model))
        self.show_servers(self._nearby)

    def add(self, preset: Preset) -> None:
        """Add a profile made from a preset and show it."""
        self._append(preset.profile())

    def speak(self) -> None:
        """Say everything in the language of now."""
        self._list.setAccessibleName(say("settings.profiles"))
        self._add.call(say("settings.add"))
        self._copy.call(say("settings.duplicate"))
        self._remove.call(say("settings.remove"))
        self._form.speak()
        self._found.speak()

    def _fill(self, at: int) -> None:
        self._list.offer(map(name_of, self._profiles), at)
        self._show_row(at)

    def _show_row(self, at: int) -> None:
        profile = self._profiles[at]
        key = self._keys.get(profile.id, "")
        self._form.show_profile(profile, key=key, stored=profile.id in self._stored)
        for button in (self._copy, self._remove):
            button.setEnabled(profile.preset != READER)

    def _read_form(self) -> None:
        at = self._list.currentRow()
        profile = self._form.profile()
        self._profiles[at] = profile
        self._list.item(at).setText(name_of(profile))
        if self._form.key():
            self._keys[profile.id] = self._form.key()
        elif self._keys.get(profile.id):
            del self._keys[profile.id]

    def _forget_key(self) -> None:
        profile = self._profiles[self._list.currentRow()]
        self._keys[profile.id] = ""
        self._stored.discard(profile.id)
        self._form.show_stored(stored=False)

    def _ask_test(self) -> None:
        profile = self._form.profile()
        if fault_of(profile) is None:
            self._form.show_testing()
            self.test_requested.emit(profile, self._form.key())

    def _show_presets(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for preset in (preset for preset in self._presets if preset.id != READER):
            menu.addAction(say(preset.label), partial(self.add, preset))
        menu.popup(self._add.mapToGlobal(self._add.rect().bottomLeft()))

    def _append(self, profile: Profile) -> None:
        self._profiles.append(profile)
        self._fill(len(self._profiles) - 1)

    def _duplicate(self) -> None:
        profile = self._form.profile()
        name = say("settings.copy_of", name=profile.name)
        self._append(replace(profile, id=secrets.token_hex(4), name=name))

    def _remove_current(self) -> None:
        at = self._list.currentRow()
        del self._profiles[at]
        self._fill(min(at, len(self._profiles) - 1))
