"""A picture, page or capture at its full size: zoom, move, next and previous."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
    QWheelEvent,
)
from PySide6.QtWidgets import QDialog, QSizePolicy, QWidget

from app.i18n import say
from app.model.attachments import Attachment, Kind, Picture
from app.model.sentences import Sentence, sentence
from ui import theme
from ui.icons import IconButton
from ui.layout import column, frame, label, row
from ui.theme import SPACE
from ui.thumbnails import Decoder, Loader, draw_edge

_STEP = 1.25
_MOST, _LEAST = 8.0, 0.05
_SHARP = 2  # from here on one wants to see the pixels
_LOSSY = "image/jpeg"
_LARGEST = QSize(16_384, 16_384)


class Stage(QWidget):
    """Draws one image, or a blank sheet of its size until it is there.

    Zoom 1 is one pixel of the image on one pixel of the screen.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._size = QSize()
        self._zoom = 1.0
        self._fitting = True
        self._centre = QPointF()
        self._grip: QPointF | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
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
        fixed = self._image_point(at)
        self._fitting = False
        self._zoom = min(max(self._zoom * factor, _LEAST), _MOST)
        self._move_centre(self._centre + fixed - self._image_point(at))

    def _scale(self) -> float:
        return self._zoom / self.devicePixelRatioF()

    def _image_point(self, point: QPointF) -> QPointF:
        return self._centre + (point - QRectF(self.rect()).center()) / self._scale()

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
        painter.scale(self._scale(), self._scale())
        if self._image.isNull():
            painter.fillRect(QRectF(-self._centre, QSizeF(self._size)), QColor(theme.current().hover))
        else:
            painter.drawImage(-self._centre, self._image)
        # Drawn in points of the screen: an edge must not grow with the picture.
        corner = QRectF(self.rect()).center() - self._centre * self._scale()
        painter.resetTransform()
        draw_edge(painter, QRectF(corner, QSizeF(self._size) * self._scale()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer."""
        self.zoom_by(_STEP ** (event.angleDelta().y() / 120), event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the image."""
        self._grip = event.position()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the image with the pointer."""
        if self._grip is not None:
            self._move_centre(self._centre - (event.position() - self._grip) / self._scale())
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


class PictureView(QDialog):
    """Shows the pictures of an attachment one at a time."""

    def __init__(
        self, attachment: Attachment, index: int, load: Loader, parent: QWidget | None = None
    ) -> None:
        """`index` counts from 0 in ``attachment.pictures``; out of range means the nearest."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._pictures = attachment.pictures
        self._kind, self._source = attachment.kind, attachment.source
        self._name = attachment.name
        self._decoder = Decoder(load, _LARGEST, self)
        self._index = -1
        self._stage = Stage()
        self._where = label()
        self._buttons = {
            name: IconButton(name) for name in ("left", "right", "minus", "plus", "fit", "close")
        }
        self._lay_out()
        self._connect()
        self._speak()
        self.resize(960, 720)
        self.show_picture(index)
        self._stage.setFocus()

    def _lay_out(self) -> None:
        bar = frame("bar")
        tools = row(bar, gap=4, margins=(SPACE, SPACE, SPACE, SPACE))
        tools.addWidget(self._buttons["left"])
        tools.addWidget(self._buttons["right"])
        tools.addSpacing(SPACE)
        tools.addWidget(self._where, 1)
        for name in ("minus", "plus", "fit", "close"):
            tools.addWidget(self._buttons[name])
        stage = frame("stage")
        inside = column(stage, margins=(SPACE, SPACE, SPACE, SPACE))
        inside.addWidget(self._stage)
        whole = column(self, gap=0)
        whole.addWidget(bar)
        whole.addWidget(stage, 1)
        for name in ("left", "right"):
            self._buttons[name].setVisible(len(self._pictures) > 1)

    def _connect(self) -> None:
        self._decoder.decoded.connect(self._show_image)
        actions: dict[str, tuple[Callable[[], None], tuple[str, ...]]] = {
            "left": (lambda: self.show_picture(self._index - 1), ("Left", "PgUp")),
            "right": (lambda: self.show_picture(self._index + 1), ("Right", "PgDown", "Space")),
            "minus": (lambda: self._zoom(1 / _STEP), ("-", "Ctrl+-")),
            "plus": (lambda: self._zoom(_STEP), ("+", "=", "Ctrl++", "Ctrl+=")),
            "fit": (self._fit, ("0", "Ctrl+0")),
            "close": (self.close_view, ("Ctrl+W",)),
        }
        for name, (act, keys) in actions.items():
            self._buttons[name].clicked.connect(act)
            for key in keys:
                QShortcut(QKeySequence(key), self, act)

    def close_view(self) -> None:
        """Close the window."""
        self.reject()

    def show_picture(self, index: int) -> None:
        """Show the picture with this index, or the nearest."""
        index = min(max(index, 0), len(self._pictures) - 1)
        if index == self._index or not self._pictures:
            return
        self._index = index
        picture = self._pictures[index]
        self._stage.wait_for(QSize(picture.width, picture.height))
        # Whoever leafs through quickly wants to see where it ends, not every page on the way.
        self._decoder.forget()
        self._decoder.want(picture.blob)
        self._buttons["left"].setEnabled(index > 0)
        self._buttons["right"].setEnabled(index < len(self._pictures) - 1)
        self._say_where()

    def _show_image(self, digest: str, image: QImage) -> None:
        if digest == self._pictures[self._index].blob.digest:
            self._stage.show_image(image)

    def index(self) -> int:
        """Return which picture is shown, counted from 0."""
        return self._index

    def _zoom(self, factor: float) -> None:
        self._stage.zoom_by(factor)
        self._say_where()

    def _fit(self) -> None:
        self._stage.fit()
        self._say_where()

    def _say_where(self) -> None:
        picture = self._pictures[self._index]
        size = say("window.size", width=picture.width, height=picture.height)
        if len(self._pictures) > 1:
            size = (
                say("window.page_of", page=picture.number or self._index + 1, total=len(self._pictures))
                + " · "
                + size
            )
        if (made := self._made_smaller(picture)) is not None:
            size += " · " + say(made)
        self._where.setText(size)

    def _made_smaller(self, picture: Picture) -> Sentence | None:
        """Say how what is shown, and sent, differs from the picture as it came; None where it does not."""
        if picture.whole is not None:
            width, height = picture.whole
            return sentence("window.scaled_down", width=width, height=height)
        heavy = self._kind is Kind.PICTURE and picture.blob.mime == _LOSSY
        if heavy and self._source is not None and self._source.mime != _LOSSY:
            return sentence("window.compressed")
        return None

    def _speak(self) -> None:
        self.setWindowTitle(self._name)
        keys = {"left": "←", "right": "→", "minus": "−", "plus": "+", "fit": "0", "close": "Esc"}
        for name, button in self._buttons.items():
            button.call(say(f"window.view_{name}"), keys[name])
        self._stage.setAccessibleName(self._name)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._speak()
            self._say_where()
