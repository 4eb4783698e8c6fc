"""The field that says what to look for."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.i18n import say
from ui.icons import icon


class SearchField(QLineEdit):
    """A button and Esc empty it; only when it is empty is that key the window's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "search")
        # Made here and not by `addAction` nor `setClearButtonEnabled`, which searches the desktop's icons for 4 ms.
        self._glass, self._clear = QAction(self), QAction(self)
        self._clear.setVisible(False)
        self._clear.triggered.connect(self.clear)
        self.textChanged.connect(lambda text: self._clear.setVisible(bool(text)))
        self.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        self._tint()
        self._speak()

    def event(self, event: QEvent) -> bool:
        """Claim the key before it becomes a shortcut."""
        if event.type() is QEvent.Type.ShortcutOverride and self._clears(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Search for nothing any more."""
        if self._clears(event):
            self.clear()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the appearance."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._speak()
        elif event.type() is QEvent.Type.PaletteChange:
            self._tint()

    def _clears(self, event: QEvent) -> bool:
        return isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and bool(self.text())

    def _tint(self) -> None:
        self._glass.setIcon(icon("search", "muted"))
        self._clear.setIcon(icon("close", "muted"))

    def _speak(self) -> None:
        self.setPlaceholderText(say("history.search"))
        self.setAccessibleName(say("history.search"))
        self._clear.setText(say("history.clear"))
