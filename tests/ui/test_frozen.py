from typing import Any

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication

from app.model.screens import Box, Monitor, Shot
from ui.frozen import spread


class Screen:
    """A screen as far as it is looked at."""

    def __init__(self, place: tuple[int, int, int, int], density: float = 1) -> None:
        self.geometry = lambda: QRect(*place)
        self.devicePixelRatio = lambda: density


def shot(*box: int) -> Shot:
    _, _, width, height = box
    return Shot(Monitor(Box(*box)), width, height, bytes(range(256)) * (width * height // 64))


def spread_over(shots: tuple[Shot, ...], *screens: Screen) -> list[tuple[Any, Box, float]]:
    found: list[Any] = spread(shots, list(screens))  # type: ignore[arg-type]
    return [(screen, frozen.box, frozen.density) for screen, frozen in found]


@pytest.mark.parametrize("left", [-192, 0, 192])
def test_each_screen_gets_the_shot_of_its_corner_whatever_its_density(qapp: QApplication, left: int) -> None:
    """A monitor may lie to the left of the origin, stand upright, and have more pixels than Qt counts."""
    here, there = Screen((0, 0, 192, 108)), Screen((left or 192, 20, 40, 64), density=2)
    shots = (shot(left or 192, 20, 80, 128), shot(0, 0, 192, 108))
    assert spread_over(shots, here, there) == [
        (there, Box(left or 192, 20, 80, 128), 2),
        (here, Box(0, 0, 192, 108), 1),
    ]


def test_a_size_that_qt_rounded_does_not_scale_the_picture(qapp: QApplication) -> None:
    screen = Screen((0, 0, 1097, 617), density=1.75)
    assert spread_over((shot(0, 0, 1920, 1080),), screen) == [(screen, Box(0, 0, 1920, 1080), 1.75)]


def test_a_shot_of_a_screen_that_is_gone_is_left_out(qapp: QApplication) -> None:
    screen = Screen((0, 0, 64, 64))
    assert len(spread_over((shot(0, 0, 64, 64), shot(64, 0, 64, 64)), screen)) == 1


def test_one_picture_of_all_screens_is_cut_as_they_lie(qapp: QApplication) -> None:
    left, right = Screen((-96, 10, 96, 54), density=2), Screen((0, 0, 64, 64), density=2)
    assert spread_over((shot(0, 0, 320, 128),), left, right) == [
        (left, Box(0, 20, 192, 108), 2),
        (right, Box(192, 0, 128, 128), 2),
    ]


def test_the_parts_of_one_picture_show_their_own_pixels(qapp: QApplication) -> None:
    pixels = bytes((1, 2, 3, 0)) * 64 + bytes((9, 8, 7, 0)) * 64
    row = b"".join(pixels[start : start + 256] for start in (0, 256))
    whole = Shot(Monitor(Box(0, 0, 128, 64)), 128, 64, row * 64)
    found = spread((whole,), [Screen((0, 0, 64, 64)), Screen((64, 0, 64, 64))])  # type: ignore[list-item]
    seen: Any = [frozen.image.pixelColor(0, 63).getRgb() for _, frozen in found]
    assert [colour[:3] for colour in seen] == [(3, 2, 1), (7, 8, 9)]
