"""The field a question is written in: grows with it, sends on Enter, knows an input method."""

import math

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QInputMethodEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QWidget

from ui import offers

_LINES = 8
_MARGIN = 4
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_LINE_BREAKERS = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.AltModifier


class QuestionEdit(QPlainTextEdit):
    """`sent` on Enter; Shift+Enter breaks the line; `pasted` with whatever is not a text."""

    sent = Signal()
    pasted = Signal(object)
    focused = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._composing = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(_MARGIN)
        self.textChanged.connect(self.refit)
        self.refit()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Remember whether a word is still being composed."""
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Send on Enter, unless the key belongs to an input method or asks for a new line."""
        if event.key() not in _ENTER or self._composing:
            super().keyPressEvent(event)
        elif event.modifiers() & _LINE_BREAKERS:
            self.textCursor().insertText("\n")
            self.ensureCursorVisible()
        else:
            self.sent.emit()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Leave files to the window, which takes them wherever they fall."""
        return not source.hasUrls() and super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Insert a text of a bearable length; hand everything else on."""
        offer = offers.read(source)
        if offer.text:
            self.textCursor().insertText(offer.text)
            self.ensureCursorVisible()
        else:
            self.pasted.emit(offer)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say that the ring should be drawn."""
        super().focusInEvent(event)
        self.focused.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Say that the ring should go."""
        super().focusOutEvent(event)
        self.focused.emit(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the height to the lines again."""
        super().resizeEvent(event)
        self.refit()

    def sizeHint(self) -> QSize:
        """Return a width that asks for nothing, and the height of the lines."""
        return QSize(120, self.height())

    def refit(self) -> None:
        """Fit the height to the lines."""
        step = math.ceil(QFontMetricsF(self.font()).lineSpacing())
        most = _LINES * step
        height = 0.0
        block = self.document().firstBlock()
        # Measured, not counted: a line of Chinese is higher than one of English.
        while block.isValid() and height <= most:
            height += max(self.blockBoundingRect(block).height(), step)
            block = block.next()
        over = height > most
        self.setFixedHeight(math.ceil(min(height, most)) + 2 * _MARGIN + 2)
        if not over:
            # It had scrolled to the last line before it grew to hold them all.
            self.verticalScrollBar().setValue(0)
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if over else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(policy)
