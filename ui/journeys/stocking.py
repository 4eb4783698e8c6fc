"""Fetching models to run inside the app, and deleting them."""

import asyncio
from contextlib import aclosing

from app.errors import AppError
from app.library import Library, Listing
from app.model.sentences import Sentence
from ui.model_desk import WHOLE, ModelDesk, Stock
from ui.tasks import Tasks


class Stocking:
    """Does what is asked at the desk; a download goes on when the settings are closed."""

    def __init__(self, desk: ModelDesk, library: Library, tasks: Tasks) -> None:
        self._desk = desk
        self._library = library
        self._tasks = tasks
        self._listings = {listing.id: listing for listing in desk.listings}
        self._fetching: dict[str, asyncio.Task[None]] = {}
        desk.looked_at.connect(lambda: tasks.start(self._look()))
        desk.fetch_requested.connect(self._fetch)
        desk.stop_requested.connect(self._stop)
        desk.remove_requested.connect(lambda name: tasks.start(self._remove(self._listings[name])))

    async def _look(self) -> None:
        for listing in self._desk.listings:
            await self._look_at(listing, self._desk.stock(listing).fault)

    async def _look_at(self, listing: Listing, fault: Sentence | None = None) -> None:
        kept = await self._library.kept(listing)
        if listing.id not in self._fetching:
            self._desk.tell(listing, Stock(kept, fault=None if kept == WHOLE else fault))

    def _fetch(self, name: str) -> None:
        if name not in self._fetching:
            self._fetching[name] = self._tasks.start(self._bring(self._listings[name]))

    def _stop(self, name: str) -> None:
        if name in self._fetching:
            self._fetching[name].cancel()

    async def _bring(self, listing: Listing) -> None:
        fault: Sentence | None = None
        self._desk.tell(listing, Stock(self._desk.stock(listing).kept, fetching=True))
        try:
            async with aclosing(self._library.fetch(listing)) as counts:
                async for kept in counts:
                    self._desk.tell(listing, Stock(kept, fetching=True))
        except AppError as error:
            fault = error.sentence
        finally:
            del self._fetching[listing.id]
            # Not awaited: this trip may have been cancelled.
            self._tasks.start(self._look_at(listing, fault))

    async def _remove(self, listing: Listing) -> None:
        try:
            await self._library.remove(listing)
        except AppError as error:
            await self._look_at(listing, error.sentence)
        else:
            await self._look_at(listing)
