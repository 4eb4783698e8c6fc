"""Which pages of a document are sent: typed as a range, or ticked on small pictures."""

from PySide6.QtCore import (
    QEvent,
    QObject,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListView,
    QPushButton,
    QStyleOptionViewItem,
    QWidget,
)

from app.i18n import say
from app.model.attachments import Attachment, Picture
from app.model.sentences import Sentence
from app.page_range import parse, text_of
from ui import theme
from ui.icons import pixmap
from ui.layout import column, frame, label, row, set_look
from ui.picture_cards import CardPainter, Index, PictureModel
from ui.theme import SPACE
from ui.thumbnails import Loader, Thumbnails, draw_edge

_SIDE = 132
_CELL = QSize(_SIDE + 2 * SPACE, _SIDE + 40)


class PageModel(PictureModel):
    """The pages that have been drawn, each ticked or not."""

    ticked = Signal()

    def __init__(
        self, pictures: tuple[Picture, ...], thumbnails: Thumbnails, parent: QObject | None = None
    ) -> None:
        super().__init__([picture.blob for picture in pictures], thumbnails, parent)
        self._pictures = pictures
        self._on: set[int] = set()

    def numbers(self) -> tuple[int, ...]:
        """Return the ticked pages in order."""
        return tuple(sorted(self._on))

    def tick(self, numbers: tuple[int, ...]) -> None:
        """Tick these pages and no others."""
        self._on = set(numbers)
        if self._pictures:
            self.dataChanged.emit(
                self.index(0), self.index(len(self._pictures) - 1), [Qt.ItemDataRole.CheckStateRole]
            )

    def number(self, index: Index) -> int:
        """Return the page's number, counted from 1."""
        return self._pictures[index.row()].number or index.row() + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the page's small picture, name or tick."""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return say("picker.page", n=self.number(index))
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if self.number(index) in self._on else Qt.CheckState.Unchecked
        return super().data(index, role)

    def flip(self, index: Index) -> None:
        """Tick the page, or no longer."""
        self._on ^= {self.number(index)}
        self.dataChanged.emit(index, index, [Qt.ItemDataRole.CheckStateRole])
        self.ticked.emit()


class _PagePainter(CardPainter):
    """Draws a page on its card, its number below, and the tick in its corner."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one page."""
        now = theme.current()
        ticked = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        painter.save()
        rect = self.draw_card(painter, option, chosen=ticked)
        page = index.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(page, QPixmap) and not page.isNull():
            size = page.deviceIndependentSize().toSize()
            left = rect.center().x() - size.width() // 2
            top = rect.top() + SPACE + (_SIDE - size.height()) // 2
            painter.setOpacity(1 if ticked else 0.6)
            painter.drawPixmap(left, top, page)
            draw_edge(painter, QRectF(left, top, size.width(), size.height()))
            painter.setOpacity(1)
        painter.setPen(QColor(now.text if ticked else now.muted))
        foot = QRect(rect.left(), rect.bottom() - 27, rect.width(), 24)
        painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, str(index.data()))
        if ticked:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(now.accent))
            badge = QRect(rect.right() - 28, rect.top() + 6, 22, 22)
            painter.drawEllipse(badge)
            density = painter.device().devicePixelRatioF()
            painter.drawPixmap(badge.adjusted(4, 4, -4, -4), pixmap("check", now.on_accent, 14, density))
        painter.restore()


class _PageList(QListView):
    """Pages in a grid; a click or Space ticks."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tick with Space."""
        if event.key() == Qt.Key.Key_Space and self.currentIndex().isValid():
            self.clicked.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class PagePicker(QDialog):
    """`chosen` gives the page numbers, empty for all of them."""

    chosen = Signal(object)

    def __init__(self, attachment: Attachment, load: Loader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._total = attachment.total
        self._field = QLineEdit()
        self._count = label(wrap=True)
        self._every, self._none = QPushButton(), QPushButton()
        self._cancel, self._take = QPushButton(), QPushButton()
        self._take.setProperty("look", "primary")
        self._thumbnails = Thumbnails(load, _SIDE, self.devicePixelRatioF(), self)
        self._model = PageModel(attachment.pictures, self._thumbnails, self)
        self._view = _PageList()
        self._view.setViewMode(QListView.ViewMode.IconMode)
        self._view.setMovement(QListView.Movement.Static)
        self._view.setResizeMode(QListView.ResizeMode.Adjust)
        self._view.setUniformItemSizes(True)
        self._view.setModel(self._model)
        self._view.setItemDelegate(_PagePainter(_CELL, self._view))
        self._view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._lay_out()
        self._take.setDefault(True)  # only now: a button without a dialog cannot be its default
        self._connect()
        self._speak(attachment.name)
        self._field.setText(text_of(attachment.chosen))
        self._read_field(self._field.text())
        self.resize(4 * _CELL.width() + 64, 600)

    def _lay_out(self) -> None:
        top = row()
        top.addWidget(self._field, 1)
        top.addWidget(self._every)
        top.addWidget(self._none)
        foot = frame("foot")
        buttons = row(foot, margins=(2 * SPACE, 12, 2 * SPACE, 12))
        buttons.addWidget(self._count, 1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._take)
        inside = column(gap=12, margins=(2 * SPACE, 2 * SPACE, 2 * SPACE, 0))
        inside.addLayout(top)
        inside.addWidget(self._view, 1)
        whole = column(self, gap=0)
        whole.addLayout(inside, 1)
        whole.addWidget(foot)

    def _connect(self) -> None:
        self._field.textEdited.connect(self._read_field)
        self._view.clicked.connect(self._model.flip)
        self._view.verticalScrollBar().valueChanged.connect(self._scrolled)
        self._model.ticked.connect(self._read_ticks)
        self._every.clicked.connect(lambda: self._set_field(""))
        self._none.clicked.connect(self._clear)
        self._cancel.clicked.connect(self.reject)
        self._take.clicked.connect(self._finish)

    def _speak(self, name: str) -> None:
        self.setWindowTitle(say("picker.title", name=name))
        self._field.setPlaceholderText(say("picker.example"))
        self._field.setAccessibleName(say("picker.range"))
        self._view.setAccessibleName(say("picker.pages"))
        self._every.setText(say("picker.every"))
        self._none.setText(say("picker.none"))
        self._cancel.setText(say("picker.cancel"))
        self._take.setText(say("picker.take"))

    def _scrolled(self) -> None:
        """Draw only what is seen now: its painting asks for it, what has gone by is forgotten."""
        self._thumbnails.forget_wishes()
        self._view.viewport().update()

    def _set_field(self, text: str) -> None:
        self._field.setText(text)
        self._read_field(text)

    def _clear(self) -> None:
        self._model.tick(())
        self._read_ticks()

    def _read_field(self, text: str) -> None:
        pages = parse(text, self._total)
        if not isinstance(pages, Sentence):
            self._model.tick(pages or tuple(range(1, self._total + 1)))
        self._show_state(pages)

    def _read_ticks(self) -> None:
        numbers = self._model.numbers()
        every = len(numbers) == self._total
        self._field.setText("" if every else text_of(numbers))
        self._show_state(numbers)

    def _show_state(self, pages: tuple[int, ...] | Sentence) -> None:
        fault = isinstance(pages, Sentence)
        number = len(self._model.numbers())
        self._count.setText(
            say(pages) if isinstance(pages, Sentence) else say("picker.count", n=number, total=self._total)
        )
        set_look(self._count, "look", "danger" if fault else "muted")
        set_look(self._field, "wrong", fault)
        self._take.setEnabled(not fault and number > 0)

    def _finish(self) -> None:
        numbers = self._model.numbers()
        self.chosen.emit(() if len(numbers) == self._total else numbers)
        self.accept()

    def changeEvent(self, event: QEvent) -> None:
        """Draw the pages again in another appearance."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._view.viewport().update()
