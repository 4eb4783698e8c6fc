"""One key that works everywhere: the field to press it in, buttons to reset and try it, and what came of it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from app.i18n import say
from app.model.sentences import Sentence
from ui.chord_field import ChordField
from ui.fields import Note
from ui.icons import IconButton
from ui.layout import column, row


class HotkeyRow(QWidget):
    """`tried` asks for the chord to be tried out; `changed` when it is another."""

    tried = Signal()
    changed = Signal()

    def __init__(self, name: str, usual: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._usual = usual
        self.field = ChordField()
        self._test = QPushButton()
        self._reset = IconButton("undo", look="small", tone="muted")
        self._clear = IconButton("close", look="small", tone="muted")
        self._note = Note()
        line = row()
        line.addWidget(self.field, 1)
        for button in (self._test, self._reset, self._clear):
            line.addWidget(button)
            keeping = button.sizePolicy()
            keeping.setRetainSizeWhenHidden(True)  # the fields of all rows end in one line
            button.setSizePolicy(keeping)
        whole = column(self, gap=4)
        whole.addLayout(line)
        whole.addWidget(self._note)
        self.field.recorded.connect(self._recorded)
        self._test.clicked.connect(self.tried)
        self._reset.clicked.connect(lambda: self._put(self._usual))
        self._clear.clicked.connect(lambda: self._put(""))
        self.speak()

    def chord(self) -> str:
        """Return the chord."""
        return self.field.chord()

    def set_chord(self, chord: str) -> None:
        """Show a chord of which nothing has been said yet."""
        self.field.set_chord(chord)
        self._note.show_sentence(None)
        self._test.setEnabled(bool(chord))
        self._reset.setVisible(chord != self._usual)
        self._clear.setVisible(bool(chord))

    def tell(self, what: Sentence | None, look: str) -> None:
        """Say what came of it."""
        self._note.show_sentence(what, look)

    def speak(self) -> None:
        """Say everything in the language of now."""
        title = say(f"hotkeys.{self._name}")
        self.field.setAccessibleName(title)
        self.field.speak()
        self._test.setText(say("hotkeys.test"))
        self._test.setAccessibleName(say("hotkeys.test_of", action=title))
        self._reset.call(say("hotkeys.reset_of", action=title))
        self._clear.call(say("hotkeys.clear_of", action=title))
        self._note.show_sentence(self._note.sentence(), str(self._note.property("look") or "muted"))

    def _put(self, chord: str) -> None:
        if chord != self.chord():
            self.field.set_chord(chord)
            self._recorded()

    def _recorded(self) -> None:
        self.set_chord(self.chord())
        self.changed.emit()
