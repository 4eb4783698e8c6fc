"""How each kind of block and letter looks in a text view: measures in pixels, colours of one theme."""

from enum import IntEnum
from functools import cache

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontInfo,
    QGuiApplication,
    QTextBlockFormat,
    QTextCharFormat,
    QTextFormat,
    QTextLength,
    QTextOption,
    QTextTableFormat,
)

from ui.blocks import Block, Kind, Mark, Run, Table
from ui.highlight import colours
from ui.theme import MONO, Theme

INDENT = 26  # of a list
QUOTE = 18  # of a quotation
CODE_SIDE, CODE_HEAD, CODE_FOOT, CODE_GAP = 14, 36, 12, 10  # inside and between the cards of code
CODE_LINE = 19
_HEADINGS = {1: 1.5, 2: 1.3, 3: 1.15}
_ABOVE_HEADING = {1: 26, 2: 26}
_LINE = 1.6  # Chinese needs more than the 1.45 that Latin letters do
_ALIGNS = {"right": Qt.AlignmentFlag.AlignRight, "center": Qt.AlignmentFlag.AlignHCenter}


class Own(IntEnum):
    """Properties of our own that a block carries for `ui.decorations`."""

    CARD = QTextFormat.Property.UserProperty.value + 1  # a line of code: one of `Card`
    QUOTE = QTextFormat.Property.UserProperty.value + 2  # how many quotations it stands in
    RULE = QTextFormat.Property.UserProperty.value + 3
    EDGE = QTextFormat.Property.UserProperty.value + 4  # where its card begins, in pixels
    JOINED = QTextFormat.Property.UserProperty.value + 5
    LANGUAGE = QTextFormat.Property.UserProperty.value + 6


class Card(IntEnum):
    """Which part of its card a line of code is; a card of one line is FIRST and LAST."""

    MIDDLE = 1
    FIRST = 2
    LAST = 4


class Formats:
    """The formats of one theme; `tone` is the field of the theme that plain letters have."""

    def __init__(self, theme: Theme, tone: str = "text") -> None:
        self.theme = theme
        self._tone = QColor(getattr(theme, tone))
        self._points = QGuiApplication.font().pointSizeF()
        self._line = round(QFontInfo(QGuiApplication.font()).pixelSize() * _LINE)
        self.char = cache(self._char)

    def block(self, block: Block, before: Block | None) -> QTextBlockFormat:
        """Return the format of a block that stands under `before`."""
        made = QTextBlockFormat()
        edge = INDENT * block.indent + QUOTE * block.quote
        made.setLeftMargin(edge)
        if block.quote:
            made.setProperty(Own.QUOTE, block.quote)
        if block.joined:
            made.setProperty(Own.JOINED, True)
        match block.kind:
            case Kind.HEADING:
                size = _HEADINGS.get(block.level, 1)
                _set_line(made, self._line * (size + 1) / 2)
                _set_margins(made, _ABOVE_HEADING.get(block.level, 20), 8)
                made.setHeadingLevel(block.level)
            case Kind.CODE:
                self._code(made, block, before, edge)
            case Kind.RULE:
                _set_line(made, 1)
                _set_margins(made, 20, 20)
                made.setProperty(Own.RULE, True)
                made.setProperty(Own.EDGE, edge)
            case _:
                _set_line(made, self._line)
                gap = 4 if block.indent else 10
                _set_margins(made, 0 if block.joined else gap, gap)
        if block.marker:
            made.setTextIndent(-_hang(block.marker))
            made.setTabPositions([QTextOption.Tab(_hang(block.marker), QTextOption.TabType.LeftTab)])
            made.setLeftMargin(edge - INDENT + max(INDENT, _hang(block.marker)))
        return made

    def _code(self, made: QTextBlockFormat, block: Block, before: Block | None, edge: int) -> None:
        _set_line(made, CODE_LINE)
        top = CODE_HEAD + CODE_GAP if block.first else 0
        if block.first and before is not None and before.kind is Kind.CODE:
            top += CODE_FOOT + CODE_GAP  # margins of neighbours overlap
        _set_margins(made, top, CODE_FOOT + CODE_GAP if block.last else 0)
        made.setLeftMargin(edge + CODE_SIDE)
        made.setRightMargin(CODE_SIDE)
        made.setProperty(Own.CARD, Card.MIDDLE | Card.FIRST * block.first | Card.LAST * block.last)
        made.setProperty(Own.EDGE, edge)
        if block.first and block.language:
            made.setProperty(Own.LANGUAGE, block.language[:24])

    def _char(
        self, kind: Kind, level: int, quoted: bool, mark: Mark, link: str, token: str
    ) -> QTextCharFormat:
        """Return the format of letters."""
        made = QTextCharFormat(colours(self.theme.pygments, token))
        if not made.hasProperty(QTextFormat.Property.ForegroundBrush):
            made.setForeground(QColor(self.theme.muted) if quoted else self._tone)
        made.setFontPointSize(self._points * _HEADINGS.get(level, 1))
        if kind is Kind.CODE or mark & Mark.CODE:
            made.setFontFamilies(list(MONO))
            made.setFontFixedPitch(True)
            made.setFontPointSize(self._points * 0.92)
        if mark & Mark.CODE:
            made.setBackground(QColor(self.theme.hover))
        if kind is Kind.HEADING or mark & Mark.BOLD:
            made.setFontWeight(QFont.Weight.DemiBold if kind is Kind.HEADING else QFont.Weight.Bold)
        if mark & Mark.ITALIC:
            made.setFontItalic(True)
        if mark & Mark.STRIKE:
            made.setFontStrikeOut(True)
        if link:
            made.setAnchor(True)
            made.setAnchorHref(link)
            made.setForeground(QColor(self.theme.link))
            made.setFontUnderline(True)
        return made

    def run(self, block: Block, run: Run) -> QTextCharFormat:
        """Return the format of a run in a block."""
        return self.char(block.kind, block.level, block.quote > 0, run.mark, run.link, run.token)

    def plain(self, block: Block) -> QTextCharFormat:
        """Return the format of letters without a look of their own."""
        return self.char(block.kind, block.level, block.quote > 0, Mark.NONE, "", "")

    def table(self, table: Table) -> QTextTableFormat:
        """Return the format of a table."""
        made = QTextTableFormat()
        made.setBorderCollapse(True)
        made.setBorder(1)
        made.setBorderBrush(QBrush(QColor(self.theme.line)))
        made.setBorderStyle(QTextTableFormat.BorderStyle.BorderStyle_Solid)
        made.setCellPadding(7)
        made.setCellSpacing(0)
        # A bunch of rows goes on where the one before ends.
        made.setTopMargin(8 if table.head else -4)
        made.setBottomMargin(0 if table.shares else 6)
        # Qt draws a collapsed border one pixel inside; one that fills the width it ends six pixels early.
        made.setLeftMargin(-1)
        if table.shares:
            made.setRightMargin(-6)
            made.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
            kind = QTextLength.Type.PercentageLength
            made.setColumnWidthConstraints([QTextLength(kind, share) for share in table.shares])
        return made

    def cell(self, align: str) -> QTextBlockFormat:
        """Return the format of the text in a cell."""
        made = QTextBlockFormat()
        _set_line(made, self._line - 1)
        made.setAlignment(_ALIGNS.get(align, Qt.AlignmentFlag.AlignLeft))
        return made


def _hang(marker: str) -> int:
    """Return how far a marker stands left of its text."""
    return max(20, 8 * len(marker) + 8)


def _set_line(made: QTextBlockFormat, height: float) -> None:
    # A fixed height: letters of a font that stands in for another one must not make their line taller.
    made.setLineHeight(round(height), QTextBlockFormat.LineHeightTypes.FixedHeight.value)


def _set_margins(made: QTextBlockFormat, top: int, bottom: int) -> None:
    made.setTopMargin(top)
    made.setBottomMargin(bottom)
