"""The servers that were found on this computer, each with a button that takes it."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.model.checkups import Server
from app.model.sentences import sentence
from app.servers import model_of, name_of
from ui.layout import column
from ui.proposal import Proposal
from ui.theme import SPACE


class FoundServers(QWidget):
    """Hidden while there are none; `taken` gives the `Server` whose button was pressed."""

    taken = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = column(self, margins=(2 * SPACE, 2 * SPACE, 2 * SPACE, 0))
        self._proposals: list[Proposal] = []
        self.hide()

    def show_servers(self, servers: tuple[Server, ...]) -> None:
        """Propose these, and no others any more."""
        for proposal in self._proposals:
            self._column.removeWidget(proposal)
            proposal.hide()  # it may be the very one whose button is being pressed: gone once that is over
            proposal.deleteLater()
        self._proposals = [self._propose(server) for server in servers]
        self.setVisible(bool(servers))

    def speak(self) -> None:
        """Say everything in the language of now."""
        for proposal in self._proposals:
            proposal.speak()

    def _propose(self, server: Server) -> Proposal:
        proposal = Proposal()
        self._column.addWidget(proposal)
        found = sentence("server.found", server=name_of(server), model=model_of(server))
        proposal.propose(found, sentence("server.add"))
        proposal.accepted.connect(partial(self.taken.emit, server))
        return proposal
