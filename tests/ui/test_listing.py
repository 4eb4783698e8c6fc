"""What is searched for is listed at once: whoever typed has been waited for by the field already."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal

from app.model.messages import Thread
from ui.journeys.listing import Listing
from ui.tasks import Tasks

NOW = datetime(2026, 11, 23, tzinfo=UTC)


class Store:
    """Finds a conversation called as what is looked for, once it is let."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.let = asyncio.Event()

    async def search(self, words: str) -> tuple[Thread, ...]:
        self.asked.append(words)
        await self.let.wait()
        return (Thread(1, words, NOW, NOW),)

    async def threads(self) -> tuple[Thread, ...]:
        return ()


class Pane(QObject):
    """Takes the place of the pane, its list and the stage they are on."""

    search_changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.window = self.history = self
        self.shown: list[list[str]] = []

    def show_threads(self, threads: tuple[Thread, ...]) -> None:
        self.shown.append([thread.title for thread in threads])

    def show_empty(self, empty: bool) -> None:
        pass

    def select(self, thread: int | None) -> None:
        pass


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    made = Tasks(lambda _: None)
    yield made
    await made.finish()


async def test_it_looks_as_soon_as_it_is_told_and_shows_only_the_last(qapp: Any, tasks: Tasks) -> None:
    pane, store = Pane(), Store()
    listing = Listing(pane, store, tasks)  # type: ignore[arg-type] # what of them it uses
    pane.search_changed.emit("ta")
    await asyncio.sleep(0)
    assert store.asked == ["ta"]
    pane.search_changed.emit("tax")
    await asyncio.sleep(0)
    assert store.asked == ["ta", "tax"]
    store.let.set()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.wait(others, timeout=10)
    assert pane.shown == [["tax"]]
    pane.search_changed.emit("")
    await asyncio.sleep(0)
    assert pane.shown[-1] == []
    assert listing is not None
