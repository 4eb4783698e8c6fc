"""The conversations, newest first, under the days they belong to."""

# What only rows need is named through `QtWidgets`: at the first paint there are none.
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6 import QtWidgets
from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListView,
    QMenu,
    QStyledItemDelegate,
    QWidget,
)

from app.i18n import say
from app.model.messages import TITLE_LIMIT, Thread
from ui import theme
from ui.history_model import HistoryModel, grouped
from ui.icons import IconButton, icon
from ui.layout import column, label, row
from ui.search_field import SearchField
from ui.theme import SPACE

_ROW, _HEADING = 36, 36
_PAUSE = 150
_Index = QModelIndex | QPersistentModelIndex


class _RowPainter(QStyledItemDelegate):
    """Draws plain text only: a title is a stranger's."""

    def sizeHint(self, option: QtWidgets.QStyleOptionViewItem, index: _Index) -> QSize:
        """Return the height of a row."""
        return QSize(100, _ROW if index.flags() else _HEADING)

    def paint(self, painter: QPainter, option: QtWidgets.QStyleOptionViewItem, index: _Index) -> None:
        """Draw one row."""
        now = theme.current()
        rect: QRect = option.rect
        state: QtWidgets.QStyle.StateFlag = option.state
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
    def _draw_card(painter: QPainter, card: QRect, state: QtWidgets.QStyle.StateFlag) -> None:
        now = theme.current()
        if state & QtWidgets.QStyle.StateFlag.State_Selected:
            painter.setBrush(QColor(now.user))
        elif state & QtWidgets.QStyle.StateFlag.State_MouseOver:
            painter.setBrush(QColor(now.hover))
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
        ring = bool(state & QtWidgets.QStyle.StateFlag.State_HasFocus)
        painter.setPen(QPen(QColor(now.focus), 2) if ring else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(card, 8, 8)

    def createEditor(self, parent: QWidget, option: QtWidgets.QStyleOptionViewItem, index: _Index) -> QWidget:
        """Return the field in which a title is changed."""
        field = QLineEdit(parent)
        field.setMaxLength(TITLE_LIMIT)
        field.setAccessibleName(say("history.rename"))
        return field

    def updateEditorGeometry(
        self, editor: QWidget, option: QtWidgets.QStyleOptionViewItem, index: _Index
    ) -> None:
        """Put the field over the row."""
        editor.setGeometry(option.rect.adjusted(SPACE, 1, -SPACE, -1))


class _List(QListView):
    """Enter opens, F2 renames, Delete deletes; a single click opens too."""

    opened = Signal(QModelIndex)
    unwanted = Signal(QModelIndex)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Act on the row that has the focus."""
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self.opened.emit(index)
        elif event.key() == Qt.Key.Key_Delete and index.isValid():
            self.unwanted.emit(index)
        else:
            super().keyPressEvent(event)


class HistoryList(QFrame):
    """The left pane.  It changes nothing by itself: it asks, and is shown what has become of it."""

    thread_chosen = Signal(int)
    new_requested = Signal()
    rename_requested = Signal(int, str)
    delete_requested = Signal(int)
    search_changed = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("history")
        self._selected: int | None = None
        self._field = SearchField()
        self._new, self._back = IconButton("new"), IconButton("left")
        self._back.hide()
        self._empty = label("muted", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setMargin(2 * SPACE)
        self._model = HistoryModel(self)
        self._view = _List()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._lay_out()
        self._connect()
        self._speak()

    def _lay_out(self) -> None:
        view = self._view
        view.setModel(self._model)
        view.setItemDelegate(_RowPainter(view))
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.DoubleClicked
        )
        view.setMouseTracking(True)
        top = row(margins=(SPACE, SPACE, SPACE, SPACE))
        top.addWidget(self._back)
        top.addWidget(self._field, 1)
        top.addWidget(self._new)
        whole = column(self, gap=0)
        whole.addLayout(top)
        whole.addWidget(self._empty)
        whole.addWidget(view, 1)

    def _connect(self) -> None:
        self._field.textChanged.connect(lambda _: self._pause.start())
        self._pause.timeout.connect(lambda: self.search_changed.emit(self._field.text().strip()))
        self._new.clicked.connect(self.new_requested)
        self._back.clicked.connect(self.left)
        self._view.clicked.connect(self._choose)
        self._view.opened.connect(self._choose)
        self._view.unwanted.connect(self._delete)
        self._view.customContextMenuRequested.connect(self._show_menu)
        self._model.renamed.connect(self.rename_requested)

    def show_threads(self, threads: Sequence[Thread], now: datetime | None = None) -> None:
        """Show these conversations; the selected one stays selected."""
        keys = self._view.currentIndex()
        row, thread = keys.row(), self._model.thread_at(keys)
        had_keys = self._view.hasFocus()
        self._model.show_rows(grouped(threads, now or datetime.now().astimezone()))
        self._say_empty()
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
        self._view.selectionModel().select(index, mark)
        if index.isValid() and not (self._view.hasFocus() and self._view.currentIndex().isValid()):
            self._keys_to(index)

    def _keys_to(self, index: QModelIndex) -> None:
        self._view.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)

    def show_back(self, shown: bool) -> None:
        """Offer a way back to the conversation, in whose place the list is."""
        self._back.setVisible(shown)

    def focus_list(self) -> None:
        """Let the arrow keys walk through the conversations."""
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_search(self) -> None:
        """Let the next key write into the search field."""
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.selectAll()

    def _choose(self, index: QModelIndex) -> None:
        if (thread := self._model.thread_at(index)) is not None:
            self.thread_chosen.emit(thread.id)

    def _delete(self, index: QModelIndex) -> None:
        if (thread := self._model.thread_at(index)) is not None:
            self.delete_requested.emit(thread.id)

    def _show_menu(self, point: QPoint) -> None:
        index = self._view.indexAt(point)
        if self._model.thread_at(index) is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icon("rename"), say("history.rename"), lambda: self._view.edit(index))
        menu.addAction(icon("remove"), say("history.delete"), lambda: self._delete(index))
        menu.popup(self._view.viewport().mapToGlobal(point))

    def _say_empty(self) -> None:
        searching = bool(self._field.text().strip())
        self._empty.setText(say("history.nothing_found" if searching else "history.empty"))
        self._empty.setVisible(self._model.rowCount() == 0)

    def _speak(self) -> None:
        self._new.call(say("history.new"), "Ctrl+N")
        self._back.call(say("history.back"), "Ctrl+B")
        self._view.setAccessibleName(say("history.list"))
        self._say_empty()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._speak()
            self._view.viewport().update()
