"""The conversations, newest first, under the days they belong to."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.i18n import say
from app.model.messages import TITLE_LIMIT, Thread
from ui import theme
from ui.history_model import HistoryModel, grouped
from ui.icons import icon
from ui.theme import SPACE

_ROW, _HEADING = 36, 36
_Index = QModelIndex | QPersistentModelIndex


class _RowPainter(QStyledItemDelegate):
    """Draws plain text only: a title is a stranger's."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return the height of a row."""
        return QSize(100, _ROW if index.flags() else _HEADING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one row."""
        now = theme.current()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        font = QFont(option.font)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_thread = bool(index.flags())
        if is_thread:
            self._draw_card(painter, rect.adjusted(SPACE, 1, -SPACE, -1), state)
        else:
            font.setPointSizeF(font.pointSizeF() - 1.5)
            font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(now.text if is_thread else now.muted))
        words = rect.adjusted(2 * SPACE + 2, 0 if is_thread else 10, -2 * SPACE, 0)
        text = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)
        painter.restore()

    @staticmethod
    def _draw_card(painter: QPainter, card: QRect, state: QStyle.StateFlag) -> None:
        now = theme.current()
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(QColor(now.user))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(QColor(now.hover))
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
        ring = bool(state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(QPen(QColor(now.focus), 2) if ring else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(card, 8, 8)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        """Return the field in which a title is changed."""
        field = QLineEdit(parent)
        field.setMaxLength(TITLE_LIMIT)
        field.setAccessibleName(say("history.rename"))
        return field

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        """Put the field over the row."""
        editor.setGeometry(option.rect.adjusted(SPACE, 1, -SPACE, -1))


class HistoryList(QListView):
    """The conversations under their days.  It changes nothing by itself: it asks, and is shown what has become of it.

    Enter or a click opens one, F2 renames it, Delete deletes it.
    """

    thread_chosen = Signal(int)
    rename_requested = Signal(int, str)
    delete_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._selected: int | None = None
        self._model = HistoryModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_RowPainter(self))
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.setMouseTracking(True)
        self.clicked.connect(self._choose)
        self.customContextMenuRequested.connect(self._show_menu)
        self._model.renamed.connect(self.rename_requested)
        self._speak()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Act on the row that has the focus."""
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self._choose(index)
        elif event.key() == Qt.Key.Key_Delete and index.isValid():
            self._delete(index)
        else:
            super().keyPressEvent(event)

    def show_threads(self, threads: Sequence[Thread], now: datetime | None = None) -> None:
        """Show these conversations; the selected one stays selected."""
        keys = self.currentIndex()
        row, thread = keys.row(), self._model.thread_at(keys)
        had_keys = self.hasFocus()
        self._model.show_rows(grouped(threads, now or datetime.now().astimezone()))
        if had_keys:
            # The keys stay on their row; on the one in its place if it has gone.
            kept = self._model.index_of(thread.id) if thread is not None else QModelIndex()
            self._keys_to(kept if kept.isValid() else self._model.thread_near(row))
        self.select(self._selected)

    def select(self, thread_id: int | None) -> None:
        """Mark the conversation that is open, None for a new one."""
        self._selected = thread_id
        index = QModelIndex() if thread_id is None else self._model.index_of(thread_id)
        mark = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().select(index, mark)
        if index.isValid() and not (self.hasFocus() and self.currentIndex().isValid()):
            self._keys_to(index)

    def _keys_to(self, index: QModelIndex) -> None:
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)

    def _choose(self, index: QModelIndex) -> None:
        if (thread := self._model.thread_at(index)) is not None:
            self.thread_chosen.emit(thread.id)

    def _delete(self, index: QModelIndex) -> None:
        if (thread := self._model.thread_at(index)) is not None:
            self.delete_requested.emit(thread.id)

    def _show_menu(self, point: QPoint) -> None:
        index = self.indexAt(point)
        if self._model.thread_at(index) is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icon("rename"), say("history.rename"), lambda: self.edit(index))
        menu.addAction(icon("remove"), say("history.delete"), lambda: self._delete(index))
        menu.popup(self.viewport().mapToGlobal(point))

    def _speak(self) -> None:
        self.setAccessibleName(say("history.list"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._speak()
            self.viewport().update()
