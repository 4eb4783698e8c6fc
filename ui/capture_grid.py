"""Captures as small pictures in a grid, each with when it was taken and how large it is."""

from datetime import datetime, timedelta

from PySide6.QtCore import (
    QDate,
    QItemSelection,
    QLocale,
    QObject,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyleOptionViewItem,
    QWidget,
)

from app.i18n import language, say
from app.model.captures import Capture
from ui import theme
from ui.picture_cards import CardPainter, Index, PictureModel
from ui.theme import SPACE
from ui.thumbnails import Loader, Thumbnails, draw_edge

_SIDE = 156
_FOOT = 48
_CELL = QSize(_SIDE + 3 * SPACE, _SIDE * 3 // 4 + 3 * SPACE + _FOOT)
SIZE_ROLE = Qt.ItemDataRole.UserRole
_CLOCK = 5  # letters of a time without its seconds, as in 01:15


def when(made: datetime, now: datetime) -> str:
    """Return the day and time, as short as people say it."""
    made, now = made.astimezone(), now.astimezone()
    locale = QLocale(language())
    time = made.strftime("%H:%M:%S")
    if made.date() == now.date():
        return say("captures.today", time=time)
    if made.date() == (now - timedelta(days=1)).date():
        return say("captures.yesterday", time=time)
    day = locale.toString(QDate(made.year, made.month, made.day), QLocale.FormatType.ShortFormat)
    return f"{day} {time[:_CLOCK]}"


def weight(size: int) -> str:
    """Return so many bytes as people say it."""
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{max(size // 1000, 1)} kB"  # noqa: PLR2004


class CaptureModel(PictureModel):
    """Captures, the newest first."""

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__((), thumbnails, parent)
        self._captures: tuple[Capture, ...] = ()
        self._now = datetime.now().astimezone()

    def show_captures(self, captures: tuple[Capture, ...]) -> None:
        """Show these instead."""
        self.beginResetModel()
        self._captures, self._now = captures, datetime.now().astimezone()
        self.blobs = tuple(capture.attachment.pictures[0].blob for capture in captures)
        self.endResetModel()

    def captures(self) -> tuple[Capture, ...]:
        """Return all."""
        return self._captures

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the small picture, when it was taken, or how large it is."""
        shown = self._captures[index.row()]
        picture = shown.attachment.pictures[0]
        width, height = picture.whole or (picture.width, picture.height)
        size = say("window.size", width=width, height=height)
        if role == Qt.ItemDataRole.DisplayRole:
            return when(shown.made, self._now)
        if role == SIZE_ROLE:
            return f"{size} · {weight(shown.size())}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return say("captures.told", time=when(shown.made, self._now), size=size)
        return super().data(index, role)


class _CapturePainter(CardPainter):
    """Draws a capture on its card, with two lines below."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one capture."""
        now = theme.current()
        state: QStyle.StateFlag = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        card = self.draw_card(painter, option, chosen=chosen)
        self._draw_picture(painter, card, index.data(Qt.ItemDataRole.DecorationRole))
        foot = QRect(card.left() + SPACE, card.bottom() - _FOOT, card.width() - 2 * SPACE, _FOOT // 2)
        painter.setPen(QColor(now.text))
        self._write(painter, foot, str(index.data()))
        font = painter.font()
        font.setPointSizeF(font.pointSizeF() - 1.5)
        painter.setFont(font)
        painter.setPen(QColor(now.text if chosen else now.muted))
        self._write(painter, foot.translated(0, _FOOT // 2 - 4), str(index.data(SIZE_ROLE)))
        painter.restore()

    @staticmethod
    def _draw_picture(painter: QPainter, card: QRect, picture: object) -> None:
        room = card.adjusted(SPACE, SPACE, -SPACE, -_FOOT - 2)
        if not isinstance(picture, QPixmap) or picture.isNull():
            return
        size = picture.deviceIndependentSize().scaled(
            room.size().toSizeF().boundedTo(picture.deviceIndependentSize()),
            Qt.AspectRatioMode.KeepAspectRatio,
        )
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(QRectF(room).center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(place, picture, QRectF(picture.rect()))
        draw_edge(painter, place)

    @staticmethod
    def _write(painter: QPainter, room: QRect, words: str) -> None:
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, shown)


class CaptureGrid(QListView):
    """Lets captures be chosen, several at a time; `taken`: Enter or a double click; `chosen_changed`."""

    taken = Signal()
    chosen_changed = Signal()

    def __init__(self, load: Loader, parent: QWidget | None = None) -> None:
        """`load` gives the bytes of a stored picture."""
        super().__init__(parent)
        thumbnails = Thumbnails(load, _SIDE, self.devicePixelRatioF(), self)
        self._model = CaptureModel(thumbnails, self)
        self.setModel(self._model)
        self.setItemDelegate(_CapturePainter(_CELL, self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setMouseTracking(True)
        self.doubleClicked.connect(lambda _: self.taken.emit())

    def captures(self) -> tuple[Capture, ...]:
        """Return all that are shown."""
        return self._model.captures()

    def show_captures(self, captures: tuple[Capture, ...]) -> None:
        """Show these; what was chosen and is still there stays so, else the one in its place is."""
        row = max(self.currentIndex().row(), 0)
        ids = {capture.id for capture in self.chosen()}
        self._model.show_captures(captures)
        found = [self._model.index(n) for n, capture in enumerate(captures) if capture.id in ids]
        if not found and captures:
            found = [self._model.index(min(row, len(captures) - 1))]
        mark = self.selectionModel().SelectionFlag
        for index in found:
            self.selectionModel().select(index, mark.Select)
        if found:
            self.selectionModel().setCurrentIndex(found[0], mark.NoUpdate)
        self.chosen_changed.emit()

    def chosen(self) -> tuple[Capture, ...]:
        """Return those that are chosen, the newest first."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        return tuple(self._model.captures()[row] for row in rows)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Say that others are chosen."""
        super().selectionChanged(selected, deselected)
        self.chosen_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take with Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen():
            self.taken.emit()
        else:
            super().keyPressEvent(event)
