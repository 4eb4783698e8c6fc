"""One frame of a video, as large as there is room."""

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget


class FilmStage(QWidget):
    """Shows a frame in the middle of whatever is behind it; never enlarged beyond what it is of."""

    def __init__(self, whole: QSize, parent: QWidget | None = None) -> None:
        """`whole` is the size of the video."""
        super().__init__(parent)
        self._whole = whole
        self._image = QImage()
        self.setMinimumSize(240, 120)

    def show_image(self, image: QImage) -> None:
        """Show this frame."""
        self._image = image
        self.update()

    def image(self) -> QImage:
        """Return the frame that is shown; null as long as there is none."""
        return self._image

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(720, 360)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the frame."""
        if self._image.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        room = QSizeF(self.size())
        size = QSizeF(self._whole) / self.devicePixelRatioF()
        if size.width() > room.width() or size.height() > room.height():
            size = size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (room.width() - size.width()) / 2, (room.height() - size.height()) / 2
        painter.drawImage(QRectF(left, top, size.width(), size.height()), self._image)
