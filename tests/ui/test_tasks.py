import asyncio

import pytest

from app.errors import NoScreen
from app.model.sentences import Sentence
from ui.tasks import TakeBack, Tasks


class Board:
    """What is told, until it is taken back."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def tell(self, what: Sentence) -> TakeBack:
        self.told.append(what.key)
        return lambda: self.told.remove(what.key)


@pytest.fixture
def board() -> Board:
    return Board()


async def look(fault: str = "", after: asyncio.Event | None = None) -> None:
    if after is not None:
        await after.wait()
    if fault:
        raise NoScreen(fault)


async def write(fault: str = "") -> None:
    if fault:
        raise ValueError(fault)


async def test_a_trip_that_succeeds_takes_back_what_was_told_of_it_before(board: Board) -> None:
    tasks = Tasks(board.tell)
    for fault in ("capture.black", "capture.layout_changed"):
        await tasks.start(look(fault))
    assert board.told == ["capture.black", "capture.layout_changed"]
    await tasks.start(write())
    assert board.told == ["capture.black", "capture.layout_changed"]
    for _ in range(2):
        await tasks.start(look())
        assert board.told == []


async def test_what_another_one_told_meanwhile_stays(board: Board) -> None:
    tasks, go_on = Tasks(board.tell), asyncio.Event()
    first = tasks.start(look(after=go_on))
    await asyncio.sleep(0)
    await tasks.start(look("capture.black"))
    go_on.set()
    await first
    assert board.told == ["capture.black"]
    await tasks.start(look())
    assert board.told == []


async def test_a_trip_that_is_cancelled_has_not_succeeded(board: Board) -> None:
    tasks = Tasks(board.tell)
    await tasks.start(look("capture.black"))
    tasks.start(look(after=asyncio.Event()))
    await asyncio.sleep(0)
    await tasks.finish()
    assert board.told == ["capture.black"]


async def test_a_fault_of_ours_is_logged_and_told(board: Board, caplog: pytest.LogCaptureFixture) -> None:
    await Tasks(board.tell).start(write("broken"))
    assert board.told == ["window.unexpected"]
    assert caplog.messages == ["a trip failed"]
