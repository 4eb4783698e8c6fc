"""One picture, as large as fits or larger: zoomed with the wheel, moved with the mouse."""

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.i18n import say
from ui import theme
from ui.thumbnails import draw_edge

STEP = 1.25
_MOST, _LEAST = 8.0, 0.05
_SHARP = 2  # from here on one wants to see the pixels


class PictureStage(QWidget):
    """Draws one image, or a blank sheet of its size until it is there.

    Zoom 1 is one pixel of the image on one pixel of the screen.
    """

    def __init__(self, parent: QWidget | None = None, *, still: bool = False) -> None:
        """`still`: it lies over something else and is neither zoomed nor moved; what it has no use for goes through."""
        super().__init__(parent)
        self._still = still
        self._image = QImage()
        self._size = QSize()
        self._zoom = 1.0
        self._fitting = True
        self._centre = QPointF()
        self._grip: QPointF | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        if not still:
            self.setMinimumSize(160, 120)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wait_for(self, size: QSize) -> None:
        """Show that an image of this size is coming."""
        self._show(QImage(), size)

    def show_image(self, image: QImage) -> None:
        """Show an image, as large as fits; a null one says that the picture is gone."""
        self._show(image, image.size())

    def _show(self, image: QImage, size: QSize) -> None:
        self._image = image
        self._size = size
        self.fit()

    def image_size(self) -> QSize:
        """Return the size of the image, in its pixels."""
        return self._size

    def zoom(self) -> float:
        """Return how many pixels of the screen one pixel of the image takes."""
        return self._zoom

    def fit(self) -> None:
        """Show the whole image, never larger than it is."""
        self._fitting = True
        self._centre = QPointF(self._size.width() / 2, self._size.height() / 2)
        if not self._size.isEmpty():
            room = self.size() * self.devicePixelRatioF()
            self._zoom = min(room.width() / self._size.width(), room.height() / self._size.height(), 1.0)
        self.update()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom, so that what is `at` this point of the widget stays there."""
        at = at if at is not None else QPointF(self.rect().center())
        fixed = self.image_point(at)
        self._fitting = False
        self._zoom = min(max(self._zoom * factor, _LEAST), _MOST)
        self._move_centre(self._centre + fixed - self.image_point(at))

    def replace_image(self, image: QImage) -> None:
        """Show another image of the same size in the same place."""
        self._image = image
        self.update()

    def scale(self) -> float:
        """Return how many points of the widget one pixel of the image takes."""
        return self._zoom / self.devicePixelRatioF()

    def image_point(self, point: QPointF) -> QPointF:
        """Return which pixel of the image is at a point of the widget."""
        return self._centre + (point - QRectF(self.rect()).center()) / self.scale()

    def widget_point(self, point: QPointF) -> QPointF:
        """Return the point of the widget at which a pixel of the image is."""
        return QRectF(self.rect()).center() + (point - self._centre) * self.scale()

    def draw_over(self, painter: QPainter) -> None:
        """Draw over the image, in its pixels; here nothing."""

    def _move_centre(self, centre: QPointF) -> None:
        x = min(max(centre.x(), 0.0), float(self._size.width()))
        y = min(max(centre.y(), 0.0), float(self._size.height()))
        self._centre = QPointF(x, y)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the image, or its blank sheet, around its centre."""
        painter = QPainter(self)
        if self._size.isEmpty():
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, say("window.picture_gone"))
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._zoom < _SHARP)
        painter.translate(QRectF(self.rect()).center())
        painter.scale(self.scale(), self.scale())
        if self._image.isNull():
            painter.fillRect(QRectF(-self._centre, QSizeF(self._size)), QColor(theme.current().hover))
        else:
            painter.translate(-self._centre)
            painter.drawImage(0, 0, self._image)
            self.draw_over(painter)
        if self._still:
            return  # what lies below has an edge of its own
        # Drawn in points of the screen: an edge must not grow with the picture.
        corner = QRectF(self.rect()).center() - self._centre * self.scale()
        painter.resetTransform()
        draw_edge(painter, QRectF(corner, QSizeF(self._size) * self.scale()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer."""
        if self._still:
            event.ignore()
            return
        self.zoom_by(STEP ** (event.angleDelta().y() / 120), event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the image."""
        if self._still:
            event.ignore()
            return
        self._grip = event.position()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the image with the pointer."""
        if self._grip is not None:
            self._move_centre(self._centre - (event.position() - self._grip) / self.scale())
            self._grip = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._grip = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Change between the whole image and its true size."""
        if self._fitting:
            self.zoom_by(1 / self._zoom, event.position())
        else:
            self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Go on showing the whole image, if it was whole."""
        super().resizeEvent(event)
        if self._fitting:
            self.fit()
