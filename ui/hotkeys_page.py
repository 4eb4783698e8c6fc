"""The settings of the keys that work everywhere."""

from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QLabel, QWidget

from app.chords import label as chord_label
from app.chords import parse
from app.errors import NotAllowed
from app.i18n import say
from app.launcher import capture_command
from app.model.sentences import Sentence, sentence
from app.settings import HOTKEYS, Settings
from ui.code_copy import CopyButton
from ui.fields import Note
from ui.hotkey_desk import HotkeyDesk
from ui.hotkey_row import HotkeyRow
from ui.layout import column, form, label, row, scrolling
from ui.mono_field import MonoField
from ui.theme import SPACE


class HotkeysPage(QWidget):
    """A row for each hotkey there is; what to do where the desktop gives none."""

    def __init__(self, settings: Settings, desk: HotkeyDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._intro = Note()
        self._rows = {name: HotkeyRow(name, usual) for name, usual in HOTKEYS.items()}
        self._labels: dict[str, QLabel] = {name: label() for name in self._rows}
        self._own_key = label("muted", wrap=True)
        self._command = MonoField(36)
        self._copy = CopyButton("hotkeys.copy_command")
        self._lay_out()
        for name, one in self._rows.items():
            one.set_chord(getattr(settings, name))
            self._connect(name, one)
        desk.answered.connect(self._answer)
        desk.pressed.connect(self._take_over)
        desk.changed.connect(self._show_state)
        self._copy.clicked.connect(lambda: self._copy.copy(capture_command()))
        self.speak()
        self._show_bindings()

    def settings(self, known: Settings) -> Settings:
        """Return `known` with what was chosen here."""
        chords: dict[str, Any] = {name: one.chord() for name, one in self._rows.items()}
        return replace(known, **chords)

    def fault(self) -> Sentence | None:
        """Return what is wrong here."""
        chords = [one.chord() for one in self._rows.values() if one.chord()]
        for chord in chords:
            try:
                parse(chord)
            except NotAllowed as error:
                return error.sentence
        return sentence("hotkeys.equal") if len(set(chords)) < len(chords) else None

    def speak(self) -> None:
        """Say everything in the language of now."""
        for name, one in self._rows.items():
            self._labels[name].setText(say(f"hotkeys.{name}"))
            one.speak()
        self._own_key.setText(say("hotkeys.own_key"))
        self._command.setPlainText(capture_command())
        self._command.setAccessibleName(say("hotkeys.command"))
        self._show_state()

    def _lay_out(self) -> None:
        fields = form()
        for name, one in self._rows.items():
            self._labels[name].setFixedHeight(32)
            fields.addRow(self._labels[name], one)
        inside = QWidget()
        whole = column(inside, gap=2 * SPACE, margins=(3 * SPACE, 2 * SPACE, 3 * SPACE, 2 * SPACE))
        whole.addWidget(self._intro)
        whole.addLayout(fields)
        whole.addWidget(self._own_key)
        line = row()
        line.addWidget(self._command, 1)
        line.addWidget(self._copy)
        whole.addLayout(line)
        whole.addStretch()
        column(self, gap=0).addWidget(scrolling(inside))

    def _connect(self, name: str, one: HotkeyRow) -> None:
        one.changed.connect(lambda: self._check(name))
        one.tried.connect(lambda: self._try(name))
        one.field.listening.connect(self._desk.attention)

    def _check(self, name: str) -> None:
        """Say what is wrong with a chord that was just pressed, or try it out."""
        fault = self.fault()
        if fault is not None:
            self._rows[name].tell(fault, "danger")
        elif self._rows[name].chord():
            self._desk.tried.emit(name, self._rows[name].chord())

    def _try(self, name: str) -> None:
        if self.fault() is None:
            self._desk.tried.emit(name, self._rows[name].chord())

    def _answer(self, name: str, what: Sentence, look: str) -> None:
        if name in self._rows:
            self._rows[name].tell(what, look)

    def _take_over(self, name: str) -> None:
        """Take down a key that is a hotkey of ours already: the system gives it to the listener, not to the field."""
        listening = next((each for each in self._rows.values() if each.field.hasFocus()), None)
        if listening is None or name not in self._rows:
            return
        listening.field.set_chord(
            listening.chord()
        )  # it saw the modifiers go down, and will not see them go up
        if listening is self._rows[name]:
            listening.tell(sentence("hotkeys.heard", chord=chord_label(listening.chord())), "success")
        else:
            listening.tell(sentence("hotkeys.equal"), "danger")

    def _show_state(self) -> None:
        if self._desk.fault is not None:
            self._intro.show_sentence(self._desk.fault, "warning")
        else:
            self._intro.show_sentence(
                sentence("hotkeys.intro_desktop" if self._desk.asks_user else "hotkeys.intro")
            )

    def _show_bindings(self) -> None:
        """Say which keys could not be had, and which the desktop has given other keys."""
        for name, binding in self._desk.bindings.items():
            if name in self._rows and binding.fault is not None:
                self._rows[name].tell(binding.fault, "danger")
            elif name in self._rows and self._desk.asks_user and binding.keys:
                self._rows[name].tell(sentence("hotkeys.desktops_keys", keys=binding.keys), "muted")
