import pytest
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from app.model.marks import Mark, Shape
from ui.mark_painter import drawn, ground_for, outline, stroke_for

RED = "#e5484d"


@pytest.fixture
def noise(qapp: QApplication) -> QImage:
    """Give a picture in which no two neighbours are alike."""
    image = QImage(120, 80, QImage.Format.Format_RGB32)
    for x in range(120):
        for y in range(80):
            image.setPixelColor(x, y, QColor((x * 37) % 256, (y * 53) % 256, (x * y) % 256))
    return image


def changed(before: QImage, after: QImage) -> set[tuple[int, int]]:
    every = ((x, y) for x in range(before.width()) for y in range(before.height()))
    return {(x, y) for x, y in every if before.pixel(x, y) != after.pixel(x, y)}


def test_a_redaction_leaves_nothing_of_any_pixel_that_it_touches(noise: QImage) -> None:
    made = drawn(noise, (Mark(Shape.REDACTION, ((50.9, 30.2), (20.4, 10.7))),))
    inside = {(x, y) for x in range(20, 51) for y in range(10, 31)}
    assert {made.pixel(x, y) for x, y in inside} == {0xFF000000}
    assert changed(noise, made) <= inside, "and nothing beside it"


@pytest.mark.parametrize("colour", ["#ffffff", "#e5484d80", "transparent", "no colour"])
def test_no_colour_makes_a_redaction_see_through(noise: QImage, colour: str) -> None:
    made = drawn(noise, (Mark(Shape.REDACTION, ((0.0, 0.0), (120.0, 80.0)), colour),))
    assert {made.pixel(x, y) for x in range(120) for y in range(80)} == {0xFF000000}


def test_a_picture_that_could_be_seen_through_is_opaque_afterwards(qapp: QApplication) -> None:
    image = QImage(4, 4, QImage.Format.Format_ARGB32)
    image.fill(QColor(10, 20, 30, 0))
    made = drawn(image, (Mark(Shape.REDACTION, ((0.0, 0.0), (2.0, 2.0))),))
    assert not made.hasAlphaChannel()
    assert made.pixel(1, 1) == 0xFF000000


def test_what_is_marked_is_a_copy(noise: QImage) -> None:
    before = noise.copy()
    drawn(noise, (Mark(Shape.REDACTION, ((0.0, 0.0), (90.0, 60.0))),))
    assert noise == before


@pytest.mark.parametrize(
    "mark",
    [
        Mark(Shape.ARROW, ((20.0, 20.0), (90.0, 60.0)), RED, 3),
        Mark(Shape.BOX, ((20.0, 20.0), (90.0, 60.0)), RED, 3),
        Mark(Shape.STEP, ((50.0, 40.0),), RED, 3),
        Mark(Shape.PEN, ((20.0, 20.0), (60.0, 60.0), (90.0, 20.0)), RED, 3),
        Mark(Shape.TEXT, ((20.0, 20.0),), RED, 3, "看 here"),
        Mark(Shape.HIGHLIGHT, ((20.0, 20.0), (90.0, 60.0)), RED, 3),
    ],
    ids=lambda mark: mark.shape,
)
def test_a_mark_changes_the_picture_only_where_it_is(noise: QImage, mark: Mark) -> None:
    where = changed(noise, drawn(noise, (mark,)))
    assert len(where) > 50
    around = outline(mark).boundingRect().adjusted(-2, -2, 2, 2)
    assert all(around.contains(x, y) for x, y in where)


def test_steps_count_by_themselves(noise: QImage) -> None:
    first, second = (Mark(Shape.STEP, ((x, 40.0),), RED, 3) for x in (30.0, 80.0))
    both, alone = drawn(noise, (first, second)), drawn(noise, (second,))
    disc = outline(second).boundingRect().toRect()
    assert both.copy(disc) != alone.copy(disc), "2 beside a first one, 1 without"


def test_later_marks_lie_over_earlier_ones(noise: QImage) -> None:
    box = ((10.0, 10.0), (60.0, 60.0))
    text = Mark(Shape.TEXT, ((20.0, 20.0),), RED, 3, "x")
    assert changed(
        drawn(noise, (Mark(Shape.REDACTION, box),)), drawn(noise, (Mark(Shape.REDACTION, box), text))
    )
    hidden = drawn(noise, (text, Mark(Shape.REDACTION, box)))
    assert hidden.pixel(25, 25) == 0xFF000000


@pytest.mark.parametrize("shape", list(Shape))
def test_marks_without_extent_or_far_away_do_no_harm(noise: QImage, shape: Shape) -> None:
    nowhere = Mark(shape, ((5.0, 5.0), (5.0, 5.0)), RED, 3, "x")
    far = Mark(shape, ((-9e6, 4e6), (9e6, 5e6)), RED, 3, "x")
    assert drawn(noise, (nowhere, far)).size() == noise.size()


def test_a_box_is_hit_at_its_rim_and_not_inside(qapp: QApplication) -> None:
    path = outline(Mark(Shape.BOX, ((10.0, 10.0), (110.0, 70.0)), RED, 4))
    assert path.intersects(QRectF(9, 30, 3, 3))
    assert not path.intersects(QRectF(50, 40, 3, 3))


def test_strokes_grow_with_the_picture_within_bounds() -> None:
    assert stroke_for(QSize(200, 100)) == 3
    assert stroke_for(QSize(1920, 1080)) == 4
    assert stroke_for(QSize(20_000, 20_000)) == 12


@pytest.mark.parametrize(
    ("colour", "ground"), [("#ffd60a", "#1f2328"), ("#ffffff", "#1f2328"), ("#2563eb", "#ffffff")]
)
def test_words_stand_on_a_ground_on_which_they_can_be_read(colour: str, ground: str) -> None:
    assert ground_for(colour) == ground
