"""What a program is told and what it says, letter for letter: plain text that can be read and copied."""

from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from ui.server_desk import LINES


class MonoField(QPlainTextEdit):
    """Text of one width that cannot be changed; `height` is in logical pixels."""

    def __init__(self, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "mono")
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setFixedHeight(height)


class LogPane(MonoField):
    """The last lines of a log; it stays at its end, unless the user has scrolled away from there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(160, parent)
        self.setMaximumBlockCount(LINES)

    def add(self, lines: tuple[str, ...]) -> None:
        """Add lines at the end."""
        self.appendPlainText("\n".join(lines))

    def is_empty(self) -> bool:
        """Tell whether there is nothing to read."""
        return self.document().isEmpty()
