import numpy as np
import pytest

from app.model.screens import Box
from capture.recording.film import Pixels
from capture.recording.marks import RING_SECONDS, Cursor, Mark, Ring


def grey() -> Pixels:
    return np.full((60, 80, 4), 100, np.uint8)


def changed(picture: Pixels) -> tuple[slice, slice]:
    """Return the rows and columns that are not grey any more."""
    rows, columns = np.nonzero((picture[..., :3] != 100).any(axis=-1))
    return slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)


def cursor(left: int, top: int, *, alpha: int = 255) -> Cursor:
    return Cursor(Box(left, top, 4, 6), bytes([alpha // 5, 0, 0, alpha]) * 24)


def test_a_pointer_covers_what_is_below_it_as_much_as_it_is_opaque() -> None:
    for alpha, blue in ((255, 51), (0, 100), (125, 25 + 100 * 130 // 255)):
        picture = grey()
        cursor(1010, 520, alpha=alpha).draw(picture, 1000, 500)
        assert picture[20, 10, 0] == blue
        assert picture[19, 10, 0] == 100


@pytest.mark.parametrize(
    ("left", "top", "part"),
    [
        (-2, -3, (slice(0, 3), slice(0, 2))),
        (78, 57, (slice(57, 60), slice(78, 80))),
        (30, 58, (slice(58, 60), slice(30, 34))),
    ],
)
def test_at_an_edge_the_part_inside_is_drawn(left: int, top: int, part: tuple[slice, slice]) -> None:
    picture = grey()
    cursor(left, top).draw(picture, 0, 0)
    assert changed(picture) == part


@pytest.mark.parametrize(("left", "top"), [(-4, 10), (-500, -500), (80, 0), (0, 60), (9000, 9000)])
def test_outside_nothing_is_drawn(left: int, top: int) -> None:
    picture = grey()
    cursor(left, top).draw(picture, 0, 0)
    assert (picture == 100).all()


def test_a_ring_grows_and_stays_within_its_box() -> None:
    widths = []
    for age in (0.0, 0.3, RING_SECONDS, 9.0):
        picture = np.full((200, 200, 4), 100, np.uint8)
        ring: Mark = Ring(100, 100, age)
        ring.draw(picture, 0, 0)
        rows, columns = changed(picture)
        box = ring.box
        assert box.left <= columns.start
        assert columns.stop <= box.left + box.width
        assert box.top <= rows.start
        assert rows.stop <= box.top + box.height
        widths.append(columns.stop - columns.start)
    assert widths[0] < widths[1] < widths[2] == widths[3]


def test_a_ring_beside_the_picture_is_drawn_as_far_as_it_reaches() -> None:
    picture = grey()
    Ring(-5, 30, 0.3).draw(picture, 0, 0)
    assert changed(picture)[1].start == 0
