"""What is compared of a text, and what is left of a question."""

import pytest

from backends.words import asked_words, misread, words


def test_words_are_compared_without_width_case_and_endings() -> None:
    assert words("Errors") == words("ERROR") == words("error")
    assert words("takes") == words("take")
    assert words("错误代码") == ["错", "误", "代", "码", "错误", "误代", "代码"]
    assert words("$61,200.75") == ["61,200.75"]


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("What is the total in this picture?", "total"),
        ("How long does the crossing take?", "crossing take"),
        ("How many picture frames were ordered?", "picture frames ordered"),
        ("黑色墨水还剩多少？", "黑色墨水还剩"),
        ("what is this?", "what is this"),
    ],
)
def test_what_only_makes_it_a_question_is_left_out(question: str, left: str) -> None:
    assert asked_words(question) == tuple(dict.fromkeys(words(left)))


def test_a_misread_letter_is_forgiven_and_another_number_is_not() -> None:
    assert misread("tota1", "total")
    assert misread("modem", "modern")
    assert not misread("20260418", "20260419")
    assert not misread("错误", "错吴")
