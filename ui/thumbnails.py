"""Stored pictures for the screen: read and decoded on a thread, so that the window never waits for them.

The one place where the face has threads.  They touch a loader, bytes and a `QImage`, never a widget nor a
signal: a timer of the window, which runs only while something is being made, fetches what is done.  So
whoever asked may be gone by then.  They are Python's threads and not Qt's, because Python waits for its own
before PySide takes the objects of Qt down at the end of the program.
"""

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QObject,
    QPointF,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter, QPen, QPixmap

from app.errors import StoreError
from app.model.attachments import Blob
from ui import theme

# Called on a thread.
Loader = Callable[[Blob], bytes]

LARGEST = QSize(16_384, 16_384)  # pixels: what is decoded whole

_KEPT = 200
_INTERVAL = 5  # milliseconds between two looks at what is being made
_THREADS = ThreadPoolExecutor(2, "pictures")  # none is started before the first picture


def decode(data: bytes, most: QSize) -> QImage:
    """Return the picture, at most this large and never enlarged; a null image when it is unreadable.  Blocks."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    # Of all the ways to decode, `QImageReader.read` is the one that lets other threads of Python run.
    reader = QImageReader(buffer)
    size = reader.size()
    if size.isValid() and (size.width() > most.width() or size.height() > most.height()):
        reader.setScaledSize(size.scaled(most, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1)))
    return reader.read()


def draw_edge(painter: QPainter, picture: QRectF) -> None:
    """Draw a thin line around a picture: white paper on white ground would have no edge."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.current().line), 1))
    painter.drawRect(picture.adjusted(0.5, 0.5, -0.5, -0.5))


def edged(picture: QPixmap) -> QPixmap:
    """Return a picture with such an edge."""
    if picture.isNull():
        return picture
    made = QPixmap(picture)
    painter = QPainter(made)
    draw_edge(painter, QRectF(QPointF(), made.deviceIndependentSize()))
    painter.end()
    return made


def _make(load: Loader, blob: Blob, most: QSize) -> QImage:
    try:
        return decode(load(blob), most)
    except StoreError:
        # Bytes that are gone leave an empty frame; opening or sending it tells why.
        return QImage()


class Decoder(QObject):
    """Decodes stored pictures one at a time, the newest wish first: that is what is on the screen now.

    `decoded` has the digest and the image, null when the picture is gone or unreadable.
    """

    decoded = Signal(str, QImage)

    def __init__(self, load: Loader, most: QSize, parent: QObject | None = None) -> None:
        """`load` is called on a thread; `most` is the largest size of an image, in pixels."""
        super().__init__(parent)
        self._load = load
        self._most = most
        self._future: Future[QImage] | None = None
        self._making = ""
        self._wanted: OrderedDict[str, Blob] = OrderedDict()
        self._timer = QTimer(self, interval=_INTERVAL)
        self._timer.timeout.connect(self._look)

    def want(self, blob: Blob) -> None:
        """Decode this picture soon; of too many wishes the oldest are forgotten."""
        if blob.digest == self._making:
            return
        self._wanted[blob.digest] = blob
        self._wanted.move_to_end(blob.digest)
        if len(self._wanted) > _KEPT:
            self._wanted.popitem(last=False)
        if not self._timer.isActive():
            self._timer.start()

    def forget(self) -> None:
        """Forget every wish that nobody is working on yet."""
        self._wanted.clear()

    def _look(self) -> None:
        if self._future is not None and not self._future.done():
            return
        future, digest = self._future, self._making
        self._future, self._making = None, ""
        if self._wanted:
            self._making, blob = self._wanted.popitem()
            self._future = _THREADS.submit(_make, self._load, blob, self._most)
        else:
            self._timer.stop()
        if future is not None:
            # The last thing, because whoever hears it may well close the view this belongs to.
            self.decoded.emit(digest, future.result())


class Thumbnails(QObject):
    """Hands out small pictures; what is not there yet is made meanwhile.

    `ready` is emitted with the digest whenever one more can be had.
    """

    ready = Signal(str)

    def __init__(self, load: Loader, side: int, density: float = 1, parent: QObject | None = None) -> None:
        """`load` is called on a thread; `side` is the most a picture may be wide and high, in logical pixels."""
        super().__init__(parent)
        self._density = density
        self._made: OrderedDict[str, QPixmap] = OrderedDict()
        self._decoder = Decoder(load, QSize(round(side * density), round(side * density)), self)
        self._decoder.decoded.connect(self._keep)

    def get(self, blob: Blob) -> QPixmap | None:
        """Return the small picture, null when it cannot be had; or None, and make it soon."""
        if (made := self._made.get(blob.digest)) is not None:
            self._made.move_to_end(blob.digest)
            return made
        self._decoder.want(blob)
        return None

    def forget_wishes(self) -> None:
        """Make nothing that was asked for up to now; what is still on the screen asks again."""
        self._decoder.forget()

    def _keep(self, digest: str, image: QImage) -> None:
        image.setDevicePixelRatio(self._density)
        self._made[digest] = QPixmap.fromImage(image)
        if len(self._made) > _KEPT:
            self._made.popitem(last=False)
        self.ready.emit(digest)
