import pytest

from app.model.screens import Aim, Box, Target
from app.options import USAGE, aim_of, budget, parse
from app.settings import BUDGET_LIMIT


@pytest.mark.parametrize(
    ("words", "aim"),
    [
        ([], Aim(Target.DESKTOP)),
        (["--screen", "pointer"], Aim(Target.SCREEN)),
        (["--window"], Aim(Target.WINDOW)),
        (["--window", "pointer"], Aim(Target.WINDOW)),
        (["--window", "active"], Aim(Target.ACTIVE)),
        (["--last"], Aim(Target.LAST)),
    ],
)
def test_a_capture_is_of_what_is_named(words: list[str], aim: Aim) -> None:
    _, options = parse(["capture", *words, "-o", "x.png"])
    assert aim_of(options) == aim


def test_a_capture_can_wait_and_show_the_pointer() -> None:
    _, options = parse(["capture", "--delay", "5", "--pointer", "--region=-10,0,20,30", "-o", "-"])
    assert (options.delay, options.pointer, options.region) == (5, True, Box(-10, 0, 20, 30))
    _, options = parse(["capture", "--screen", "2", "-o", "-"])
    assert (options.delay, options.pointer, options.screen) == (0, False, 2)


@pytest.mark.parametrize(
    "words",
    [
        ["--screen", "left"],
        ["--window", "big"],
        ["--last", "--window"],
        ["--delay", "-1"],
        ["--delay", "1.5"],
        ["--delay", "3601"],
        ["--region", "1,2,3"],
        ["--region", "1,2,3,0"],
    ],
)
def test_wrong_usage_of_capture_ends_with_one_sentence(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(["capture", *words, "-o", "x.png"])
    assert ended.value.code == USAGE
    assert len(capsys.readouterr().err.strip().splitlines()) >= 1


def test_a_budget_is_a_whole_number_of_tokens_within_reason() -> None:
    assert (budget("1"), budget("500"), budget(str(BUDGET_LIMIT))) == (1, 500, BUDGET_LIMIT)
    for text in ("", "0", "-1", "1.5", "many", str(BUDGET_LIMIT + 1), "9" * 5000):
        assert budget(text) is None
