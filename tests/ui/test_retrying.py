"""When a reply is tried again by itself, and the pause before that."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.errors import AppError, Busy, Unreachable
from app.model.messages import Ending, Reply
from app.retries import WATCHED
from ui.journeys.retrying import Pause, pause_before_next

FAILED = Reply(1, "", "", Ending.BROKEN, datetime(2026, 1, 1, tzinfo=UTC), "vLLM")


def pause(error: AppError, tried: int = 1, **changes: str | Ending) -> float | None:
    reply = replace(FAILED, fault=error.sentence, **changes)  # type: ignore[arg-type] # of its own fields
    return pause_before_next(error, reply, tried)


@pytest.mark.parametrize("error", [Busy("backend.busy"), Unreachable("backend.nobody")])
def test_three_more_tries_each_after_a_longer_pause(error: AppError) -> None:
    assert [pause(error, tried) for tried in (1, 2, 3, 4)] == [*WATCHED.pauses, None]


def test_nothing_that_has_come_is_thrown_away_and_a_stop_is_a_stop() -> None:
    busy = Busy("backend.busy")
    assert pause(busy, answer="half") is None
    assert pause(busy, reasoning="hm") is None
    assert pause(busy, ended=Ending.STOPPED) is None
    assert pause_before_next(None, FAILED, 1) is None


def test_a_reply_that_could_not_be_kept_is_left_alone() -> None:
    assert pause_before_next(Busy("backend.busy"), replace(FAILED, fault=None), 1) is None


async def test_a_pause_counts_down() -> None:
    shown: list[int] = []
    assert await Pause(1.2).wait(shown.append)
    assert shown == [2, 1]


@pytest.mark.parametrize("again", [True, False])
async def test_a_pause_is_cut_short_or_called_off_at_once(again: bool) -> None:
    pause = Pause(1000)
    waiting = asyncio.create_task(pause.wait(lambda _: None))
    await asyncio.sleep(0)
    assert pause.left == 1000
    pause.end(again=again)
    pause.end(again=not again)
    assert await asyncio.wait_for(waiting, 1) is again
