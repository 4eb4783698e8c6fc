"""The settings of the app itself: language, appearance, captures, reasoning."""

from dataclasses import replace

from PySide6.QtWidgets import (
    QCheckBox,
    QLabel,
    QWidget,
)

from app.i18n import LANGUAGES, say
from app.settings import THEMES, Settings
from ui.choice import Choice
from ui.layout import column, form, label
from ui.theme import SPACE

_KEPT = (0, 20, 100, 500)  # captures that may be remembered


class GeneralPage(QWidget):
    """Language, appearance, captures, reasoning."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._language, self._theme = Choice(), Choice()
        self._kept = Choice()
        self._open = QCheckBox()
        self._rows: dict[str, QWidget] = {
            "language": self._language,
            "appearance": self._theme,
            "captures_kept": self._kept,
            "reasoning": self._open,
        }
        self._labels: dict[str, QLabel] = {name: label() for name in self._rows}
        fields = form()
        for name, field in self._rows.items():
            self._labels[name].setFixedHeight(32)
            fields.addRow(self._labels[name], field)
        whole = column(self, gap=2 * SPACE, margins=(3 * SPACE, 2 * SPACE, 3 * SPACE, 2 * SPACE))
        whole.addLayout(fields)
        whole.addStretch()
        self._open.setChecked(settings.reasoning_open)
        self.speak(settings.language, settings.theme, settings.captures_kept)

    def settings(self, known: Settings) -> Settings:
        """Return `known` with what was chosen here."""
        return replace(
            known,
            language=self._language.value(),
            theme=self._theme.value(),
            captures_kept=int(self._kept.value()),
            reasoning_open=self._open.isChecked(),
        )

    def speak(self, language: str = "", theme: str = "", kept: int = 0) -> None:
        """Say everything in the language of now, keeping what is chosen."""
        spoken = (("", say("settings.system_choice")), *LANGUAGES.items())
        self._language.offer(spoken, self._language.value() or language)
        themes = tuple((name, say(f"settings.theme_{name}")) for name in THEMES)
        self._theme.offer(themes, self._theme.value() or theme)
        self._kept.offer(*_amounts(int(self._kept.value() or kept)))
        for name, caption in self._labels.items():
            caption.setText(say(f"settings.{name}"))
            self._rows[name].setAccessibleName(caption.text())
        self._open.setText(say("settings.reasoning_open"))


def _amounts(chosen: int) -> tuple[tuple[tuple[str, str], ...], str]:
    """Return how many captures may be remembered, in words, with the number chosen now among them."""
    numbers = sorted({*_KEPT, chosen})
    words = {n: say("captures.kept_last", n=n) if n else say("captures.kept_none") for n in numbers}
    return tuple((str(n), words[n]) for n in numbers), str(chosen)
