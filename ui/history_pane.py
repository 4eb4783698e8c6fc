"""The left pane: a field to search in, and the list of conversations once `put` has brought it."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QWidget

from app.i18n import say
from ui.icons import IconButton
from ui.layout import column, label, row
from ui.search_field import SearchField
from ui.theme import SPACE

_PAUSE = 150  # milliseconds after the last letter


class HistoryPane(QFrame):
    """What is seen of the history before anything of it is known.

    `search_changed` has the words to look for, bare of space around them, once typing has paused.
    """

    new_requested = Signal()
    search_changed = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("history")
        self._field = SearchField()
        self._new, self._back = IconButton("new"), IconButton("left")
        self._back.hide()
        self._is_empty = True
        self._hint = label("muted", wrap=True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setMargin(2 * SPACE)
        self._list = QWidget()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._lay_out()
        self._field.textChanged.connect(lambda _: self._pause.start())
        self._pause.timeout.connect(lambda: self.search_changed.emit(self._field.text().strip()))
        self._new.clicked.connect(self.new_requested)
        self._back.clicked.connect(self.left)
        self._speak()

    def _lay_out(self) -> None:
        top = row(margins=(SPACE, SPACE, SPACE, SPACE))
        top.addWidget(self._back)
        top.addWidget(self._field, 1)
        top.addWidget(self._new)
        self._column = column(self, gap=0)
        self._column.addLayout(top)
        self._column.addWidget(self._hint)
        self._column.addWidget(self._list, 1)

    def put(self, conversations: QWidget) -> None:
        """Show this list under the field."""
        before, self._list = self._list, conversations
        self._column.replaceWidget(before, conversations)
        before.deleteLater()

    def show_empty(self, empty: bool) -> None:
        """Say why the list is empty, or let it speak for itself."""
        self._is_empty = empty
        self._say_empty()

    def show_back(self, shown: bool) -> None:
        """Offer a way back to the conversation, in whose place the pane is."""
        self._back.setVisible(shown)

    def focus_list(self) -> None:
        """Let the arrow keys walk through the conversations."""
        self._list.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_search(self) -> None:
        """Let the next key write into the search field."""
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.selectAll()

    def _say_empty(self) -> None:
        searching = bool(self._field.text().strip())
        self._hint.setText(say("history.nothing_found" if searching else "history.empty"))
        self._hint.setVisible(self._is_empty)

    def _speak(self) -> None:
        self._new.call(say("history.new"), "Ctrl+N")
        self._back.call(say("history.back"), "Ctrl+B")
        self._say_empty()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._speak()
