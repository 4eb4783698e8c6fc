"""One thing that Glimpse would do if it may: a sentence, and the button that has it done."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from app.i18n import say
from app.model.sentences import Sentence
from ui.fields import Note
from ui.icons import IconLabel
from ui.layout import frame, row


class Proposal(QWidget):
    """Hidden until there is something to propose; `accepted` when the button is pressed."""

    accepted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark, self._note, self._button = IconLabel(), Note(), QPushButton()
        self._action: Sentence | None = None
        card = frame("proposal")
        line = row(card, margins=(12, 6, 6, 6))
        line.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._note, 1)
        line.addWidget(self._button)
        row(self).addWidget(card)
        self._mark.show_icon("info", "muted")
        self._button.clicked.connect(self.accepted)
        self.hide()

    def propose(self, what: Sentence, action: Sentence) -> None:
        """Say what could be done; `action` is what the button says."""
        self._action = action
        self._note.show_sentence(what, "")
        self.speak()
        self.show()

    def speak(self) -> None:
        """Say it in the language of now."""
        if self._action is not None:
            self._note.show_sentence(self._note.sentence(), "")
            self._button.setText(say(self._action))
            self._button.setAccessibleName(f"{self._note.text()} {self._button.text()}")
