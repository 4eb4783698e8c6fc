"""What lies under the letters of a text view: cards of code, bars of quotations, rules."""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QTextBlockFormat, QTextDocument

from ui.formats import CODE_FOOT, CODE_HEAD, CODE_SIDE, QUOTE, Card, Own
from ui.theme import RADIUS, Theme

_FAR = 10_000  # more than any window is high


@dataclass(frozen=True, slots=True)
class _Strip:
    """A block with properties of our own, and where it stands without its margins."""

    look: QTextBlockFormat
    card: int
    quote: int
    top: float
    bottom: float


def paint(painter: QPainter, document: QTextDocument, clip: QRectF, theme: Theme) -> None:
    """Paint what is visible within `clip`, given in the document's coordinates."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    width = document.textWidth()
    card: list[_Strip] = []
    above: _Strip | None = None
    for strip in _visible(document, clip):
        if card and (strip is None or not strip.card or strip.card & Card.FIRST):
            _paint_card(painter, card, width, theme)
            card = []
        if strip is not None:
            if strip.card:
                card.append(strip)
            if strip.quote:
                _paint_bars(painter, above, strip, theme)
            if strip.look.boolProperty(Own.RULE):
                edge = strip.look.intProperty(Own.EDGE)
                painter.fillRect(QRectF(edge, strip.top, width - edge, 1), QColor(theme.line))
        above = strip
    if card:
        _paint_card(painter, card, width, theme)


def _visible(document: QTextDocument, clip: QRectF) -> Iterator[_Strip | None]:
    """Yield the blocks in sight and one more on either side, None for those without anything of ours."""
    layout = document.documentLayout()
    fuzzy = Qt.HitTestAccuracy.FuzzyHit
    block = document.findBlock(max(layout.hitTest(clip.topLeft(), fuzzy), 0))
    end = document.findBlock(max(layout.hitTest(clip.bottomLeft(), fuzzy), 0)).next()
    # The card or bar of a neighbour may reach into the picture.
    block = block.previous() if block.previous().isValid() else block
    while block.isValid():
        look = block.blockFormat()
        card, quote = look.intProperty(Own.CARD), look.intProperty(Own.QUOTE)
        if card or quote or look.hasProperty(Own.RULE):
            top = layout.blockBoundingRect(block).top()
            # Qt measures the last line of a block by its letters; ours are all equally high.
            yield _Strip(look, card, quote, top, top + block.layout().lineCount() * look.lineHeight())
        else:
            yield None
        if block == end:
            return
        block = block.next()


def _paint_card(painter: QPainter, lines: list[_Strip], width: float, theme: Theme) -> None:
    first, last = lines[0], lines[-1]
    begins, ends = first.card & Card.FIRST, last.card & Card.LAST
    top = first.top - CODE_HEAD if begins else first.top - _FAR
    bottom = last.bottom + CODE_FOOT if ends else last.bottom + _FAR
    left = first.look.intProperty(Own.EDGE)
    painter.setPen(QPen(QColor(theme.line), 1))
    painter.setBrush(QColor(theme.code))
    painter.drawRoundedRect(QRectF(left + 0.5, top + 0.5, width - left - 1, bottom - top - 1), RADIUS, RADIUS)
    language = first.look.stringProperty(Own.LANGUAGE)
    if begins and language:
        small = QFont(painter.font())
        small.setPointSizeF(small.pointSizeF() * 0.86)
        painter.save()
        painter.setFont(small)
        painter.setPen(QColor(theme.muted))
        label = QRectF(left + CODE_SIDE, top, width, CODE_HEAD)
        painter.drawText(label, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, language)
        painter.restore()


def _paint_bars(painter: QPainter, above: _Strip | None, strip: _Strip, theme: Theme) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.line))
    for level in range(strip.quote):
        joined = above is not None and above.quote > level
        top = above.bottom if joined and above is not None else strip.top
        painter.drawRoundedRect(QRectF(level * QUOTE, top, 3, strip.bottom - top), 1.5, 1.5)
