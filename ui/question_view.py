"""What the user asked: a bubble on the right, above it what the question is about."""

import math

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from app.i18n import say
from app.model.messages import Question
from app.model.sentences import Sentence
from ui import theme
from ui.attachment_tile import AttachmentTile
from ui.layout import label
from ui.plain_document import PlainDocument
from ui.text_view import TextView
from ui.theme import SPACE, Theme
from ui.thumbnails import Thumbnails

LETTERS = 4_000  # shown before somebody asks for all
_SHARE = 0.85  # of the width, at most
_SIDE = 14
_TOP = 9


def style(now: Theme) -> str:
    """Return the style sheet of the bubble."""
    return f"#bubble {{ background: {now.user}; border: none; border-radius: 14px; }}"


class QuestionView(QWidget):
    """One question.  `attachment_opened` has the attachment and the number of its picture."""

    attachment_opened = Signal(object, int)

    def __init__(self, question: Question, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._question = question
        self._tiles = [AttachmentTile(attachment, thumbnails, self) for attachment in question.attachments]
        for tile, attachment in zip(self._tiles, question.attachments, strict=True):
            tile.clicked.connect(
                lambda _=False, attachment=attachment: self.attachment_opened.emit(attachment, 0)
            )
        self._bubble = QFrame(self)
        self._bubble.setObjectName("bubble")
        self._view = TextView()
        self._view.source_text = lambda: question.text
        self._document = PlainDocument(self._view.document(), theme.current())
        self._document.write(question.text)
        self._all = QPushButton()
        self._all.setVisible(self._document.work(LETTERS))
        self._all.clicked.connect(self._show_all)
        inside = QVBoxLayout(self._bubble)
        inside.setContentsMargins(_SIDE, _TOP, _SIDE, _TOP)
        inside.addWidget(self._view)
        inside.addWidget(self._all, alignment=Qt.AlignmentFlag.AlignLeft)
        self._bubble.setVisible(bool(question.text))
        self._note = label("small", wrap=True)
        self._note.setParent(self)
        self._note.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._noted: Sentence | None = None
        self._speak()
        self._restyle()
        theme.signals().changed.connect(self._restyle)

    @property
    def question(self) -> Question:
        """What was asked."""
        return self._question

    def set_note(self, note: Sentence | None) -> None:
        """Say below it what the user should know, or nothing."""
        self._noted = note
        self._speak()

    def hasHeightForWidth(self) -> bool:
        """Return that the height follows from the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return how high it is when it is this wide."""
        return self._arrange(width, move=False)

    def sizeHint(self) -> QSize:
        """Return the room it takes at the width it has."""
        return QSize(self.width(), self.heightForWidth(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put everything in its place."""
        super().resizeEvent(event)
        self._arrange(self.width(), move=True)

    def _arrange(self, width: int, *, move: bool) -> int:
        y = self._arrange_tiles(width, move=move)
        if self._question.text:
            y += SPACE if y else 0
            room = self._room(round(width * _SHARE) - 2 * _SIDE)
            height = self._bubble.heightForWidth(room)
            if move:
                self._bubble.setGeometry(QRect(width - room, y, room, height))
            y += height
        return self._arrange_note(y, width, move=move)

    def _arrange_note(self, y: int, width: int, *, move: bool) -> int:
        if not self._note.text():
            return y
        y += SPACE // 2
        height = self._note.heightForWidth(width)
        if move:
            self._note.setGeometry(QRect(0, y, width, height))
        return y + height

    def _arrange_tiles(self, width: int, *, move: bool) -> int:
        """Put the tiles into rows that end on the right; return how high they are."""
        y = 0
        rows: list[list[AttachmentTile]] = [[]]
        for tile in self._tiles:
            used = sum(other.sizeHint().width() + SPACE for other in rows[-1])
            if rows[-1] and used + tile.sizeHint().width() > width * _SHARE:
                rows.append([])
            rows[-1].append(tile)
        for row in rows if self._tiles else []:
            x, height = width, max(tile.sizeHint().height() for tile in row)
            for tile in reversed(row):
                size = tile.sizeHint()
                x -= size.width()
                if move:
                    tile.setGeometry(QRect(x, y + height - size.height(), size.width(), size.height()))
                x -= SPACE
            y += height + SPACE
        return max(y - SPACE, 0)

    def _room(self, most: int) -> int:
        """Return how wide the bubble has to be for its text."""
        self._view.heightForWidth(most)
        needed = math.ceil(self._view.document().idealWidth()) + 1
        if self._all.isVisibleTo(self._bubble):
            needed = max(needed, self._all.sizeHint().width())
        return min(needed, most) + 2 * _SIDE

    def _show_all(self) -> None:
        self._document.work()
        self._all.hide()
        self.updateGeometry()

    def _speak(self) -> None:
        self._view.setAccessibleName(say("thread.question"))
        self._all.setText(say("thread.show_all"))
        self._note.setText(say(self._noted) if self._noted is not None else "")
        self._note.setVisible(self._noted is not None)
        self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._speak()

    def _restyle(self) -> None:
        self.setStyleSheet(style(theme.current()))
        self._document.restyle(theme.current())
