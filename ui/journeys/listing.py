"""Which conversations the history shows: all of them, or those that have the words being searched for."""

import asyncio

from app.store import Store
from ui.journeys.stage import Stage
from ui.tasks import Tasks


class Listing:
    """Fills the history list."""

    def __init__(self, stage: Stage, store: Store, tasks: Tasks) -> None:
        self._history, self._pane = stage.history, stage.window.history
        self._store = store
        self._tasks = tasks
        self._words = ""
        self._selected: int | None = None
        self._searching: asyncio.Task[None] | None = None
        self._pane.search_changed.connect(self._search)

    def select(self, thread: int | None) -> None:
        """Mark the conversation on stage."""
        self._selected = thread
        self._history.select(thread)

    async def refresh(self) -> None:
        """Show what there is now."""
        words = self._words
        if words:
            threads = await self._store.search(words)
        else:
            threads = await self._store.threads()
        if words == self._words:
            self._history.show_threads(threads)
            self._pane.show_empty(not threads)
            self._history.select(self._selected)

    def _search(self, words: str) -> None:
        self._words = words
        if self._searching is not None:
            self._searching.cancel()
        self._searching = self._tasks.start(self.refresh())
