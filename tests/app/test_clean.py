"""What a stranger wrote stays on its line and hides nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clean import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words", "plain words"),
        ("季度 报告", "季度 报告"),
        ("two\nlines\tand\x00more", "two lines and more"),
        ("line\u2028paragraph\u2029end", "line paragraph end"),
        ("\x1b[31mred", "[31mred"),
        ("evil\u202egnp\u2066.exe", "evilgnp.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("half\ud83d", "half\ufffd"),
        (" \n\u200b ", ""),
    ],
)
def test_it_is_one_line_that_hides_nothing(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(st.characters()))
def test_whatever_comes_can_be_written_and_stays_as_it_is_the_second_time(text: str) -> None:
    shown = visible(text)
    shown.encode()
    assert len(shown.splitlines()) <= 1
    assert visible(shown) == shown
