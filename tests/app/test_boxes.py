import pytest

from app.boxes import around, holds, overlap, spanned
from app.model.screens import Box

BOX = Box(-10, 20, 30, 40)


@pytest.mark.parametrize(
    ("x", "y", "inside"),
    [(-10, 20, True), (19, 59, True), (20, 59, False), (19, 60, False), (-11, 20, False), (-10, 19, False)],
)
def test_a_box_holds_its_first_pixel_and_not_the_one_behind_its_last(x: int, y: int, inside: bool) -> None:
    assert holds(BOX, x, y) is inside


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        (BOX, BOX),
        (Box(0, 0, 100, 30), Box(0, 20, 20, 10)),
        (Box(20, 20, 5, 5), None),
        (Box(0, 60, 5, 5), None),
        (Box(0, 30, 1, 1), Box(0, 30, 1, 1)),
    ],
)
def test_two_boxes_share_the_same_whoever_is_asked(other: Box, shared: Box | None) -> None:
    assert overlap(BOX, other) == overlap(other, BOX) == shared


def test_the_least_box_around_others_touches_all_their_edges() -> None:
    assert around((BOX, Box(100, -5, 1, 1))) == Box(-10, -5, 111, 65)


def test_two_corners_span_a_box_with_both_of_them_in_it() -> None:
    assert spanned(5, 5, 5, 5) == Box(5, 5, 1, 1)
    assert spanned(9, -1, 0, 3) == spanned(0, 3, 9, -1) == Box(0, -1, 10, 5)
