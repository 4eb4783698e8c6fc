"""Everything that can be set: how Glimpse looks and is called, and who answers."""

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from app.i18n import say
from app.model.checkups import Checkup, Server
from app.model.sentences import Sentence
from app.settings import Settings
from ui.backends_page import BackendsPage
from ui.desks import Desks
from ui.fields import NameList, Note
from ui.general_page import GeneralPage
from ui.hotkeys_page import HotkeysPage
from ui.layout import column, frame, row
from ui.preset import Preset
from ui.theme import SPACE

_HOTKEYS = 1
_BACKENDS = 2  # the page of the profiles


class SettingsDialog(QDialog):
    """`saved` gives the new `Settings` and the keys typed, by profile id; an empty key is to be forgotten.

    `servers_wanted`: the page of the profiles was opened, where servers on this computer are proposed.
    """

    saved = Signal(object, object)
    test_requested = Signal(object, str)
    servers_wanted = Signal()

    def __init__(
        self,
        settings: Settings,
        presets: tuple[Preset, ...],
        stored: Iterable[str],
        where: Sentence,
        desks: Desks | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Show these; `stored` are the profiles that have a key, `where` says where keys are kept.

        At the `desks` what runs on this computer can be had.
        """
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._settings = settings
        desks = desks or Desks()
        self._general = GeneralPage(settings)
        self._hotkeys = HotkeysPage(settings, desks.hotkeys)
        self._backends = BackendsPage(settings.profiles, settings.profile, presets, stored, where, desks)
        self._nav = NameList("nav", 152)
        self._pages = QStackedWidget()
        self._fault = Note()
        self._cancel, self._save = QPushButton(), QPushButton()
        self._lay_out()
        self._save.setDefault(True)  # only now: a button without a dialog cannot be its default
        self._nav.currentRowChanged.connect(self._turn)
        self._backends.test_requested.connect(self.test_requested)
        self._cancel.clicked.connect(self.reject)
        self._save.clicked.connect(self._finish)
        self.finished.connect(desks.hotkeys.left)
        self._speak()
        self.setMinimumSize(660, 420)
        self.resize(800, 680)

    def _lay_out(self) -> None:
        for page in (self._general, self._hotkeys, self._backends):
            self._pages.addWidget(page)
        foot = frame("foot")
        self._save.setProperty("look", "primary")
        buttons = row(foot, margins=(2 * SPACE, 12, 2 * SPACE, 12))
        buttons.addWidget(self._fault, 1)
        buttons.addStretch()
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._save)
        middle = row(gap=0)
        middle.addWidget(self._nav)
        middle.addWidget(self._pages, 1)
        whole = column(self, gap=0)
        whole.addLayout(middle, 1)
        whole.addWidget(foot)

    def show_backends(self) -> None:
        """Turn to the page of the profiles."""
        self._nav.setCurrentRow(_BACKENDS)

    def show_checkup(self, profile_id: str, checkup: Checkup) -> None:
        """Show what the test of a profile found."""
        self._backends.show_checkup(profile_id, checkup)

    def show_servers(self, servers: tuple[Server, ...]) -> None:
        """Propose servers that were found on this computer."""
        self._backends.show_servers(servers)

    def _turn(self, page: int) -> None:
        self._pages.setCurrentIndex(page)
        if page == _BACKENDS:
            self.servers_wanted.emit()

    def _finish(self) -> None:
        for number, fault in ((_HOTKEYS, self._hotkeys.fault()), (_BACKENDS, self._backends.fault())):
            if fault is not None:
                self._nav.setCurrentRow(number)
                self._fault.show_sentence(fault, "danger")
                return
        profiles = self._backends.profiles()
        ids = [profile.id for profile in profiles]
        chosen = self._settings.profile if self._settings.profile in ids else ids[0]
        settings = self._hotkeys.settings(self._general.settings(self._settings))
        settings = replace(settings, profiles=profiles, profile=chosen)
        self.saved.emit(settings, self._backends.keys())
        self.accept()

    def _speak(self) -> None:
        self.setWindowTitle(say("settings.title"))
        self._nav.setAccessibleName(say("settings.title"))
        pages = (say("settings.general"), say("hotkeys.title"), say("settings.backends"))
        self._nav.offer(pages, max(self._nav.currentRow(), 0))
        self._cancel.setText(say("settings.cancel"))
        self._save.setText(say("settings.save"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._speak()
            self._general.speak()
            self._hotkeys.speak()
            self._backends.speak()
