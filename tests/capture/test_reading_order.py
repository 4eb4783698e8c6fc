"""Columns are read one after the other, tables row by row."""

from hypothesis import given
from hypothesis import strategies as st

from app.model.screens import Box, Line
from capture.reading_order import in_order, in_rows


def piece(text: str, left: int, top: int, width: int = 0, height: int = 20) -> Line:
    return Line(text, Box(left, top, width or 10 * len(text), height), 0.9)


def texts(pieces: list[Line]) -> list[str]:
    return [line.text for line in in_order(pieces)]


def column(name: str, left: int, width: int, tops: range) -> list[Line]:
    return [piece(f"{name}{number}", left, top, width) for number, top in enumerate(tops, 1)]


def test_lines_come_from_the_top_down() -> None:
    assert texts([piece("two", 0, 40), piece("three", 0, 80), piece("one", 0, 0)]) == ["one", "two", "three"]


def test_pieces_of_one_row_become_one_line() -> None:
    (line,) = in_order([piece("420.36", 500, 103), piece("Amount due", 10, 100)])
    assert line.text == "Amount due  420.36"
    assert line.box == Box(10, 100, 550, 23)
    assert line.score == 0.9


def test_words_that_stand_close_are_one_text() -> None:
    assert texts([piece("page", 85, 0), piece("Second", 10, 0)]) == ["Second page"]


def test_a_table_is_read_row_by_row() -> None:
    rows = [("Region", "Units"), ("North", "1,204"), ("South", "987"), ("East", "2,310"), ("West", "415")]
    pieces = [piece(text, 20 + 300 * x, 40 * y) for y, row in enumerate(rows) for x, text in enumerate(row)]
    assert texts(pieces) == ["  ".join(row) for row in rows]


def test_labels_and_figures_of_like_width_are_still_a_table() -> None:
    pieces = column("label", 20, 90, range(0, 240, 40)) + column("value", 400, 90, range(0, 240, 40))
    assert texts(pieces)[0] == "label1  value1"


def test_two_columns_of_text_are_read_one_after_the_other() -> None:
    left = column("left", 20, 400, range(100, 300, 40))
    right = column("right", 460, 390, range(100, 300, 40))
    assert texts(right + left) == [f"left{n}" for n in range(1, 6)] + [f"right{n}" for n in range(1, 6)]


def test_a_title_over_both_columns_and_a_footer_under_them_stay_where_they_are() -> None:
    left = column("left", 20, 400, range(100, 300, 40))
    right = column("right", 460, 390, range(100, 300, 40))
    title, footer = piece("title", 20, 20, 830), piece("footer", 20, 400, 830)
    found = texts([*right, footer, *left, title])
    assert (found[0], found[1], found[6], found[-1]) == ("title", "left1", "right1", "footer")


def test_a_menu_at_the_side_is_apart_from_the_rows_beside_it() -> None:
    menu = column("menu", 10, 60, range(0, 300, 42))
    labels = column("label", 250, 90, range(15, 300, 58))
    values = column("value", 600, 90, range(15, 300, 58))
    found = texts(menu + labels + values)
    assert found[: len(menu)] == [line.text for line in menu]
    assert found[len(menu)] == "label1  value1"


def test_lines_in_their_own_order_keep_it_and_only_the_cells_of_a_row_are_joined() -> None:
    column = [piece("right1", 400, 0), piece("right2", 400, 40), piece("left1", 0, 0), piece("left2", 0, 40)]
    row = [piece("Total", 0, 80), piece("7", 300, 82)]
    assert [line.text for line in in_rows(column + row)] == ["right1", "right2", "left1", "left2", "Total  7"]


def test_nothing_gives_nothing() -> None:
    assert in_order([]) == []
    assert in_rows([]) == []


SIDES = st.integers(1, 400)


@given(st.lists(st.builds(Box, st.integers(0, 1000), st.integers(0, 1000), SIDES, SIDES), max_size=25))
def test_no_piece_is_lost_or_told_twice(boxes: list[Box]) -> None:
    pieces = [Line(f"<{number}>", box) for number, box in enumerate(boxes)]
    found = "".join(texts(pieces))
    assert all(found.count(line.text) == 1 for line in pieces)
