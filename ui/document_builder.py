"""Blocks into a Qt document, by its cursor alone: no parser of Qt ever sees the text."""

from collections.abc import Sequence

from PySide6.QtGui import (
    QBrush,
    QColor,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextTable,
)

from ui.blocks import Block, Kind, Runs, Table
from ui.formats import CODE_GAP, CODE_HEAD, Formats

_END = QTextCursor.MoveOperation.End
_KEEP = QTextCursor.MoveMode.KeepAnchor


class DocumentBuilder:
    """Keeps a document equal to a list of blocks of which only the end changes.

    `cards` are the positions of the first line of each piece of code; `laid` counts the blocks and cells
    written so far, those written again once more.
    """

    def __init__(self, document: QTextDocument, formats: Formats) -> None:
        self._document = document
        self._formats = formats
        self.laid = 0
        document.setUndoRedoEnabled(False)
        document.setDocumentMargin(0)
        self.clear()

    def clear(self, formats: Formats | None = None) -> None:
        """Start again with an empty document, in other formats if any are given."""
        self._formats = formats or self._formats
        self._document.clear()
        self._shown: list[Block] = []
        self._ends: list[int] = []
        self._base = 0  # where the blocks that may change begin
        self._before: Block | None = None  # the block above them
        self._final = 0
        self.cards: list[int] = []

    @property
    def weight(self) -> int:
        """Return how many blocks and cells the document has."""
        return self._final + sum(block.weight for block in self._shown)

    def freeze(self, count: int) -> None:
        """Take the first `count` of the blocks shown as final."""
        if count:
            self._final += sum(block.weight for block in self._shown[:count])
            self._base = self._ends[count - 1]
            self._before = self._shown[count - 1]
            del self._shown[:count], self._ends[:count]

    def show(self, blocks: Sequence[Block]) -> None:
        """Show these blocks below those that are final; what is there already is left alone."""
        same = 0
        for old, new in zip(self._shown, blocks, strict=False):
            if old != new:
                break
            same += 1
        if same == len(self._shown) == len(blocks):
            return
        cursor = QTextCursor(self._document)
        cursor.beginEditBlock()
        if same < len(self._shown):
            same = self._extend(cursor, blocks, same)
        if same < len(self._shown):
            self._cut(cursor, same)
        cursor.movePosition(_END)
        for block in blocks[same:]:
            self._write(cursor, block)
        cursor.endEditBlock()

    def _extend(self, cursor: QTextCursor, blocks: Sequence[Block], at: int) -> int:
        """Write on in the last table if only rows were added; return how many blocks are right then."""
        if at != len(self._shown) - 1 or at >= len(blocks):
            return at
        old, new = self._shown[at].table, blocks[at].table
        if (
            old is None
            or new is None
            or (old.head, old.shares, old.aligns) != (new.head, new.shares, new.aligns)
        ):
            return at
        if len(new.rows) < len(old.rows):
            return at
        cursor.movePosition(_END)
        cursor.movePosition(QTextCursor.MoveOperation.PreviousCharacter)
        table = cursor.currentTable()
        table.appendRows(len(new.rows) - len(old.rows))
        for i, row in enumerate(new.rows):
            if i >= len(old.rows) or old.rows[i] != row:
                self._row(table, new, i)
        cursor.movePosition(_END)
        self._shown[at], self._ends[at] = blocks[at], cursor.position()
        return at + 1

    def _cut(self, cursor: QTextCursor, keep: int) -> None:
        position = self._ends[keep - 1] if keep else self._base
        cursor.setPosition(position)
        cursor.movePosition(_END, _KEEP)
        cursor.removeSelectedText()
        del self._shown[keep:], self._ends[keep:]
        while self.cards and self.cards[-1] >= position:
            self.cards.pop()
        above = self._above()
        if above is None or above.kind is Kind.TABLE:
            cursor.setBlockFormat(QTextBlockFormat())
            cursor.setBlockCharFormat(QTextCharFormat())
        else:
            # What was removed may have left its own format on an empty block.
            cursor.setBlockFormat(
                self._formats.block(above, self._shown[-2] if len(self._shown) > 1 else self._before)
            )

    def _above(self) -> Block | None:
        return self._shown[-1] if self._shown else self._before

    def _write(self, cursor: QTextCursor, block: Block) -> None:
        above = self._above()
        if above is None:
            self._set_top(CODE_HEAD + CODE_GAP if block.kind is Kind.CODE else 0)
        if block.table is not None:
            self._table(cursor, block.table)
        else:
            self._paragraph(cursor, block, above)
        self._shown.append(block)
        self._ends.append(cursor.position())
        self.laid += block.weight

    def _paragraph(self, cursor: QTextCursor, block: Block, above: Block | None) -> None:
        look, letters = self._formats.block(block, above), self._formats.plain(block)
        if above is None:  # the one block of an empty document is still free
            cursor.setBlockFormat(look)
            cursor.setBlockCharFormat(letters)
        else:
            cursor.insertBlock(look, letters)
        if block.first:
            self.cards.append(cursor.position())
        if block.marker:
            cursor.insertText(f"{block.marker}\t", letters)
        for run in block.runs:
            cursor.insertText(run.text, self._formats.run(block, run))

    def _table(self, cursor: QTextCursor, table: Table) -> None:
        made = cursor.insertTable(len(table.rows), len(table.aligns), self._formats.table(table))
        for i in range(len(table.rows)):
            self._row(made, table, i)
        cursor.movePosition(_END)
        cursor.setBlockFormat(QTextBlockFormat())

    def _row(self, made: QTextTable, table: Table, row: int) -> None:
        heading = table.head and row == 0
        look = Block(Kind.HEADING if heading else Kind.TEXT, level=6 if heading else 0)
        for column, runs in enumerate(table.rows[row]):
            cell = made.cellAt(row, column)
            if heading:
                shade = cell.format()
                shade.setBackground(QBrush(QColor(self._formats.theme.panel)))
                cell.setFormat(shade)
            self._cell(
                cell.firstCursorPosition(),
                cell.lastCursorPosition().position(),
                look,
                table.aligns[column],
                runs,
            )

    def _cell(self, cursor: QTextCursor, end: int, look: Block, align: str, runs: Runs) -> None:
        cursor.setPosition(end, _KEEP)
        cursor.removeSelectedText()
        cursor.setBlockFormat(self._formats.cell(align))
        cursor.setBlockCharFormat(self._formats.plain(look))
        for run in runs:
            cursor.insertText(run.text, self._formats.run(look, run))

    def _set_top(self, margin: int) -> None:
        """Make room above the first block, whose own margin Qt leaves out."""
        root = self._document.rootFrame()
        look = root.frameFormat()
        look.setTopMargin(margin)
        root.setFrameFormat(look)
