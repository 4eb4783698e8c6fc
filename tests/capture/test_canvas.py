import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import NoScreen
from app.model.screens import Box, Monitor, Shot
from capture.canvas import cut


def pixel(x: int, y: int) -> bytes:
    """A colour that only this place of a small desktop has."""
    return bytes((x % 256, y % 256, 1, 0))


def shot(left: int, top: int, width: int, height: int) -> Shot:
    pixels = b"".join(pixel(x, y) for y in range(top, top + height) for x in range(left, left + width))
    return Shot(Monitor(Box(left, top, width, height)), width, height, pixels)


LEFT, RIGHT = shot(-30, 10, 30, 20), shot(0, 0, 40, 25)
BOTH = (LEFT, RIGHT)


def test_the_whole_desktop_has_every_pixel_in_its_place() -> None:
    whole = cut(BOTH)
    assert whole.monitor.box == Box(-30, 0, 70, 30)
    for y in range(30):
        for x in range(-30, 40):
            seen = bytes(whole.pixels[((y * 70) + x + 30) * 4 :][:4])
            shown = (x < 0 and y >= 10) or (x >= 0 and y < 25)
            assert seen == (pixel(x, y) if shown else bytes(4)), (x, y)


@given(st.integers(-40, 50), st.integers(-10, 40), st.integers(1, 90), st.integers(1, 50))
def test_any_box_shows_what_is_there_or_is_refused(left: int, top: int, width: int, height: int) -> None:
    box = Box(left, top, width, height)
    pixels = {
        (x, y): pixel(x, y)
        for y in range(top, top + height)
        for x in range(left, left + width)
        if (-30 <= x < 0 and 10 <= y < 30) or (0 <= x < 40 and 0 <= y < 25)
    }
    if not pixels:
        with pytest.raises(NoScreen):
            cut(BOTH, box)
        return
    part = cut(BOTH, box)
    area = part.monitor.box
    assert (part.width, part.height) == (area.width, area.height)
    assert len(part.pixels) == area.width * area.height * 4
    assert area.left >= box.left
    assert area.top >= box.top
    for (x, y), wanted in pixels.items():
        assert bytes(part.pixels[((y - area.top) * area.width + x - area.left) * 4 :][:4]) == wanted


def test_one_whole_monitor_is_not_copied() -> None:
    assert cut(BOTH, RIGHT.monitor.box) is RIGHT


@pytest.mark.parametrize("shots", [(), BOTH])
def test_a_box_on_no_monitor_is_refused(shots: tuple[Shot, ...]) -> None:
    with pytest.raises(NoScreen):
        cut(shots, Box(500, 500, 10, 10))
