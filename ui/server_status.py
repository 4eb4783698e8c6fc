"""How it stands with the server of this machine: started and stopped, how far it is, what it writes."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QPushButton, QWidget

from app.i18n import say
from app.model.sentences import sentence
from app.serving import Order
from ui.fields import Note
from ui.icons import IconLabel
from ui.layout import column, label, row
from ui.mono_field import LogPane
from ui.server_desk import Phase, ServerDesk, Standing

_PERCENT = 100
_LOOKS = {
    Phase.OFF: ("info", "muted"),
    Phase.STARTING: ("loading", "muted"),
    Phase.READY: ("works", "success"),
    Phase.STOPPING: ("loading", "muted"),
}


class ServerStatus(QWidget):
    """What can be done about a server, and its log; `start_pressed` when what is shown is to be started."""

    start_pressed = Signal()

    def __init__(self, desk: ServerDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._order: Order | None = None
        self._start, self._stop = QPushButton(), QPushButton()
        self._mark, self._note, self._other = IconLabel(), Note(), Note()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._caption, self._log = label("small"), LogPane()
        self._caption.setBuddy(self._log)
        line = row()
        for button in (self._start, self._stop):
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._mark)
        line.addWidget(self._note, 1)
        whole = column(self)
        whole.addWidget(self._other)
        whole.addLayout(line)
        for widget in (self._bar, self._caption, self._log):
            whole.addWidget(widget)
        self._start.clicked.connect(self.start_pressed)
        self._stop.clicked.connect(desk.stop_requested)
        desk.planned.connect(self._show)
        desk.changed.connect(self._show)
        desk.logged.connect(self._take_lines)
        self._take_lines(tuple(desk.log))

    def show_order(self, order: Order) -> None:
        """Show how it stands with what would be started."""
        self._order = order
        self._show()

    def speak(self) -> None:
        """Say everything in the language of now."""
        self._start.setText(say("service.start"))
        self._stop.setText(say("service.stop"))
        self._caption.setText(say("service.log"))
        self._log.setAccessibleName(self._caption.text())
        self._show()

    def _show(self) -> None:
        standing, plan = self._desk.standing, self._desk.plan_of(self._order)
        busy, ours = standing.phase is not Phase.OFF, standing.is_of(self._order)
        self._start.setVisible(not (busy and ours))
        self._start.setEnabled(
            plan is not None and plan.launch is not None and standing.phase is not Phase.STOPPING
        )
        self._stop.setVisible(busy)
        self._stop.setEnabled(standing.phase is not Phase.STOPPING)
        self._show_other(standing if busy and not ours else Standing())
        self._show_standing(standing if ours else Standing())

    def _show_other(self, standing: Standing) -> None:
        """Say that another server runs, in whose place this one would come."""
        launch = standing.launch
        runs = sentence("service.other_runs", model=launch.model, url=launch.url) if launch else None
        self._other.show_sentence(runs, "warning")

    def _show_standing(self, standing: Standing) -> None:
        mark, look = _LOOKS[standing.phase] if standing.fault is None else ("error", "danger")
        self._mark.show_icon(mark, look)
        self._note.show_sentence(standing.sentence(), look)
        far = standing.progress
        self._bar.setVisible(standing.phase is Phase.STARTING)
        self._bar.setRange(0, _PERCENT if far is not None else 0)  # without an end it moves to and fro
        self._bar.setValue(round(_PERCENT * far.part) if far is not None else 0)
        self._bar.setAccessibleName(self._note.text())

    def _take_lines(self, lines: tuple[str, ...]) -> None:
        if lines:
            self._log.add(lines)
        else:
            self._log.clear()
        for widget in (self._caption, self._log):
            widget.setVisible(not self._log.is_empty())
