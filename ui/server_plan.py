"""The command that would start a server on this machine, or why there is none."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.gpus import Gpu
from app.i18n import say
from app.model.sentences import Sentence, sentence
from app.serving import Order
from ui.code_copy import CopyButton
from ui.fields import Note
from ui.layout import column, label, row
from ui.mono_field import MonoField
from ui.server_desk import ServerDesk

_HEIGHT = 96


class ServerPlan(QWidget):
    """The graphics processors that were found, the command to copy, and what stands in its way."""

    def __init__(self, desk: ServerDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._order: Order | None = None
        self._gpus, self._caption = label("small", wrap=True), label("small")
        self._command, self._copy = MonoField(_HEIGHT), CopyButton("service.copy")
        self._obstacle, self._instead = Note(), label(wrap=True)
        self._card = QWidget()
        card = column(self._card, gap=2)
        heading = row()
        heading.addWidget(self._caption, 1, Qt.AlignmentFlag.AlignBottom)
        heading.addWidget(self._copy)
        card.addLayout(heading)
        card.addWidget(self._command)
        self._caption.setBuddy(self._command)
        whole = column(self)
        for widget in (self._gpus, self._card, self._obstacle, self._instead):
            whole.addWidget(widget)
        self._copy.clicked.connect(lambda: self._copy.copy(self._command.toPlainText()))
        desk.planned.connect(self._show)

    def show_order(self, order: Order) -> None:
        """Have looked up what an order comes to, and show that."""
        self._order = order
        self._desk.ask(order)
        self._show()

    def speak(self) -> None:
        """Say everything in the language of now."""
        self._caption.setText(say("service.command"))
        self._command.setAccessibleName(self._caption.text())
        self._instead.setText(say("service.instead"))
        self._show()

    def _show(self) -> None:
        plan = self._desk.plan_of(self._order)
        launch = plan.launch if plan is not None else None
        self._gpus.setText(say(_found(plan.gpus) if plan is not None else "service.looking"))
        self._gpus.setVisible(plan is None or bool(plan.gpus))
        self._card.setVisible(launch is not None)
        self._command.setPlainText(launch.line() if launch is not None else "")
        self._obstacle.show_sentence(plan.fault if plan is not None else None, "warning")
        self._instead.setVisible(plan is not None and launch is None)


def _found(gpus: tuple[Gpu, ...]) -> Sentence:
    """Say which graphics processors were found, those of a kind together."""
    names = [f"{gpu.name} ({round(gpu.memory / 2**30)} GB)" for gpu in gpus]
    kinds = ", ".join(f"{names.count(name)} × {name}" for name in dict.fromkeys(names))
    return sentence("service.gpus", gpus=kinds)
