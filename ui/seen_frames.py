"""The frames that a model will see, small and with their times; what is not on the screen is not made."""

from collections.abc import Callable

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QListView, QWidget

from app.i18n import say
from ui.thumbnails import draw_edge

_BOX = QSize(96, 60)
_Index = QModelIndex | QPersistentModelIndex
Glance = Callable[[float], QPixmap | None]


class _Frames(QAbstractListModel):
    """The moments, each with its picture."""

    def __init__(self, glance: Glance, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._glance = glance
        self._moments: tuple[float, ...] = ()

    def show(self, moments: tuple[float, ...]) -> None:
        """Have these moments and no others."""
        if moments != self._moments:
            self.beginResetModel()
            self._moments = moments
            self.endResetModel()

    def moment(self, index: _Index) -> float:
        """Return the time of one frame, in seconds."""
        return self._moments[index.row()]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return how many frames there are."""
        return 0 if parent.isValid() else len(self._moments)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a frame's small picture or its time."""
        moment = self._moments[index.row()]
        if role == Qt.ItemDataRole.DecorationRole:
            return _boxed(self._glance(moment))
        if role == Qt.ItemDataRole.DisplayRole:
            return clock(moment)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return say("strip.frame", n=index.row() + 1, time=clock(moment))
        return None


class SeenFrames(QListView):
    """A row of frames; `activated` and `clicked` give the index of one, `moment` its time."""

    def __init__(self, glance: Glance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _Frames(glance, self)
        self.setModel(self._model)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setIconSize(_BOX)
        self.setGridSize(_BOX + QSize(8, 32))
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(116)

    def show_moments(self, moments: tuple[float, ...]) -> None:
        """Show these frames."""
        self._model.show(moments)

    def moment(self, index: _Index) -> float:
        """Return the time of a frame."""
        return self._model.moment(index)


def clock(seconds: float) -> str:
    """Return a time as players show it: 1:02.5."""
    minutes, rest = divmod(round(seconds * 10), 600)
    return f"{minutes}:{rest // 10:02d}.{rest % 10}"


def _boxed(picture: QPixmap | None) -> QPixmap:
    """Return a picture in the middle of a box that is always as large, be there a picture or not."""
    box = QPixmap(_BOX)
    box.fill(Qt.GlobalColor.transparent)
    if picture is not None and not picture.isNull():
        fitted = picture.scaled(
            _BOX, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        painter = QPainter(box)
        place = QRectF(fitted.rect())
        place.moveCenter(QRectF(box.rect()).center())
        painter.drawPixmap(place.topLeft(), fitted)
        draw_edge(painter, place)
        painter.end()
    return box
