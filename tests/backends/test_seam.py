"""Where a reply that goes on meets what was there: nothing twice, nothing lost, wherever the stream is cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.seam import CERTAIN, TAIL, Seam, tail_of

FOX = "The quick brown fox jumps over the lazy dog. It then went home"
POEM = "床前明月光,疑是地上霜。举头望明月,低头思故乡。这首诗写的是诗人在异乡的夜晚"


def joined(before: str, *pieces: str, repeats: bool = True) -> str:
    seam = Seam(before, repeats=repeats)
    return before + "".join(map(seam.feed, pieces)) + seam.close()


@pytest.mark.parametrize("before", [FOX, FOX + " ", POEM])
@pytest.mark.parametrize("again", ["", "tail", "all"])
@pytest.mark.parametrize("lead", ["", "\n", " "])
def test_what_is_said_again_is_dropped(before: str, again: str, lead: str) -> None:
    said = {"": "", "tail": tail_of(before), "all": before.strip()}[again]
    new = " and slept, 然后睡了."
    text = (lead + said if said else "") + new
    expected = before + (new if before == before.rstrip() else new.lstrip())
    assert joined(before, text) == expected
    assert joined(before, *text) == expected


def test_a_second_answer_to_the_same_is_no_repetition() -> None:
    assert joined(FOX, " home") == FOX + " home"
    assert joined("Rows:\n| 0 | 0 | 0 | 0 |\n| 0 | 0 | 0 | 0 |", "| 0 | 0 | 0 | 0 |\n").endswith(
        "||" + " 0 |" * 4 + "\n"
    )


def test_who_goes_on_in_its_own_turn_may_say_anything_again() -> None:
    assert joined(FOX, " went home", repeats=False) == FOX + " went home"


@pytest.mark.parametrize(
    ("before", "new", "whole"),
    [
        ("one ", " two", "one two"),
        ("one ", "two", "one two"),
        ("one", " two", "one two"),
        ("one\n", "\n\ntwo", "one\n\ntwo"),
        ("one\n\n", "\ntwo", "one\n\ntwo"),
        ("one \n", "\ntwo", "one \ntwo"),
        ("on", "e two", "one two"),
        ("", " two", " two"),
        ("one ", "", "one "),
    ],
)
@pytest.mark.parametrize("repeats", [True, False])
def test_white_space_at_the_seam_is_there_once(before: str, new: str, whole: str, repeats: bool) -> None:
    assert joined(before, new, repeats=repeats) == whole
    assert joined(before, *new, repeats=repeats) == whole


TEXTS = st.text(alphabet="ab \n好|", max_size=60)


@given(TEXTS, TEXTS, st.lists(st.integers(0, 60), max_size=5), st.booleans())
def test_it_does_not_matter_where_the_stream_is_cut(
    before: str, new: str, cuts: list[int], repeats: bool
) -> None:
    at = [0, *sorted(min(cut, len(new)) for cut in cuts), len(new)]
    pieces = [new[a:b] for a, b in pairwise(at)]
    assert joined(before, *pieces, repeats=repeats) == joined(before, new, repeats=repeats)


@given(TEXTS, TEXTS)
def test_what_was_there_stays_and_nothing_new_is_lost(before: str, new: str) -> None:
    whole = joined(before, new, repeats=False)
    assert whole.startswith(before)
    assert "".join(whole.split()) == "".join((before + new).split())


@given(st.text(max_size=300))
def test_the_tail_names_the_place(text: str) -> None:
    tail = tail_of(text)
    assert text.rstrip().endswith(tail)
    assert len(tail) <= TAIL
    assert len(tail) >= min(CERTAIN, len(text.rstrip()))
