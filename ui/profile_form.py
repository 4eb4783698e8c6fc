"""One backend's settings as a form."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
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
from app.model.checkups import Checkup
from app.model.profiles import Effort, Profile, Sampling, Thinking
from app.model.sentences import Sentence, sentence
from app.serving import ENGINES
from ui.care_box import CareBox
from ui.choice import Choice
from ui.desks import Desks
from ui.fields import Note
from ui.layout import column, form, label, row
from ui.local_model_form import LocalModelForm
from ui.local_server_form import LocalServerForm
from ui.preset import Preset
from ui.profile_rules import LOCAL, READER, fault_of, number_of, text_of, whole_of
from ui.theme import SPACE
from ui.trial import Trial
from ui.words_form import WordsForm

_OF_SERVERS = ("address", "model", "key")


class ProfileForm(QWidget):
    """Shows one `Profile` at a time and gives it back as it was changed."""

    changed = Signal()
    test_requested = Signal()
    key_forgotten = Signal()

    def __init__(
        self,
        presets: tuple[Preset, ...],
        where: Sentence,
        desks: Desks | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`where` says where keys are kept; at the `desks` what runs on this computer can be had."""
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
        desks = desks or Desks()
        self._words, self._local = WordsForm(desks.models), LocalModelForm(desks.models)
        self._here = LocalServerForm(desks.server)
        self._key = QLineEdit()
        self._key.setEchoMode(QLineEdit.EchoMode.Password)
        self._forget = QPushButton()
        self._kept = label("small", wrap=True)
        self._system = QPlainTextEdit()
        self._system.setProperty("look", "field")
        self._system.setTabChangesFocus(True)
        self._system.setFixedHeight(84)
        self._heat, self._top_p, self._most = QLineEdit(), QLineEdit(), QLineEdit()
        self._careful = CareBox()
        self._fault = Note()
        self._trial = Trial(self._presets)
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
            "careful": self._careful,
        }
        self._form = form()
        self._labels: dict[str, QLabel] = {name: label() for name in self._rows}
        for name, widget in self._rows.items():
            self._labels[name].setFixedHeight(32)
            self._form.addRow(self._labels[name], widget)
        for own in (self._here, self._local):
            self._form.insertRow(list(self._rows).index("address"), own)
        self._labels["key"].setBuddy(self._key)
        self._labels["sampling"].setBuddy(self._heat)
        whole = column(self, gap=12, margins=(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE))
        whole.addWidget(self._about)
        whole.addWidget(self._words)
        whole.addLayout(self._form)
        whole.addWidget(self._fault)
        whole.addWidget(self._trial)
        whole.addStretch()

    def _connect(self) -> None:
        for field in (self._name, self._address, self._budget, self._heat, self._top_p, self._most):
            field.textEdited.connect(self._edited)
        self._key.textEdited.connect(self._edited)
        self._model.editTextChanged.connect(self._take_model)
        self._system.textChanged.connect(self._edited)
        self._thinking.currentIndexChanged.connect(self._edited)
        self._effort.currentIndexChanged.connect(self._edited)
        self._words.changed.connect(self._edited)
        self._careful.clicked.connect(self._edited)
        for own in (self._local, self._here):
            own.changed.connect(self._edited)
        self._preset.currentIndexChanged.connect(self._take_preset)
        self._trial.requested.connect(self.test_requested)
        self._trial.kind_taken.connect(self._use_answering)
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
        self._words.show_wanted(profile.in_words)
        self._local.show_weights(profile.weights)
        self._show_service()
        self._key.setText(key)
        self._thinking.setCurrentIndex(self._thinking.findData(str(profile.thinking)))
        self._effort.setCurrentIndex(self._effort.findData(str(profile.effort or "")))
        self._budget.setText(text_of(profile.budget))
        self._system.setPlainText(profile.system)
        self._heat.setText(text_of(sampling.temperature))
        self._top_p.setText(text_of(sampling.top_p))
        self._most.setText(text_of(sampling.max_tokens))
        self._careful.show_profile(profile)
        self.show_stored(stored=stored)
        self.show_checkup(None)
        self._fold()
        self._showing = False
        self._show_fault()

    def profile(self) -> Profile:
        """Return the profile as it is in the form; a number that is none counts as -1."""
        if self._profile.preset == READER:
            return replace(self._profile, in_words=self._words.wanted())
        return replace(
            self._profile,
            name=self._name.text().strip(),
            preset=self._preset.value(),
            base_url=self._url(),
            model=self._model_name(),
            weights=self._local.weights(),
            service=self._here.service() if self._is_here() else self._profile.service,
            thinking=Thinking(self._thinking.value()),
            effort=Effort(self._effort.value()) if self._effort.value() else None,
            budget=whole_of(self._budget.text()),
            careful=self._careful.chosen(),
            system=self._system.toPlainText(),
            sampling=Sampling(
                number_of(self._heat.text()), number_of(self._top_p.text()), whole_of(self._most.text())
            ),
        )

    def _model_name(self) -> str:
        if self._preset.value() == LOCAL:
            return Path(self._local.weights().model).stem
        return self._here.model() if self._is_here() else self._model.currentText().strip()

    def _url(self) -> str:
        return self._here.url() if self._is_here() else self._address.text().strip()

    def _is_here(self) -> bool:
        """Tell whether it is a server that Glimpse starts."""
        return self._preset.value() in ENGINES

    def _show_service(self) -> None:
        preset = self._presets.get(self._profile.preset)
        self._here.show_profile(self._profile, preset.served if preset is not None else ())

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
        self._trial.show_checkup(checkup, self._preset.value())
        if checkup is not None and checkup.models:
            self._show_models(checkup.models, self._model.currentText())

    def _use_answering(self, preset: str) -> None:
        # Only the kind was wrong: whoever answers does so at this very address, with this model.
        address, model = self._url(), self._model_name()
        self._preset.setCurrentIndex(self._preset.findData(preset))
        self._address.setText(address)
        self._model.setCurrentText(model)
        self._edited()

    def show_testing(self) -> None:
        """Say that the test is under way."""
        local = self._preset.value() == LOCAL
        self._trial.show_testing(sentence("local.loading" if local else "settings.testing"))

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
        for own in (self._words, self._local, self._here, self._trial):
            own.speak()
        self._careful.speak()

    def _edited(self) -> None:
        if not self._showing:
            self._careful.show_profile(self.profile())
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
        self._profile = replace(self._profile, preset=preset.id, base_url=self._address.text())
        self._show_service()
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
        self._words.setVisible(not remote)
        local, here = self._profile.preset == LOCAL, self._profile.preset in ENGINES
        for name, widget in self._rows.items():
            self._form.setRowVisible(widget, remote and not ((local or here) and name in _OF_SERVERS))
        self._form.setRowVisible(self._local, local)
        self._form.setRowVisible(self._here, here)
        preset = self._presets.get(self._profile.preset)
        takes_effort = (
            preset is not None and not (local or here) and preset.takes_effort(self._model.currentText())
        )
        self._form.setRowVisible(self._effort, takes_effort)
