"""The extra of the built-in reader: a small model that puts into words what was read, to be had and switched off here."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QWidget

from app.i18n import say
from ui.layout import column, frame, label
from ui.model_desk import WHOLE, ModelDesk
from ui.model_list import ModelRow


class WordsForm(QWidget):
    """Shows whether it is wanted, and the model itself; empty where the desk has none that cannot see."""

    changed = Signal()

    def __init__(self, desk: ModelDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._listing = next((one for one in desk.listings if one.projector is None), None)
        self._about = label(wrap=True)
        self._switch = QCheckBox()
        whole = column(self, gap=12)
        if self._listing is not None:
            self._row = ModelRow(self._listing, desk)
            card = frame("model")
            inside = column(card, margins=(12, 10, 12, 10))
            inside.addWidget(self._row)
            inside.addWidget(self._switch)
            whole.addWidget(self._about)
            whole.addWidget(card)
        self._switch.clicked.connect(self.changed)
        desk.changed.connect(self._show_switch)
        self.speak()
        self._show_switch()

    def show_wanted(self, wanted: bool) -> None:
        """Show whether it is wanted, silently."""
        self._switch.setChecked(wanted)

    def wanted(self) -> bool:
        """Tell whether it is wanted, once the model is here."""
        return self._switch.isChecked()

    def speak(self) -> None:
        """Say everything in the language of now."""
        self._about.setText(say("words.offer"))
        self._switch.setText(say("words.switch"))
        if self._listing is not None:
            self._row.speak()

    def showEvent(self, event: QShowEvent) -> None:
        """Have looked up whether the model is here."""
        super().showEvent(event)
        self._desk.looked_at.emit()

    def _show_switch(self) -> None:
        here = self._listing is not None and self._desk.stock(self._listing).kept == WHOLE
        self._switch.setVisible(here)
