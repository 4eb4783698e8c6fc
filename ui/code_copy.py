"""A copy button on each piece of code: a real button, so that keyboards and screen readers find it."""

from PySide6.QtCore import QEvent, QPoint, QTimer
from PySide6.QtGui import QGuiApplication, QTextBlockFormat, QTextDocument
from PySide6.QtWidgets import QWidget

from app.i18n import say
from ui.formats import CODE_HEAD, Card, Own
from ui.icons import IconButton

BUTTONS = 200  # of one text; the code of further ones is copied from the menu
_THANKS = 1500  # milliseconds that a button says it has copied


def code_at(document: QTextDocument, position: int) -> str:
    """Return the code whose first line, or any line, stands at `position`; empty where there is none."""
    block = document.findBlock(position)
    while (
        block.isValid()
        and block.blockFormat().intProperty(Own.CARD)
        and not _is(block.blockFormat(), Card.FIRST)
    ):
        block = block.previous()
    lines: list[str] = []
    while block.isValid() and block.blockFormat().intProperty(Own.CARD):
        look = block.blockFormat()
        if lines and _is(look, Card.FIRST):
            break
        if lines and look.boolProperty(Own.JOINED):
            lines[-1] += block.text()
        else:
            lines.append(block.text())
        if _is(look, Card.LAST):
            break
        block = block.next()
    return "\n".join(lines)


class CopyButton(IconButton):
    """Copies, and says so for a moment."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        """`key` is the catalogue's for what it copies."""
        super().__init__("copy", parent, look="small", tone="muted")
        self._key = key
        self._timer = QTimer(self, interval=_THANKS, singleShot=True)
        self._timer.timeout.connect(self._ready)
        self._ready()

    def copy(self, text: str) -> None:
        """Put `text` on the clipboard."""
        QGuiApplication.clipboard().setText(text)
        self.show_icon("check")
        self.call(say("reply.copied"))
        self._timer.start()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language, and the appearance."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._ready()

    def _ready(self) -> None:
        self.show_icon("copy")
        self.call(say(self._key))


class CodeButtons:
    """The buttons on the code of one view."""

    def __init__(self, view: QWidget, document: QTextDocument) -> None:
        self._view = view
        self._document = document
        self._buttons: list[CopyButton] = []
        self._placed: list[int] = []
        self._width = 0

    def place(self, cards: list[int]) -> None:
        """Have one button on each piece of code; `cards` are the positions of their first lines."""
        wanted, width = cards[:BUTTONS], self._view.width()
        while len(self._buttons) > len(wanted):
            button = self._buttons.pop()
            button.hide()
            button.deleteLater()
        while len(self._buttons) < len(wanted):
            self._buttons.append(self._button(len(self._buttons)))
        # A text only grows at its end: the code above stays where it is, but for the last.
        same = (
            max(len(self._placed) - 1, 0)
            if width == self._width and wanted[: len(self._placed)] == self._placed
            else 0
        )
        for button, position in zip(self._buttons[same:], wanted[same:], strict=True):
            self._move(button, position, width)
        self._placed, self._width = wanted, width

    def _move(self, button: CopyButton, position: int, right: int) -> None:
        block = self._document.findBlock(position)
        top = self._document.documentLayout().blockBoundingRect(block).top() - CODE_HEAD
        size = button.sizeHint()
        button.setProperty("position", position)
        button.resize(size)
        button.move(QPoint(right - size.width() - 6, round(top + (CODE_HEAD - size.height()) / 2)))

    def _button(self, number: int) -> CopyButton:
        button = CopyButton("reply.copy_code", self._view)
        button.setObjectName(f"copy-code-{number}")
        button.clicked.connect(lambda: button.copy(code_at(self._document, int(button.property("position")))))
        button.show()
        return button


def _is(look: QTextBlockFormat, part: Card) -> bool:
    return bool(look.intProperty(Own.CARD) & part)
