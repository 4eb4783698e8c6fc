"""When a server is asked again, and when it is given up."""

import pytest

from app.errors import AppError, Broken, Busy, Misdirected, Refused, Rejected, Unreachable
from app.retries import UNWATCHED, WATCHED, Retries

BUSY = Busy("backend.busy")


@pytest.mark.parametrize("how", [WATCHED, UNWATCHED])
def test_each_pause_is_longer_and_then_it_is_given_up(how: Retries) -> None:
    pauses = [how.pause(BUSY, tried) for tried in range(1, len(how.pauses) + 2)]
    assert pauses == [*sorted(how.pauses), None]


@pytest.mark.parametrize("how", [WATCHED, UNWATCHED])
def test_the_server_says_how_long_and_is_not_waited_for_without_end(how: Retries) -> None:
    assert how.pause(Busy("backend.busy", seconds=7.0), 2) == 7
    assert how.pause(Busy("backend.busy", seconds=0.0), 1) == 0
    assert how.pause(Busy("backend.busy", seconds=how.longest), 1) == how.longest
    assert how.pause(Busy("backend.busy", seconds=how.longest + 1), 1) is None
    assert how.pause(Busy("backend.busy", seconds=1.0), len(how.pauses) + 1) is None


@pytest.mark.parametrize("error", [Refused("x"), Rejected("x"), Misdirected("x"), None])
def test_what_another_try_cannot_mend_is_not_tried(error: AppError | None) -> None:
    assert WATCHED.pause(error, 1) is None
    assert UNWATCHED.pause(error, 1) is None


@pytest.mark.parametrize("error", [Unreachable("x"), Broken("x")])
def test_who_watches_may_see_a_server_come_back(error: AppError) -> None:
    assert WATCHED.pause(error, 1) == WATCHED.pauses[0]
    assert UNWATCHED.pause(error, 1) is None
