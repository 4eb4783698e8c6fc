"""What the tests of the window share: pictures that need no disk, a stage, and a language that is English."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from app import i18n
from app.errors import Damaged
from app.model.attachments import Blob, Picture
from ui import theme
from ui.composer import Composer
from ui.history_list import HistoryList
from ui.history_pane import HistoryPane
from ui.journeys.stage import Stage
from ui.shelf import Shelf
from ui.thread_view import ThreadView
from ui.thumbnails import Loader
from ui.window import Window


def png(width: int, height: int, colour: str = "white") -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(data.data())


class Album:
    """Keeps pictures in memory; `load` is what widgets are given to read them."""

    def __init__(self) -> None:
        self.loads: list[str] = []
        self._bytes: dict[str, bytes] = {}

    def picture(self, width: int = 60, height: int = 80, number: int | None = None) -> Picture:
        data = png(width, height)
        blob = Blob(f"digest-{len(self._bytes)}", len(data), "image/png")
        self._bytes[blob.digest] = data
        return Picture(blob, width, height, number)

    def pages(self, count: int) -> tuple[Picture, ...]:
        return tuple(self.picture(number=number) for number in range(1, count + 1))

    def forget(self, picture: Picture) -> None:
        del self._bytes[picture.blob.digest]

    def load(self, blob: Blob) -> bytes:
        self.loads.append(blob.digest)
        if blob.digest not in self._bytes:
            raise Damaged("store.damaged")
        return self._bytes[blob.digest]


@pytest.fixture
def album() -> Album:
    return Album()


class Gate:
    """An album that hands out nothing before it is opened."""

    def __init__(self, album: Album) -> None:
        self.album = album
        self.entered = threading.Event()
        self.threads: set[str] = set()
        self._opened = threading.Event()

    def open(self) -> None:
        self._opened.set()

    def load(self, blob: Blob) -> bytes:
        self.threads.add(threading.current_thread().name)
        self.entered.set()
        assert self._opened.wait(10)
        return self.album.load(blob)


@pytest.fixture
def gate(album: Album) -> Iterator[Gate]:
    made = Gate(album)
    yield made
    made.open()


@pytest.fixture
def make_png() -> Callable[..., bytes]:
    return png


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Speak English, whatever the machine speaks, and again after a test that changed it."""
    i18n.use("en")
    yield
    i18n.use("en")


@pytest.fixture
def make_stage(light: QApplication, qtbot: Any) -> Callable[[Loader], Stage]:
    """Set the stage for a journey, in a window that is shown; pictures come from what is given."""

    def make(load: Loader) -> Stage:
        view, composer = ThreadView(load), Composer()
        window = Window(view, composer, HistoryPane())
        qtbot.addWidget(window)
        window.show()
        return Stage(light, window, HistoryList(), view, composer, Shelf(composer, load), window.notices)

    return make


@pytest.fixture
def light(qapp: QApplication) -> Iterator[QApplication]:
    """Dress the app in the light appearance, and undress it afterwards."""
    theme.apply(qapp, "light")
    yield qapp
    qapp.setStyleSheet("")
    qapp.setPalette(Qt.GlobalColor.white)
