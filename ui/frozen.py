"""The pictures of the monitors, each for the screen that it was taken of."""

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QScreen

from app.model.screens import Box, Shot

_NEARLY = 2  # pixels: Qt rounds the size of a screen


@dataclass(frozen=True, slots=True)
class Frozen:
    """What one screen showed: the pixels of `box`, `density` of them to one of Qt's."""

    box: Box
    image: QImage
    density: float
    pixels: bytes | bytearray  # the image is a view of these bytes, which must live as long as it does


def freeze(shot: Shot, screen: QScreen) -> Frozen:
    """Return the shot as the picture of this screen."""
    return Frozen(shot.monitor.box, _view(shot), _density(shot.width, screen), shot.pixels)


def spread(shots: tuple[Shot, ...], screens: list[QScreen]) -> list[tuple[QScreen, Frozen]]:
    """Return each screen that was taken a picture of, with that picture.

    Wayland gives one picture of all screens, which is cut as Qt says they lie.
    """
    if len(shots) == 1 < len(screens):
        whole = QRect()
        for screen in screens:
            whole = whole.united(screen.geometry())
        return [(screen, _cut(shots[0], whole, screen)) for screen in screens]
    # A screen's left upper corner is in physical pixels, only its size is divided by the scale factor.
    return [
        (screen, freeze(shot, screen))
        for shot in shots
        for screen in screens
        if screen.geometry().topLeft() == QPoint(shot.monitor.box.left, shot.monitor.box.top)
    ]


def _cut(shot: Shot, whole: QRect, screen: QScreen) -> Frozen:
    factor = shot.width / max(whole.width(), 1)
    place = screen.geometry().translated(-whole.topLeft())
    left, top = round(place.x() * factor), round(place.y() * factor)
    width = min(round(place.width() * factor), shot.width - left)
    height = min(round(place.height() * factor), shot.height - top)
    origin = shot.monitor.box
    box = Box(origin.left + left, origin.top + top, width, height)
    return Frozen(box, _view(shot).copy(left, top, width, height), _density(width, screen), b"")


def _view(shot: Shot) -> QImage:
    return QImage(shot.pixels, shot.width, shot.height, 4 * shot.width, QImage.Format.Format_RGB32)


def _density(width: int, screen: QScreen) -> float:
    logical, exact = max(screen.geometry().width(), 1), screen.devicePixelRatio()
    return exact if abs(width - logical * exact) < _NEARLY else width / logical
