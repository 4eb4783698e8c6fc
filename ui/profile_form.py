"""One backend's settings as a form."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QStyledItemDelegate,
    QWidget,
)

from app.i18n import say
from app.model.checkups import Checkup, Health
from app.model.profiles import Effort, Profile, Sampling, Thinking
from app.model.sentences import Sentence, sentence
from app.servers import finding
from ui.choice import Choice
from ui.fields import Note
from ui.icons import IconLabel
from ui.layout import column, form, label, row
from ui.local_model_form import LocalModelForm
from ui.model_desk import ModelDesk
from ui.profile_rules import LOCAL, READER, fault_of, number_of, text_of, whole_of
from ui.proposal import Proposal
from ui.theme import SPACE

_FINDINGS = {
    Health.WORKS: ("works", "success"),
    Health.LOADING: ("loading", "warning"),
    Health.NO_MODEL: ("warning", "warning"),
    Health.UNREACHABLE: ("error", "danger"),
    Health.REFUSED: ("error", "danger"),
}


_OF_SERVERS = ("address", "model", "key")


class Preset(NamedTuple):
    """A kind of server as the form offers it.

    `models` are what it is known to serve; `takes_effort` tells of a model whether it can be told how hard to think.
    """

    id: str
    label: str | Sentence
    base_url: str
    needs_key: bool
    models: tuple[str, ...]
    takes_effort: Callable[[str], bool] = lambda _: False


class ProfileForm(QWidget):
    """Shows one `Profile` at a time and gives it back as it was changed."""

    changed = Signal()
    test_requested = Signal()
    key_forgotten = Signal()

    def __init__(
        self,
        presets: tuple[Preset, ...],
        where: Sentence,
        desk: ModelDesk | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`where` says where keys are kept; at the `desk` models that run in the app can be had."""
        super().__init__(parent)
        self._presets = {preset.id: preset for preset in presets if preset.id != READER}
        self._profile = Profile("", "", "")
        self._where = where
        self._showing = False
        self._about = label(wrap=True)
        self._name, self._address = QLineEdit(), QLineEdit()
        self._preset, self._thinking, self._effort = Choice(), Choice(), Choice()
        self._budget = QLineEdit()
        self._model = QComboBox()
        self._model_text = QLineEdit()
        self._model.setLineEdit(self._model_text)
        self._model.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._model.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._model.setMinimumContentsLength(8)
        self._model.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._model.setItemDelegate(QStyledItemDelegate(self._model))
        self._local = LocalModelForm(desk or ModelDesk())
        self._key = QLineEdit()
        self._key.setEchoMode(QLineEdit.EchoMode.Password)
        self._forget = QPushButton()
        self._kept = label("small", wrap=True)
        self._system = QPlainTextEdit()
        self._system.setProperty("look", "field")
        self._system.setTabChangesFocus(True)
        self._system.setFixedHeight(84)
        self._heat, self._top_p, self._most = QLineEdit(), QLineEdit(), QLineEdit()
        self._fault = Note()
        self._test = QPushButton()
        self._mark, self._found = IconLabel(), Note()
        self._other_kind = Proposal()
        self._answering = ""  # the preset of who answered instead
        self._lay_out()
        self._connect()
        self.speak()

    def _lay_out(self) -> None:
        key = row()
        key.addWidget(self._key, 1)
        key.addWidget(self._forget)
        self._secret = QWidget()
        secret = column(self._secret, gap=4)
        secret.addLayout(key)
        secret.addWidget(self._kept)
        self._numbers = QWidget()
        numbers = row(self._numbers)
        self._captions = (label("small"), label("small"), label("small"))
        for caption, field in zip(self._captions, (self._heat, self._top_p, self._most), strict=True):
            caption.setBuddy(field)
            pair = column(gap=2)
            pair.addWidget(caption)
            pair.addWidget(field)
            numbers.addLayout(pair, 1)
        self._trial = QWidget()
        trial = row(self._trial)
        trial.addWidget(self._test, 0, Qt.AlignmentFlag.AlignTop)
        trial.addWidget(self._mark)
        trial.addWidget(self._found, 1)
        trial.addStretch()
        self._rows: dict[str, QWidget] = {
            "name": self._name,
            "preset": self._preset,
            "address": self._address,
            "model": self._model,
            "key": self._secret,
            "thinking": self._thinking,
            "effort": self._effort,
            "budget": self._budget,
            "system": self._system,
            "sampling": self._numbers,
        }
        self._form = form()
        self._labels: dict[str, QLabel] = {name: label() for name in self._rows}
        for name, widget in self._rows.items():
            self._labels[name].setFixedHeight(32)
            self._form.addRow(self._labels[name], widget)
        self._form.insertRow(list(self._rows).index("address"), self._local)
        self._labels["key"].setBuddy(self._key)
        self._labels["sampling"].setBuddy(self._heat)
        whole = column(self, gap=12, margins=(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE))
        whole.addWidget(self._about)
        whole.addLayout(self._form)
        whole.addWidget(self._fault)
        whole.addWidget(self._trial)
        whole.addWidget(self._other_kind)
        whole.addStretch()

    def _connect(self) -> None:
        for field in (self._name, self._address, self._budget, self._heat, self._top_p, self._most):
            field.textEdited.connect(self._edited)
        self._key.textEdited.connect(self._edited)
        self._model.editTextChanged.connect(self._take_model)
        self._system.textChanged.connect(self._edited)
        self._thinking.currentIndexChanged.connect(self._edited)
        self._effort.currentIndexChanged.connect(self._edited)
        self._local.changed.connect(self._edited)
        self._preset.currentIndexChanged.connect(self._take_preset)
        self._test.clicked.connect(self.test_requested)
        self._other_kind.accepted.connect(self._use_answering)
        self._forget.clicked.connect(self.key_forgotten)

    def show_profile(self, profile: Profile, *, key: str, stored: bool) -> None:
        """Show a profile; `key` is what was typed for it, `stored` whether it has one already."""
        # What is set here is not what the user types.
        self._showing = True
        self._profile = profile
        sampling = profile.sampling
        self._name.setText(profile.name)
        self._preset.setCurrentIndex(self._preset.findData(profile.preset))
        self._address.setText(profile.base_url)
        self._address.setCursorPosition(0)
        self._show_models(self._known_models(), profile.model)
        self._local.show_weights(profile.weights)
        self._key.setText(key)
        self._thinking.setCurrentIndex(self._thinking.findData(str(profile.thinking)))
        self._effort.setCurrentIndex(self._effort.findData(str(profile.effort or "")))
        self._budget.setText(text_of(profile.budget))
        self._system.setPlainText(profile.system)
        self._heat.setText(text_of(sampling.temperature))
        self._top_p.setText(text_of(sampling.top_p))
        self._most.setText(text_of(sampling.max_tokens))
        self.show_stored(stored=stored)
        self.show_checkup(None)
        self._fold()
        self._showing = False
        self._show_fault()

    def profile(self) -> Profile:
        """Return the profile as it is in the form; a number that is none counts as -1."""
        if self._profile.preset == READER:
            return self._profile
        return replace(
            self._profile,
            name=self._name.text().strip(),
            preset=self._preset.value(),
            base_url=self._address.text().strip(),
            model=self._model_name(),
            weights=self._local.weights(),
            thinking=Thinking(self._thinking.value()),
            effort=Effort(self._effort.value()) if self._effort.value() else None,
            budget=whole_of(self._budget.text()),
            system=self._system.toPlainText(),
            sampling=Sampling(
                number_of(self._heat.text()), number_of(self._top_p.text()), whole_of(self._most.text())
            ),
        )

    def _model_name(self) -> str:
        if self._preset.value() == LOCAL:
            return Path(self._local.weights().model).stem
        return self._model.currentText().strip()

    def key(self) -> str:
        """Return the key that was typed, empty when the stored one stays."""
        return self._key.text().strip()

    def show_stored(self, *, stored: bool) -> None:
        """Say whether a key is stored; what it is, is never shown."""
        preset = self._presets.get(self._preset.value())
        needed = preset is not None and preset.needs_key
        hint = (
            "settings.key_stored" if stored else "settings.key_needed" if needed else "settings.key_optional"
        )
        self._key.setPlaceholderText(say(hint))
        self._forget.setVisible(stored)

    def show_checkup(self, checkup: Checkup | None) -> None:
        """Show what a test found and offer the models it listed; None clears the last result."""
        self._mark.setVisible(checkup is not None)
        self._test.setEnabled(True)
        self._propose_other_kind(checkup)
        if checkup is None:
            self._found.show_sentence(None)
            return
        mark, look = _FINDINGS[checkup.health]
        self._mark.show_icon(mark, look)
        self._found.show_sentence(finding(checkup), look)
        if checkup.models:
            self._show_models(checkup.models, self._model.currentText())

    def _propose_other_kind(self, checkup: Checkup | None) -> None:
        """Propose the dialect of who answered, where the profile names another."""
        server = checkup.server if checkup is not None else None
        there, chosen = self._presets.get(server.preset if server else ""), self._preset.value()
        if there is None or there.id == chosen:
            self._other_kind.hide()
            return
        self._answering = there.id
        found, said = say(there.label), say(self._presets[chosen].label)
        self._other_kind.propose(
            sentence("server.other_kind", found=found, chosen=said), sentence("server.use", found=found)
        )

    def _use_answering(self) -> None:
        # Only the kind was wrong: whoever answers does so at this very address, with this model.
        address, model = self._address.text(), self._model.currentText()
        self._preset.setCurrentIndex(self._preset.findData(self._answering))
        self._address.setText(address)
        self._model.setCurrentText(model)
        self._edited()

    def show_testing(self) -> None:
        """Say that the test is under way."""
        self._test.setEnabled(False)
        self._other_kind.hide()
        self._mark.setVisible(True)
        self._mark.show_icon("loading", "muted")
        local = self._preset.value() == LOCAL
        self._found.show_sentence(sentence("local.loading" if local else "settings.testing"))

    def speak(self) -> None:
        """Say everything in the language of now."""
        self._about.setText(say("settings.about_reader"))
        self._preset.offer(tuple((p.id, say(p.label)) for p in self._presets.values()), self._profile.preset)
        thinking = tuple((str(value), say(f"settings.thinking_{value}")) for value in Thinking)
        self._thinking.offer(thinking, str(self._profile.thinking))
        efforts = tuple((str(value), say(f"settings.effort_{value}")) for value in Effort)
        self._effort.offer((("", say("settings.effort_own")), *efforts), str(self._profile.effort or ""))
        self._budget.setPlaceholderText(say("settings.budget_hint"))
        for name, caption in self._labels.items():
            caption.setText(say(f"settings.{name}"))
            self._rows[name].setAccessibleName(caption.text())
        self._key.setAccessibleName(say("settings.key"))
        for caption, name in zip(self._captions, ("temperature", "top_p", "max_tokens"), strict=True):
            caption.setText(say(f"settings.{name}"))
        for field, caption in zip((self._heat, self._top_p, self._most), self._captions, strict=True):
            field.setPlaceholderText(say("settings.server_default"))
            field.setAccessibleName(caption.text())
        self._address.setPlaceholderText("http://127.0.0.1:8000/v1")
        self._model_text.setPlaceholderText(say("settings.model_hint"))
        self._system.setPlaceholderText(say("settings.system_hint"))
        self._kept.setText(say(self._where))
        self._forget.setText(say("settings.forget_key"))
        self._test.setText(say("settings.test"))
        self._local.speak()
        self._other_kind.speak()

    def _edited(self) -> None:
        if not self._showing:
            self._show_fault()
            self.changed.emit()

    def _show_fault(self) -> None:
        self._fault.show_sentence(fault_of(self.profile()), "danger")

    def _take_model(self) -> None:
        if not self._showing:
            self._fold()
        self._edited()

    def _take_preset(self) -> None:
        if self._showing:
            return
        preset, old = self._presets[self._preset.value()], self._presets.get(self._profile.preset)
        # An address the user typed is kept; one that came with the other preset goes with it.
        if old is None or self._address.text().strip() in ("", old.base_url):
            self._address.setText(preset.base_url)
        self._profile = replace(self._profile, preset=preset.id)
        model = self._model.currentText()
        self._show_models(preset.models, model if old is None or model not in old.models else "")
        if not self._model.currentText() and preset.models:
            self._model.setCurrentText(preset.models[0])
        self._fold()
        self.show_checkup(None)
        self._edited()

    def _known_models(self) -> tuple[str, ...]:
        preset = self._presets.get(self._profile.preset)
        return preset.models if preset is not None else ()

    def _show_models(self, models: tuple[str, ...], chosen: str) -> None:
        self._model.blockSignals(True)
        self._model.clear()
        self._model.addItems(list(models))
        self._model.setCurrentText(chosen)
        self._model_text.setCursorPosition(0)
        self._model.blockSignals(False)

    def _fold(self) -> None:
        remote = self._profile.preset != READER
        self._about.setVisible(not remote)
        local = self._profile.preset == LOCAL
        for name, widget in self._rows.items():
            self._form.setRowVisible(widget, remote and not (local and name in _OF_SERVERS))
        self._form.setRowVisible(self._local, local)
        preset = self._presets.get(self._profile.preset)
        takes_effort = preset is not None and not local and preset.takes_effort(self._model.currentText())
        self._form.setRowVisible(self._effort, takes_effort)
