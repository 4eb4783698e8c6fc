"""A list to choose one of."""

from PySide6 import QtWidgets
from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QStyleOptionComboBox, QWidget

_AROUND = 46  # logical pixels that the style sheet keeps beside the words: edges, padding, arrow


class Choice(QComboBox):
    """A list to choose from whose entries are words with a value; a wheel passing by changes nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def offer(self, entries: tuple[tuple[str, str], ...], value: str) -> None:
        """Offer (value, words) pairs and choose `value`, silently."""
        self.blockSignals(True)
        self.clear()
        for data, words in entries:
            self.addItem(words, data)
        self.setCurrentIndex(max(self.findData(value), 0))
        self.blockSignals(False)

    def value(self) -> str:
        """Return the value of the entry that is chosen."""
        return str(self.currentData() or "")

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        """Shorten what does not fit, instead of cutting it off."""
        super().initStyleOption(option)
        option.currentText = self.fontMetrics().elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, self.width() - _AROUND
        )

    def showPopup(self) -> None:
        """Open the list."""
        # Only with this delegate do the entries obey the style sheet.  The list is made for it: not before it is wanted.
        if not isinstance(self.itemDelegate(), QtWidgets.QStyledItemDelegate):
            self.setItemDelegate(QtWidgets.QStyledItemDelegate(self))
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll instead."""
        event.ignore()
