from app.model.marks import STEPS_BACK, Mark, Markup, Shape, hides

BOX = Mark(Shape.BOX, ((10.0, 20.0), (30.5, 5.2)), "#e5484d", 3)
ARROW = Mark(Shape.ARROW, ((0.0, 0.0), (9.0, 9.0)), "#e5484d", 3)


def test_every_pixel_that_is_touched_is_covered() -> None:
    assert BOX.covered(100, 100) == (10, 5, 21, 15)


def test_what_lies_beyond_the_picture_covers_nothing_of_it() -> None:
    assert Mark(Shape.REDACTION, ((-9.0, -9.0), (4.0, 4.0))).covered(3, 100) == (0, 0, 3, 4)
    assert Mark(Shape.REDACTION, ((200.0, 5.0), (300.0, 9.0))).covered(100, 100) == (100, 5, 0, 4)


def test_a_moved_mark_keeps_its_shape() -> None:
    assert BOX.moved(1, -2).points == ((11.0, 18.0), (31.5, 3.2))


def test_only_a_redaction_hides() -> None:
    assert not hides((BOX, ARROW))
    assert hides((BOX, Mark(Shape.REDACTION, ((0.0, 0.0), (1.0, 1.0)))))


def test_every_change_can_be_undone_and_done_again() -> None:
    drawn = Markup().add(BOX).add(ARROW)
    changed = drawn.put(0, BOX.moved(5, 5)).remove(1)
    assert changed.marks == (BOX.moved(5, 5),)
    assert changed.undo().undo().marks == (BOX, ARROW)
    assert changed.undo().undo().redo().redo() == changed
    assert changed.undo().undo().undo().undo().marks == ()


def test_there_is_nothing_before_the_first_and_after_the_last() -> None:
    assert Markup().undo() == Markup().redo() == Markup()
    once = Markup().add(BOX)
    assert once.redo() is once


def test_what_was_undone_is_forgotten_by_another_change() -> None:
    assert Markup().add(BOX).undo().add(ARROW).redo().marks == (ARROW,)


def test_a_change_that_changes_nothing_is_no_step() -> None:
    once = Markup().add(BOX)
    assert once.put(0, BOX) is once


def test_only_so_many_steps_are_remembered() -> None:
    markup = Markup()
    for at in range(STEPS_BACK + 50):
        markup = markup.add(BOX.moved(at, 0))
    assert len(markup.past) == STEPS_BACK
