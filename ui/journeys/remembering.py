"""Renaming and deleting conversations."""

from app.model.sentences import sentence
from app.store import Store
from ui.journeys.conversing import Conversing
from ui.journeys.listing import Listing
from ui.journeys.stage import Stage
from ui.tasks import Tasks


class Remembering:
    """Does to conversations what the history list asks for; a deletion can be undone."""

    def __init__(
        self, stage: Stage, conversing: Conversing, listing: Listing, store: Store, tasks: Tasks
    ) -> None:
        self._stage = stage
        self._conversing = conversing
        self._listing = listing
        self._store = store
        self._tasks = tasks
        stage.history.rename_requested.connect(lambda thread, title: tasks.start(self._rename(thread, title)))
        stage.history.delete_requested.connect(lambda thread: tasks.start(self._delete(thread)))

    async def _rename(self, thread: int, title: str) -> None:
        await self._store.rename_thread(thread, title)
        await self._listing.refresh()

    async def _delete(self, thread: int) -> None:
        self._conversing.stop(thread)
        if thread == self._conversing.thread:
            await self._conversing.show(None)
        await self._store.delete_thread(thread)
        await self._listing.refresh()
        self._stage.notices.tell(
            sentence("window.deleted"), action=sentence("notices.undo"), act=lambda: self._undo(thread)
        )

    def _undo(self, thread: int) -> None:
        self._tasks.start(self._restore(thread))

    async def _restore(self, thread: int) -> None:
        await self._store.restore_thread(thread)
        await self._listing.refresh()
        await self._conversing.show(thread)
