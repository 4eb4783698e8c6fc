"""Stored pictures as cards of a list: the part that captures and pages have in common."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.model.attachments import Blob
from ui import theme
from ui.theme import RADIUS
from ui.thumbnails import Thumbnails

Index = QModelIndex | QPersistentModelIndex


class PictureModel(QAbstractListModel):
    """Rows that have a small picture each, one of `blobs`, drawn once it is there."""

    def __init__(
        self, pictures: Sequence[Blob], thumbnails: Thumbnails, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.blobs = tuple(pictures)
        self._thumbnails = thumbnails
        thumbnails.ready.connect(self._show)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return how many there are."""
        return 0 if parent.isValid() else len(self.blobs)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the small picture, None until it is there; and nothing for any other role."""
        if role == Qt.ItemDataRole.DecorationRole:
            return self._thumbnails.get(self.blobs[index.row()])
        return None

    def _show(self, digest: str) -> None:
        for number, blob in enumerate(self.blobs):
            if blob.digest == digest:
                index = self.index(number)
                self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])


class CardPainter(QStyledItemDelegate):
    """Draws cells of one size as cards."""

    def __init__(self, cell: QSize, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cell = cell

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the size of every cell."""
        return self._cell

    @staticmethod
    def draw_card(painter: QPainter, option: QStyleOptionViewItem, *, chosen: bool) -> QRect:
        """Draw an empty card, smoothly as all that follows, and return where it is."""
        now = theme.current()
        state: QStyle.StateFlag = option.state
        card: QRect = option.rect.adjusted(3, 3, -3, -3)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(now.focus if focused or chosen else now.line), 2 if focused else 1))
        painter.setBrush(QColor(now.user if chosen else now.hover if hovered else now.card))
        painter.drawRoundedRect(card, RADIUS, RADIUS)
        return card
