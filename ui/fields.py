"""Small form fields that Qt has almost."""

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from app.i18n import say
from app.model.sentences import Sentence
from ui.layout import set_look

_ROW = 36


class NameList(QListWidget):
    """A few names to choose one from, in rows of one height."""

    def __init__(self, look: str, width: int, parent: QWidget | None = None) -> None:
        """`look` is ``nav`` or ``card``."""
        super().__init__(parent)
        self.setProperty("look", look)
        self.setFixedWidth(width)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def offer(self, names: Iterable[str], chosen: int) -> None:
        """Offer these names and choose one, silently."""
        self.blockSignals(True)
        self.clear()
        for name in names:
            item = QListWidgetItem(name, self)
            item.setSizeHint(QSize(0, _ROW))
        self.setCurrentRow(chosen)
        self.blockSignals(False)


class Note(QLabel):
    """A sentence under a field, in a colour that says how bad it is; hidden while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self._what: Sentence | None = None
        self.hide()

    def show_sentence(self, what: Sentence | None, look: str = "muted") -> None:
        """Show a sentence; `look` is ``muted``, ``danger``, ``warning`` or ``success``."""
        self._what = what
        self.setText(say(what) if what is not None else "")
        self.setVisible(what is not None)
        set_look(self, "look", look)

    def sentence(self) -> Sentence | None:
        """Return what it says."""
        return self._what
