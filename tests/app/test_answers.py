"""What a worker says is believed only as far as it can be true."""

from typing import Any

import pytest

from app import answers
from app.errors import Unreadable
from app.model.attachments import TEXT_LIMIT

PNG = b"\x89PNG\r\n\x1a\n..."


@pytest.mark.parametrize("value", [1, 7, answers.COUNT_LIMIT])
def test_a_count_is_a_whole_number_from_one_on(value: int) -> None:
    assert answers.count({"n": value}, "n") == value


@pytest.mark.parametrize(
    "value", [0, -1, True, 1.0, "1", None, [1], answers.COUNT_LIMIT + 1, 10**400, float("inf")]
)
def test_what_is_no_count_is_refused(value: Any) -> None:
    with pytest.raises(Unreadable):
        answers.count({"n": value}, "n")
    with pytest.raises(Unreadable):
        answers.count({}, "n")


def test_a_count_may_be_bounded_closer() -> None:
    assert answers.count({"n": 5}, "n", 5) == 5
    with pytest.raises(Unreadable):
        answers.count({"n": 6}, "n", 5)


@pytest.mark.parametrize("value", [0, 1, 2.5, 1e9])
def test_a_measure_is_a_number_that_can_be_measured(value: float) -> None:
    found = answers.measure({"n": value}, "n")
    assert isinstance(found, float)
    assert found == value


@pytest.mark.parametrize(
    "value", [-1, -0.1, 10**400, -(10**400), 1e300, float("inf"), float("nan"), True, "1", None]
)
def test_what_is_no_measure_is_refused(value: Any) -> None:
    with pytest.raises(Unreadable):
        answers.measure({"n": value}, "n")


@pytest.mark.parametrize("value", [2, 4, "3", None, 10**400])
def test_a_number_is_the_one_expected_or_none(value: Any) -> None:
    assert answers.number({"number": 3}, 3) == 3
    with pytest.raises(Unreadable):
        answers.number({"number": value}, 3)


def test_text_is_cleaned_and_cut_and_may_be_missing() -> None:
    assert answers.text({"t": "a\0b\ud800c\nd\te\x1b[2J"}, "t") == "abc\nd\te[2J"
    assert len(answers.text({"t": "x" * (TEXT_LIMIT + 9)}, "t")) == TEXT_LIMIT
    assert answers.text({}, "t") == answers.text({"t": 7}, "t") == ""


def test_a_picture_is_what_it_says_it_is() -> None:
    head = {"width": 3, "height": answers.SIDE_LIMIT, "mime": "image/png"}
    assert answers.picture(head, PNG) == (3, answers.SIDE_LIMIT, "image/png")


@pytest.mark.parametrize(
    ("more", "body"),
    [
        ({}, b""),
        ({}, b"\xff\xd8\xff"),
        ({"mime": "image/svg+xml"}, b"<svg>"),
        ({"mime": None}, PNG),
        ({"mime": ["image/png"]}, PNG),
        ({"width": 0}, PNG),
        ({"width": answers.SIDE_LIMIT + 1}, PNG),
        ({"height": 10**400}, PNG),
    ],
)
def test_what_is_no_picture_of_ours_is_refused(more: dict[str, Any], body: bytes) -> None:
    with pytest.raises(Unreadable):
        answers.picture({"width": 1, "height": 1, "mime": "image/png"} | more, body)
