"""The rows of `make bench`: when a goal is met, and how a row reads."""

import pytest

from tests.bench.figure import Figure, Held
from tests.bench.table import as_json, table


def figure(ours: float, goal: float | None, held: Held, *, at_least: bool = False) -> Figure:
    return Figure("first word", ours, 5.0, "bare", "ms", goal, held, at_least)


@pytest.mark.parametrize(
    ("held", "at_the_goal", "beyond"), [(Held.RATIO, 10, 11), (Held.DIFFERENCE, 7, 8), (Held.OURS, 2, 3)]
)
def test_a_goal_of_two_is_held_against_what_the_figure_says(
    held: Held, at_the_goal: float, beyond: float
) -> None:
    assert figure(at_the_goal, 2, held).met
    assert not figure(beyond, 2, held).met


def test_a_goal_may_be_the_least() -> None:
    assert figure(10, 2, Held.RATIO, at_least=True).met
    assert not figure(9, 2, Held.RATIO, at_least=True).met


def test_what_is_only_shown_has_no_goal_to_miss() -> None:
    shown = figure(5_000, None, Held.RATIO)
    assert shown.met
    assert table([shown]).splitlines()[-1].split() == [
        *("first", "word", "5,000", "ms", "5", "ms", "(bare)", "1000.00", "-", "-")
    ]
    assert as_json(shown)["goal"] is None


@pytest.mark.parametrize(
    ("held", "goal"), [(Held.RATIO, "≤ 2 ×"), (Held.DIFFERENCE, "≤ 2 ms more"), (Held.OURS, "≤ 2 ms")]
)
def test_a_row_says_what_its_goal_means(held: Held, goal: str) -> None:
    assert goal + "  " in table([figure(1_000, 2, held)])
    assert table([figure(1_000, 2, held)]).endswith("NO")


def test_without_a_peer_there_is_no_figure() -> None:
    with pytest.raises(ValueError, match="no measurement"):
        Figure("first word", 5.0, 0.0, "bare", "ms", 2)
