import pytest

from app.model.sentences import Sentence
from app.page_range import parse, text_of


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("", ()),
        ("  ", ()),
        ("1-3, 7", (1, 2, 3, 7)),
        ("7,1-3", (1, 2, 3, 7)),
        ("3 5", (3, 5)),
        ("2-4,3", (2, 3, 4)),
        ("9-", (9, 10, 11, 12)),
        ("-2", (1, 2)),
        ("1 - 3", (1, 2, 3)),
        ("1–3；5", (1, 2, 3, 5)),
        ("2到4，6", (2, 3, 4, 6)),
        ("2..4", (2, 3, 4)),
        ("1-12", ()),
        ("1-6,7-12", ()),
    ],
)
def test_a_range_is_read_as_a_person_means_it(text: str, pages: tuple[int, ...]) -> None:
    assert parse(text, 12) == pages


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("x", "picker.not_a_range"),
        ("1,b", "picker.not_a_range"),
        ("-", "picker.not_a_range"),
        ("1-2-3", "picker.not_a_range"),
        ("5-2", "picker.backwards"),
        ("0", "picker.no_such_page"),
        ("13", "picker.no_such_page"),
        ("3-99", "picker.no_such_page"),
        ("99999999999", "picker.not_a_range"),
    ],
)
def test_what_is_no_range_is_told_and_why(text: str, key: str) -> None:
    found = parse(text, 12)
    assert isinstance(found, Sentence)
    assert found.key == key


def test_the_page_that_does_not_exist_is_named() -> None:
    found = parse("3-99", 12)
    assert isinstance(found, Sentence)
    assert dict(found.args) == {"page": 99, "total": 12}


@pytest.mark.parametrize("pages", [(), (1,), (1, 2), (1, 3), (1, 2, 3, 7), (2, 3, 5, 6, 11)])
def test_the_text_of_pages_is_read_back_as_the_same_pages(pages: tuple[int, ...]) -> None:
    assert parse(text_of(pages), 12) == pages


def test_neighbours_are_written_as_one_range() -> None:
    assert text_of((1, 2, 3, 7)) == "1-3, 7"
