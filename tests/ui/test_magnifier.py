import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from ui import magnifier

ROOM = QRectF(0, 0, 800, 600)


@pytest.mark.parametrize("lines", [1, 2])
@pytest.mark.parametrize("x", [0, 1, 400, 650, 798, 799])
@pytest.mark.parametrize("y", [0, 1, 300, 420, 598, 599])
def test_it_is_on_the_screen_and_never_under_the_pointer(x: int, y: int, lines: int) -> None:
    place = magnifier.beside(QPointF(x, y), magnifier.size(lines), ROOM)
    assert ROOM.contains(place)
    assert not place.contains(QPointF(x, y))


def test_a_screen_that_is_too_small_for_it_shows_its_upper_left_part() -> None:
    place = magnifier.beside(QPointF(50, 50), QSizeF(120, 200), QRectF(0, 0, 100, 100))
    assert place.topLeft() == QPointF(0, 0)


@pytest.mark.parametrize(("x", "y"), [(30, 20), (0, 0), (59, 39)])
def test_its_middle_is_the_pixel_and_each_pixel_a_square(qapp: QApplication, x: int, y: int) -> None:
    image = QImage(60, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("#ffffff"))
    image.setPixelColor(x, y, QColor("#00c000"))
    canvas = QImage(200, 300, QImage.Format.Format_RGB32)
    painter = QPainter(canvas)
    magnifier.paint(painter, QRectF(QPointF(0, 0), magnifier.size(1)), image, x, y, ("30, 20",))
    painter.end()
    middle, side = magnifier.size(0).width() / 2, 8
    assert canvas.pixelColor(int(middle), int(middle)).name() == "#00c000"
    neighbour = canvas.pixelColor(int(middle), int(middle + (side if y < 20 else -side) * 2))
    assert neighbour.name() == "#ffffff"
