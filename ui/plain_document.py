"""Plain text that grows, in a text view: nothing in it is read as anything else."""

from PySide6.QtGui import QTextCursor, QTextDocument

from ui.blocks import Block, Kind
from ui.clean import clean
from ui.formats import Formats
from ui.inline import PIECE
from ui.theme import Theme


class PlainDocument:
    """Shows what is written to it, letter by letter; `tone` is the theme's field of their colour.

    A line that is too long to be laid out as one is broken.
    """

    def __init__(self, document: QTextDocument, theme: Theme, tone: str = "text") -> None:
        document.setUndoRedoEnabled(False)
        document.setDocumentMargin(0)
        self._document = document
        self._tone = tone
        self._waiting: list[str] = []
        self._line = 0  # letters of the last line so far
        self.restyle(theme)

    def write(self, text: str) -> None:
        """Add to the text; `work` shows it."""
        if text:
            self._waiting.append(clean(text))

    def work(self, most: int | None = None) -> bool:
        """Lay out at most `most` letters more; return whether some are left."""
        text = "".join(self._waiting)
        now, later = (text, "") if most is None else (text[:most], text[most:])
        self._waiting = [later] if later else []
        if now:
            cursor = QTextCursor(self._document)
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(self._broken(now), self._letters)
        return bool(later)

    def restyle(self, theme: Theme) -> None:
        """Show everything in other colours."""
        formats = Formats(theme, self._tone)
        block = Block(Kind.TEXT, joined=True)
        self._letters = formats.plain(block)
        cursor = QTextCursor(self._document)
        cursor.select(QTextCursor.SelectionType.Document)
        look = formats.block(block, None)
        look.setBottomMargin(0)
        cursor.setBlockFormat(look)
        cursor.setBlockCharFormat(self._letters)
        cursor.setCharFormat(self._letters)

    def _broken(self, text: str) -> str:
        made: list[str] = []
        for line in text.splitlines(keepends=True):
            rest = line
            while len(rest) > (room := PIECE - self._line):
                made += [rest[:room], "\n"]
                rest = rest[room:]
                self._line = 0
            made.append(rest)
            self._line = 0 if rest.endswith("\n") else self._line + len(rest)
        return "".join(made)
