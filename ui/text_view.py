"""The one view that shows what strangers wrote: as high as its text, and deaf to what the text asks for."""

import math
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QMimeData, QRect, QRectF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QMenu, QSizePolicy, QTextBrowser, QWidget

from app.i18n import say
from ui import theme
from ui.code_copy import code_at
from ui.decorations import paint
from ui.formats import CODE_FOOT, Own
from ui.links import open_link

_ABOVE = 80
_MOVES = (
    QKeySequence.StandardKey.MoveToNextPage,
    QKeySequence.StandardKey.MoveToPreviousPage,
    QKeySequence.StandardKey.MoveToNextLine,
    QKeySequence.StandardKey.MoveToPreviousLine,
    QKeySequence.StandardKey.MoveToStartOfDocument,
    QKeySequence.StandardKey.MoveToEndOfDocument,
    QKeySequence.StandardKey.MoveToStartOfLine,
    QKeySequence.StandardKey.MoveToEndOfLine,
)


class TextView(QTextBrowser):
    """Read-only text without scroll bars of its own; scrolling is left to what it stands in.

    `laid_out` is emitted after the text has been arranged anew; `dragged` while a selection is
    being drawn, with the height the mouse is at.
    """

    laid_out = Signal()
    dragged = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.source_text: Callable[[], str] = self.toPlainText
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setAcceptDrops(False)
        self.setUndoRedoEnabled(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.viewport().setAutoFillBackground(False)
        self.setTabStopDistance(4 * self.fontMetrics().horizontalAdvance("0"))
        self.document().setDocumentMargin(0)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.anchorClicked.connect(
            lambda url: open_link(url.toString(QUrl.ComponentFormattingOption.FullyEncoded), self)
        )
        # Not when its size changes: asking how high it is at another width changes that too, and never ends.
        self.document().contentsChanged.connect(self.updateGeometry)
        self.document().contentsChange.connect(self._changed)
        # A text grows at its end; what is above need not be painted again.
        for part in (self, self.viewport()):
            part.setAttribute(Qt.WidgetAttribute.WA_StaticContents)
        self.verticalScrollBar().valueChanged.connect(self._stay)

    def loadResource(self, _kind: int, _name: QUrl | str) -> Any:
        """Return a picture of one pixel, whatever is asked for: at None Qt would open the file itself."""
        nothing = QImage(1, 1, QImage.Format.Format_ARGB32)
        nothing.fill(Qt.GlobalColor.transparent)
        return nothing

    def heightForWidth(self, width: int) -> int:
        """Return how high the text is when it is this wide."""
        document = self.document()
        if document.textWidth() != width:
            document.setTextWidth(width)
        # Qt leaves out the margin of the last block, where the foot of a card is.
        foot = CODE_FOOT + 2 if document.lastBlock().blockFormat().intProperty(Own.CARD) else 0
        return math.ceil(document.size().height()) + foot

    def sizeHint(self) -> QSize:
        """Return the room the text takes at the width it has."""
        width = max(self.width(), 100)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Return that it may be as narrow as it must."""
        return QSize(60, 0)

    def createMimeDataFromSelection(self) -> QMimeData:
        """Return the selection as plain text: the look of an answer is not for other applications."""
        made = QMimeData()
        made.setText(self.textCursor().selection().toPlainText())
        return made

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cards and bars first, then the letters."""
        painter = QPainter(self.viewport())
        painter.setFont(self.font())
        paint(painter, self.document(), QRectF(event.rect()), theme.current())
        painter.end()
        super().paintEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell that the text has been arranged anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.viewport().update()
            self.laid_out.emit()

    def _stay(self, value: int) -> None:
        """Scroll nothing: until it is as high as its text again, Qt might."""
        if value:
            self.verticalScrollBar().setValue(0)

    def _changed(self, position: int, _removed: int, _added: int) -> None:
        """Paint anew from a little above the change: the top of a card stands in the margin of its code."""
        block = self.document().findBlock(position)
        top = self.document().documentLayout().blockBoundingRect(block).top() - _ABOVE
        self.viewport().update(QRect(0, max(int(top), 0), self.width(), self.height()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave scrolling to the one around."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave the keys that scroll to the one around."""
        if any(event.matches(move) for move in _MOVES):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell how far a selection is being drawn."""
        super().mouseMoveEvent(event)
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.dragged.emit(round(event.position().y()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be copied."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        position = self.cursorForPosition(event.pos()).position()
        if self.textCursor().hasSelection():
            menu.addAction(say("reply.copy"), self.copy)
        if link := self.anchorAt(event.pos()):
            menu.addAction(say("links.copy"), lambda: _copy(link))
        if code := code_at(self.document(), position):
            menu.addAction(say("reply.copy_code"), lambda: _copy(code))
        menu.addAction(say("reply.copy_markdown"), lambda: _copy(self.source_text()))
        menu.addAction(say("reply.select_all"), self.selectAll)
        menu.popup(event.globalPos())


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
