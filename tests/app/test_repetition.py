"""Texts that loop are noticed, texts that are alike in themselves by right are not; an end said twice is found."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.events import Answer, Looping, Reasoning
from app.repetition import MEMORY, SPAN, RepetitionGuard, ReplyGuard, restated_from

KEPT = Path(__file__).parents[1] / "fixtures" / "repetition"
ESCAPES = {"smollm2-roots"}  # its circle has a new number in it each time; `make bench` counts it as missed
PROSE = (
    "The chart shows three bars. The first stands for March, the second for April and the third for May. "
    "April is the highest with forty-two, and May is the lowest with nineteen. "
)


def texts(kind: str) -> list[Path]:
    found = sorted((KEPT / kind).glob("*.txt"))
    assert found, "the kept set is gone"
    return found


def noticed_at(text: str, piece: int = 7) -> int | None:
    """Return after how many characters the guard spoke up."""
    guard = RepetitionGuard()
    heard = (at for at in range(0, len(text), piece) if guard.hear(text[at : at + piece]))
    return next(heard, None)


@pytest.mark.parametrize(
    "path", [path for path in texts("looping") if path.stem not in ESCAPES], ids=lambda path: path.stem
)
def test_a_loop_is_noticed_before_it_has_run_its_course(path: Path) -> None:
    assert noticed_at(path.read_text(encoding="utf-8")) is not None


@pytest.mark.parametrize("path", texts("sound"), ids=lambda path: path.stem)
def test_what_is_alike_by_right_is_left_alone(path: Path) -> None:
    assert noticed_at(path.read_text(encoding="utf-8")) is None


def test_a_loop_is_noticed_within_a_few_rounds() -> None:
    at = noticed_at(PROSE * 40)
    assert at is not None
    assert at < len(PROSE) * 8


def test_a_text_that_finds_its_way_out_is_forgiven() -> None:
    guard = RepetitionGuard()
    assert guard.hear(PROSE * 40)
    fresh = " ".join(f"word{number} leads to another" for number in range(400))
    assert not guard.hear(fresh)


def test_a_warning_does_not_flicker() -> None:
    guard = RepetitionGuard()
    assert guard.hear(PROSE * 40)
    # New words now and then, between echoes: still no way out.
    heard = {guard.hear(f"fresh{number} words " * 3 + PROSE * 3) for number in range(20)}
    assert heard == {True}


def test_of_a_reply_each_circle_is_told_once_and_its_end_too() -> None:
    guard = ReplyGuard()
    told = [guard.hear((Reasoning(PROSE),)) for _ in range(40)]
    assert [news for news in told if news] == [Looping(answer=False)]
    assert guard.circling == Looping(answer=False)
    # The answer has begun: that was the way out, whatever the answer says.
    assert guard.hear((Answer(PROSE),)) == Looping(answer=False, over=True)
    assert guard.circling is None
    told = [guard.hear((Answer(PROSE),)) for _ in range(40)]
    assert [news for news in told if news] == [Looping(answer=True)]
    fresh = " ".join(f"word{number} leads to another" for number in range(400))
    assert guard.hear((Answer(fresh),)) == Looping(answer=True, over=True)


def test_saying_it_twice_is_no_loop() -> None:
    whole = (KEPT / "sound" / "rechecking-en.txt").read_text(encoding="utf-8")
    assert noticed_at(whole + "\n\n" + whole) is None


@given(st.lists(st.integers(1, 40), min_size=1, max_size=60))
def test_it_does_not_matter_how_the_text_is_cut(cuts: list[int]) -> None:
    text = (KEPT / "looping" / "list-same-zh.txt").read_text(encoding="utf-8")[:600]
    whole, pieces = RepetitionGuard(), RepetitionGuard()
    whole.hear(text + "\n")
    at = 0
    for cut in cuts:
        pieces.hear(text[at : at + cut])
        at += cut
    pieces.hear(text[at:] + "\n")
    assert vars(whole)["_counts"] == vars(pieces)["_counts"]
    assert vars(whole)["_score"] == vars(pieces)["_score"]


def test_it_remembers_no_more_than_it_says() -> None:
    guard = RepetitionGuard()
    guard.hear(" ".join(str(number) for number in range(3 * MEMORY)))
    assert len(vars(guard)["_runs"]) == len(vars(guard)["_counts"]) == MEMORY
    assert len(vars(guard)["_run"]) == SPAN


def test_an_end_that_restates_is_found() -> None:
    said = "The total is 4,120 euros, as the last row of the table says.\nIt includes the value added tax of 19 %."
    answer = f"Let me see.\n\n{said}\n\n**{said.splitlines()[0]}** {said.splitlines()[1]}"
    found = restated_from(answer)
    assert found == answer.index("**The total")


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "One sentence only, which nobody has said before in this answer at all, however long it is.",
        "Yes.\n\nYes.",  # too short to be worth it
        "```\n" + "the same line of code stands here again and again\n" * 4 + "```",
        "| a | b |\n|---|---|\n"
        + "| the same row of the table | again and again and again and again |\n" * 4,
    ],
)
def test_an_end_that_does_not_is_left_alone(answer: str) -> None:
    assert restated_from(answer) is None
