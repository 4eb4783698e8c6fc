"""A small window for the tests of the harness itself; it says on stdout what reaches it.

Arguments choose its misbehaviour: `grumble` writes to stderr, `crash` aborts.
"""

import os
import sys

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)


def say(*words: object) -> None:
    """Tell the test."""
    print(*words, flush=True)


class Field(QPlainTextEdit):
    """A field that sends on Enter, takes drops and pastes of files, and tells of each."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Question")

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Treat Enter as the composer does."""
        if event.key() == Qt.Key.Key_Return:
            say("enter", self.toPlainText())
        else:
            super().keyPressEvent(event)

    def canInsertFromMimeData(self, _source: QMimeData) -> bool:  # noqa: N802 (Qt's name)
        """Take everything."""
        return True

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802 (Qt's name)
        """Tell what was pasted or dropped."""
        if source.hasImage():
            say("image", source.imageData().width(), source.imageData().height())
        elif source.hasUrls():
            say("files", *(url.toLocalFile() for url in source.urls()))
        else:
            super().insertFromMimeData(source)


class Sample(QWidget):
    """One of everything."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Sample")
        self.resize(500, 600)
        self._label = QLabel("nothing yet")
        self._field = Field()
        send = QPushButton("Send")
        send.clicked.connect(lambda: self._label.setText(f"sent: {self._field.toPlainText()}"))
        off = QPushButton("Off")
        off.setEnabled(False)
        hidden = QPushButton("Hidden")
        hidden.hide()
        answer = QTextBrowser()
        answer.setPlainText("The answer is 42. 答案")
        rows = QListWidget()
        rows.setAccessibleName("History")
        rows.addItems([f"row {number}" for number in range(60)])
        rows.itemDoubleClicked.connect(lambda item: self._label.setText(f"opened: {item.text()}"))
        tick = QCheckBox("Thinking")
        choice = QComboBox()
        choice.addItems(["vLLM", "SGLang"])
        column = QVBoxLayout(self)
        for widget in (self._field, send, off, hidden, self._label, answer, rows, tick, choice):
            column.addWidget(widget)
        QShortcut(QKeySequence("Ctrl+Q"), self, self.close)
        self._field.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 (Qt's name)
        """Tell what was in the field."""
        say("closed", self._field.toPlainText())
        super().closeEvent(event)


def main() -> int:
    """Show the window."""
    app = QApplication(sys.argv[:1])
    if "crash" in sys.argv:
        os.abort()
    if "grumble" in sys.argv:
        print("something is wrong", file=sys.stderr)
    sample = Sample()
    sample.show()
    return app.exec()


if __name__ == "__main__":
    raise SystemExit(main())
