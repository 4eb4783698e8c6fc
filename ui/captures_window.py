"""The captures of the last days, to be used again."""

from collections.abc import Callable

from PySide6 import QtWidgets
from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from app.i18n import say
from app.model.captures import Capture
from app.model.sentences import Sentence
from ui.capture_grid import CaptureGrid, weight
from ui.icons import IconButton
from ui.layout import column, frame, label, row
from ui.theme import SPACE
from ui.thumbnails import Loader

_KEYS = {"open": "Space", "copy": "Ctrl+C", "save": "Ctrl+S", "pin": "P", "delete": "Del"}
_ICONS = {"open": "picture", "copy": "copy", "save": "save", "pin": "pin", "delete": "remove"}
_SINGLE = ("open", "copy", "save")  # what is done with one at a time


class CapturesWindow(QDialog):
    """Lists captures; `requested` has what is wanted (a word of the catalogue) and the chosen captures.

    The words are ``attach``, ``open``, ``copy``, ``save``, ``pin`` and ``delete``; `all_deleted` when all shall go.
    """

    requested = Signal(str, object)
    all_deleted = Signal()

    def __init__(self, load: Loader, parent: QWidget | None = None) -> None:
        """`load` gives the bytes of a stored picture."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._grid = CaptureGrid(load)
        self._amount = label("small")
        self._nothing = label("muted", wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._is_on = True
        self._buttons = {name: IconButton(picture) for name, picture in _ICONS.items()}
        self._all, self._attach = QPushButton(), QPushButton()
        self._lay_out()
        self._connect()
        self._speak()
        self.resize(4 * 180 + 64, 620)
        self._grid.setFocus()

    def _lay_out(self) -> None:
        bar, foot = frame("bar"), frame("foot")
        tools = row(bar, gap=4, margins=(2 * SPACE, SPACE, SPACE, SPACE))
        tools.addWidget(self._amount, 1)
        for button in self._buttons.values():
            tools.addWidget(button)
        ends = row(foot, margins=(2 * SPACE, 12, 2 * SPACE, 12))
        ends.addWidget(self._all)
        ends.addStretch()
        ends.addWidget(self._attach)
        self._all.setAutoDefault(False)
        self._attach.setProperty("look", "primary")
        inside = column(margins=(2 * SPACE, 2 * SPACE, 2 * SPACE, 0))
        inside.addWidget(self._nothing, 1)
        inside.addWidget(self._grid, 1)
        whole = column(self, gap=0)
        whole.addWidget(bar)
        whole.addLayout(inside, 1)
        whole.addWidget(foot)

    def _connect(self) -> None:
        for name, button in self._buttons.items():
            button.clicked.connect(self._asker(name))
            QShortcut(QKeySequence(_KEYS[name]), self, self._asker(name))
        self._attach.clicked.connect(self._asker("attach"))
        self._all.clicked.connect(self._ask_about_all)
        self._grid.taken.connect(self._asker("attach"))
        self._grid.chosen_changed.connect(self._refresh)
        self._grid.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._grid.customContextMenuRequested.connect(self._show_menu)

    def _asker(self, name: str) -> Callable[[], None]:
        def ask() -> None:
            if self._can(name):
                self.requested.emit(name, self._grid.chosen())

        return ask

    def _can(self, name: str) -> bool:
        count = len(self._grid.chosen())
        return count == 1 if name in _SINGLE else count > 0

    def show_captures(self, captures: tuple[Capture, ...], *, is_on: bool) -> None:
        """Show these; `is_on` tells whether there will be more."""
        self._is_on = is_on
        self._grid.show_captures(captures)
        self._say_amount()

    def tell(self, words: Sentence) -> None:
        """Say something where the amount stands, until that changes."""
        self._amount.setText(say(words))

    def _say_amount(self) -> None:
        captures = self._grid.captures()
        sizes = sum(capture.size() for capture in captures)
        self._amount.setText(
            say("captures.amount", n=len(captures), weight=weight(sizes)) if captures else ""
        )
        self._nothing.setText(say("captures.empty" if self._is_on else "captures.off"))
        self._nothing.setVisible(not captures)
        self._grid.setVisible(bool(captures))
        self._refresh()

    def _refresh(self) -> None:
        for name, button in self._buttons.items():
            button.setEnabled(self._can(name))
        self._attach.setEnabled(self._can("attach"))
        self._all.setEnabled(bool(self._grid.captures()))

    def _show_menu(self, point: QPoint) -> None:
        if not self._grid.indexAt(point).isValid():
            return
        menu = QtWidgets.QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in ("attach", *_KEYS):
            menu.addAction(say(f"captures.{name}"), self._asker(name)).setEnabled(self._can(name))
        menu.popup(self._grid.viewport().mapToGlobal(point))

    def _ask_about_all(self) -> None:
        box = QtWidgets.QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle(say("captures.delete_all"))
        box.setText(say("captures.delete_all_question", n=len(self._grid.captures())))
        sure = box.addButton(say("captures.sure"), box.ButtonRole.DestructiveRole)
        back = box.addButton(say("captures.back"), box.ButtonRole.RejectRole)
        box.setDefaultButton(back)
        box.setEscapeButton(back)
        sure.clicked.connect(self.all_deleted)
        box.open()

    def _speak(self) -> None:
        self.setWindowTitle(say("captures.title"))
        self._grid.setAccessibleName(say("captures.list"))
        for name, button in self._buttons.items():
            button.call(say(f"captures.{name}"), _KEYS[name])
        self._attach.setText(say("captures.attach"))
        self._all.setText(say("captures.delete_all"))
        self._say_amount()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._speak()
