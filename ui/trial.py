"""Testing a backend: the button, what was found, and what to do when another kind of server answers."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from app.i18n import say
from app.model.checkups import Checkup, Health
from app.model.sentences import Sentence, sentence
from app.servers import finding
from app.serving import ENGINES
from ui.fields import Note
from ui.icons import IconLabel
from ui.layout import column, row
from ui.preset import Preset
from ui.proposal import Proposal

_FINDINGS = {
    Health.WORKS: ("works", "success"),
    Health.LOADING: ("loading", "warning"),
    Health.NO_MODEL: ("warning", "warning"),
    Health.UNREACHABLE: ("error", "danger"),
    Health.REFUSED: ("error", "danger"),
}


class Trial(QWidget):
    """`requested` when a test is wanted; `kind_taken` gives the preset of who answered instead, to be used."""

    requested = Signal()
    kind_taken = Signal(str)

    def __init__(self, presets: Mapping[str, Preset], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presets = presets
        self._test = QPushButton()
        self._mark, self._found = IconLabel(), Note()
        self._other_kind = Proposal()
        self._answering = ""  # the preset of who answered instead
        line = row()
        line.addWidget(self._test, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._mark)
        line.addWidget(self._found, 1)
        line.addStretch()
        whole = column(self, gap=12)
        whole.addLayout(line)
        whole.addWidget(self._other_kind)
        self._test.clicked.connect(self.requested)
        self._other_kind.accepted.connect(lambda: self.kind_taken.emit(self._answering))

    def show_testing(self, what: Sentence) -> None:
        """Say that the test is under way."""
        self._test.setEnabled(False)
        self._other_kind.hide()
        self._mark.setVisible(True)
        self._mark.show_icon("loading", "muted")
        self._found.show_sentence(what)

    def show_checkup(self, checkup: Checkup | None, chosen: str) -> None:
        """Show what a test found where a preset is `chosen`; None clears the last result."""
        self._mark.setVisible(checkup is not None)
        self._test.setEnabled(True)
        self._propose_other_kind(checkup, chosen)
        if checkup is None:
            self._found.show_sentence(None)
            return
        mark, look = _FINDINGS[checkup.health]
        self._mark.show_icon(mark, look)
        self._found.show_sentence(finding(checkup), look)

    def speak(self) -> None:
        """Say everything in the language of now."""
        self._test.setText(say("settings.test"))
        self._other_kind.speak()

    def _propose_other_kind(self, checkup: Checkup | None, chosen: str) -> None:
        """Propose the dialect of who answered, where the profile names another."""
        server = checkup.server if checkup is not None else None
        there = self._presets.get(server.preset if server else "")
        if there is None or there.id in (chosen, ENGINES.get(chosen)):
            self._other_kind.hide()
            return
        self._answering = there.id
        found, said = say(there.label), say(self._presets[chosen].label)
        self._other_kind.propose(
            sentence("server.other_kind", found=found, chosen=said), sentence("server.use", found=found)
        )
