"""The settings of the app itself: language, appearance, hotkeys, reasoning."""

from dataclasses import replace

from PySide6.QtWidgets import (
    QCheckBox,
    QLabel,
    QWidget,
)

from app.i18n import LANGUAGES, say
from app.model.sentences import Sentence, sentence
from app.settings import Settings
from ui.choice import Choice
from ui.fields import ChordEdit, Note
from ui.layout import column, form, label
from ui.theme import SPACE


class GeneralPage(QWidget):
    """Language, appearance, hotkeys, reasoning."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._language, self._theme = Choice(), Choice()
        self._region, self._screen = ChordEdit(), ChordEdit()
        self._open = QCheckBox()
        self._hint = Note()
        self._rows: dict[str, QWidget] = {
            "language": self._language,
            "appearance": self._theme,
            "hotkey_region": self._region,
            "hotkey_screen": self._screen,
            "reasoning": self._open,
        }
        self._labels: dict[str, QLabel] = {name: label() for name in self._rows}
        fields = form()
        for name, field in self._rows.items():
            self._labels[name].setFixedHeight(32)
            fields.addRow(self._labels[name], field)
        whole = column(self, gap=2 * SPACE, margins=(3 * SPACE, 2 * SPACE, 3 * SPACE, 2 * SPACE))
        whole.addLayout(fields)
        whole.addWidget(self._hint)
        whole.addStretch()
        self._region.set_chord(settings.capture_region)
        self._screen.set_chord(settings.capture_screen)
        self._open.setChecked(settings.reasoning_open)
        self.speak(settings.language, settings.theme)
        for edit in (self._region, self._screen):
            edit.keySequenceChanged.connect(self._check_chords)

    def settings(self, known: Settings) -> Settings:
        """Return `known` with what was chosen here."""
        return replace(
            known,
            language=self._language.value(),
            theme=self._theme.value(),
            capture_region=self._region.chord(),
            capture_screen=self._screen.chord(),
            reasoning_open=self._open.isChecked(),
        )

    def fault(self) -> Sentence | None:
        """Return what is wrong here."""
        region, screen = self._region.chord(), self._screen.chord()
        if region and region == screen:
            return sentence("settings.hotkeys_equal")
        if any(chord and not _has_modifier(chord) for chord in (region, screen)):
            return sentence("settings.hotkey_bare")
        return None

    def _check_chords(self) -> None:
        self._hint.show_sentence(self.fault(), "danger")

    def speak(self, language: str = "", theme: str = "") -> None:
        """Say everything in the language of now, keeping what is chosen."""
        spoken = (("", say("settings.system_choice")), *LANGUAGES.items())
        self._language.offer(spoken, self._language.value() or language)
        themes = tuple((name, say(f"settings.theme_{name}")) for name in ("system", "light", "dark"))
        self._theme.offer(themes, self._theme.value() or theme)
        for name, caption in self._labels.items():
            caption.setText(say(f"settings.{name}"))
            self._rows[name].setAccessibleName(caption.text())
        self._open.setText(say("settings.reasoning_open"))


def _has_modifier(chord: str) -> bool:
    keys = chord.split("+")
    # A key that writes nothing, such as F8 or Print, may stand alone.
    return len(keys) > 1 or len(keys[-1]) > 1
