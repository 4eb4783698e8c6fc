import pytest

from app.model.screens import Box, OpenWindow
from ui.selection import HANDLES, INSIDE, Doing, Selection, handle_at

LEFT, RIGHT = Box(-800, 0, 800, 600), Box(0, 100, 1000, 800)
BACK, FRONT = OpenWindow(Box(100, 200, 400, 300), "back"), OpenWindow(Box(300, 300, 400, 300), "front")
REACH = 8


@pytest.fixture
def selection() -> Selection:
    made = Selection((LEFT, RIGHT))
    made.offer((FRONT, BACK))
    return made


def drag(selection: Selection, start: tuple[int, int], end: tuple[int, int]) -> None:
    selection.press(*start, REACH)
    selection.point(*end)
    selection.release(*end)


def click(selection: Selection, x: int, y: int, *, hold: bool = False, again: bool = False) -> bool:
    selection.point(x, y)
    selection.press(x, y, REACH, again=again)
    return selection.release(x, y, hold=hold)


@pytest.mark.parametrize(
    ("point", "window"), [((350, 350), FRONT), ((150, 250), BACK), ((50, 150), None), ((-5, 5), None)]
)
def test_the_topmost_window_under_the_pointer_is_hovered(
    selection: Selection, point: tuple[int, int], window: OpenWindow | None
) -> None:
    selection.point(*point)
    assert selection.hovered() == window
    assert selection.target() == (window.box if window else selection.monitor())


def test_what_lies_beyond_the_monitors_cannot_be_taken() -> None:
    windows = (OpenWindow(Box(-50, 500, 100, 1000)), OpenWindow(Box(5000, 5000, 10, 10)))
    selection = Selection((RIGHT,))
    selection.offer(windows)
    selection.point(10, 600)
    assert selection.target() == Box(0, 500, 50, 400)


def test_a_click_takes_the_hovered_window_and_nothing_else(selection: Selection) -> None:
    assert click(selection, 350, 350)
    assert selection.target() == FRONT.box
    assert not click(selection, 50, 150)


def test_a_hand_that_trembles_still_clicks(selection: Selection) -> None:
    selection.press(350, 350, REACH)
    selection.point(353, 351)
    assert selection.release(353, 351)
    assert selection.box is None


def test_a_drag_is_one_though_no_move_was_heard_of(selection: Selection) -> None:
    """A window system that is busy leaves out moves, be it all of them, and windows may be offered late."""
    selection.offer(())
    selection.press(350, 350, REACH)
    selection.offer((FRONT, BACK))
    assert not selection.release(449, 359)
    assert (selection.box, selection.doing) == (Box(350, 350, 100, 10), Doing.HELD)


def test_without_windows_a_click_takes_nothing(selection: Selection) -> None:
    selection.toggle()
    assert not click(selection, 350, 350)
    assert selection.target() == RIGHT
    selection.toggle()
    assert click(selection, 350, 350)


def test_a_window_can_be_held_to_be_adjusted(selection: Selection) -> None:
    assert not click(selection, 350, 350, hold=True)
    assert (selection.box, selection.doing) == (FRONT.box, Doing.HELD)


def test_an_arrow_makes_a_region_of_the_hovered_window(selection: Selection) -> None:
    selection.point(350, 350)
    selection.nudge(1, 0)
    assert selection.box == Box(301, 300, 400, 300)


def test_a_drag_holds_every_pixel_touched_in_any_direction(selection: Selection) -> None:
    for start, end in (((10, 200), (29, 219)), ((29, 219), (10, 200)), ((10, 219), (29, 200))):
        selection.drop()
        drag(selection, start, end)
        assert (selection.box, selection.doing) == (Box(10, 200, 20, 20), Doing.HELD)


def test_a_region_may_span_monitors_and_ends_where_the_desktop_does(selection: Selection) -> None:
    drag(selection, (-100, 300), (100, 500))
    assert selection.box == Box(-100, 300, 201, 201)
    selection.drop()
    drag(selection, (900, 800), (5000, 5000))
    assert selection.box == Box(900, 800, 100, 100)


def test_while_a_region_is_drawn_no_window_is_hovered(selection: Selection) -> None:
    selection.press(310, 310, REACH)
    selection.point(400, 400)
    assert (selection.doing, selection.hovered()) == (Doing.DRAWING, None)
    assert selection.shown() == selection.box


def test_a_held_region_is_moved_by_its_inside_and_stays_on_the_desktop(selection: Selection) -> None:
    drag(selection, (100, 200), (199, 299))
    drag(selection, (150, 250), (160, 255))
    assert selection.box == Box(110, 205, 100, 100)
    drag(selection, (150, 250), (9000, 9000))
    assert selection.box == Box(900, 800, 100, 100)


@pytest.mark.parametrize("handle", HANDLES)
def test_each_handle_moves_its_own_edges(selection: Selection, handle: tuple[int, int]) -> None:
    drag(selection, (100, 200), (299, 399))
    before = Box(100, 200, 200, 200)
    at = handle_at(before, handle)
    selection.press(*at, REACH)
    assert selection.doing is Doing.SIZING
    selection.release(at[0] + 10, at[1] + 7)
    across, down = handle
    assert selection.box == Box(
        100 + 10 * (across < 0), 200 + 7 * (down < 0), 200 + 10 * across, 200 + 7 * down
    )


def test_an_edge_that_passes_the_other_turns_the_region_over(selection: Selection) -> None:
    drag(selection, (100, 200), (199, 299))
    drag(selection, (199, 250), (50, 250))
    assert selection.box == Box(50, 200, 51, 100)


def test_a_handle_is_got_hold_of_from_near_by_and_corners_come_first(selection: Selection) -> None:
    drag(selection, (100, 200), (110, 210))
    assert selection.grip(100 - REACH, 200 - REACH, REACH) == (-1, -1)
    assert selection.grip(80, 180, REACH) is None
    drag(selection, (400, 400), (600, 600))
    assert selection.grip(500, 500, REACH) == INSIDE


@pytest.mark.parametrize(
    ("step", "resize", "box"),
    [
        ((1, 0), False, Box(101, 200, 100, 100)),
        ((0, -10), False, Box(100, 190, 100, 100)),
        ((1, 0), True, Box(100, 200, 101, 100)),
        ((0, -10), True, Box(100, 200, 100, 90)),
        ((-500, -500), True, Box(100, 200, 1, 1)),
        ((5000, 5000), True, Box(100, 200, 900, 700)),
        ((5000, 0), False, Box(900, 200, 100, 100)),
    ],
)
def test_keys_move_and_resize_within_the_desktop(
    selection: Selection, step: tuple[int, int], resize: bool, box: Box
) -> None:
    drag(selection, (100, 200), (199, 299))
    selection.nudge(*step, resize=resize)
    assert selection.box == box


def test_a_click_beside_the_region_gives_it_up_and_takes_no_window(selection: Selection) -> None:
    drag(selection, (10, 200), (50, 250))
    assert not click(selection, 350, 350)
    assert (selection.box, selection.doing) == (None, Doing.LOOKING)


def test_dropping_says_whether_there_was_something(selection: Selection) -> None:
    drag(selection, (10, 200), (50, 250))
    assert selection.drop()
    assert not selection.drop()


def test_dropping_in_the_middle_of_a_drag_ends_it(selection: Selection) -> None:
    selection.press(10, 200, REACH)
    selection.point(60, 260)
    selection.drop()
    selection.point(90, 290)
    assert selection.box is None


@pytest.mark.parametrize(
    ("region", "point", "takes"),
    [
        (True, (30, 230), True),
        (True, (500, 150), False),  # its first click has given the region up
        (False, (50, 150), True),
    ],
)
def test_a_double_click_takes_what_it_is_on(
    selection: Selection, region: bool, point: tuple[int, int], takes: bool
) -> None:
    if region:
        drag(selection, (10, 200), (50, 250))
    click(selection, *point)
    assert click(selection, *point, again=True) is takes


def test_a_hand_that_trembles_in_a_double_click_moves_nothing(selection: Selection) -> None:
    drag(selection, (10, 200), (50, 250))
    click(selection, 30, 230)
    selection.press(30, 230, REACH, again=True)
    selection.point(32, 229)
    assert selection.release(32, 229)
    assert selection.target() == Box(10, 200, 41, 51)


def test_a_drag_that_began_quickly_after_a_click_is_one(selection: Selection) -> None:
    drag(selection, (10, 200), (50, 250))
    click(selection, 30, 230)
    selection.press(30, 230, REACH, again=True)
    assert not selection.release(60, 230)
    assert selection.box == Box(40, 200, 41, 51)


def test_the_second_half_of_a_double_click_does_not_take_a_window_again(selection: Selection) -> None:
    assert click(selection, 350, 350)
    assert not click(selection, 350, 350, again=True)


def test_a_second_click_whose_first_went_elsewhere_is_one_of_its_own(selection: Selection) -> None:
    assert not click(selection, 50, 150, again=True)
    selection = Selection((LEFT, RIGHT))
    selection.offer((FRONT, BACK))
    assert click(selection, 350, 350, again=True)


def test_windows_can_be_gone_through_without_a_mouse(selection: Selection) -> None:
    assert [selection.step(1) for _ in range(3)] == [FRONT, BACK, FRONT]
    assert selection.step(-1) == BACK
    assert (selection.box, selection.doing) == (BACK.box, Doing.HELD)
    assert Selection((LEFT,)).step(1) is None


def test_the_monitor_under_the_pointer_is_what_is_left(selection: Selection) -> None:
    selection.point(-700, 50)
    assert selection.target() == LEFT
    selection.point(50, 150)
    assert selection.target() == RIGHT
