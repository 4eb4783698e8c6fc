"""Starts, keeps and ends the coroutines of the window, and tells the user when one fails."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from app.errors import AppError
from app.model.sentences import Sentence, sentence

TakeBack = Callable[[], None]

_LOG = logging.getLogger(__name__)


class Tasks:
    """Every coroutine that a click or a key starts runs here; none is forgotten, none fails unseen.

    What was told of a trip is taken back when the same trip, begun after that, succeeds.
    """

    def __init__(self, tell: Callable[[Sentence], TakeBack | None]) -> None:
        """`tell` says why a trip failed, and returns what takes that back, if anything does."""
        self._tell = tell
        self._told: dict[str, tuple[TakeBack, ...]] = {}  # by the name of the trip
        self._running: set[asyncio.Task[None]] = set()

    def start(self, trip: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start a trip and return its task, which can be cancelled."""
        task = asyncio.get_running_loop().create_task(self._run(trip))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        # One that is cancelled before its first step would complain that nobody awaited it.
        task.add_done_callback(lambda _: trip.close())
        return task

    async def finish(self) -> None:
        """Cancel what still runs and wait until it has ended."""
        running = tuple(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _run(self, trip: Coroutine[Any, Any, None]) -> None:
        name = getattr(trip, "__qualname__", "")  # every coroutine has one, but not its type
        before = self._told.get(name, ())
        try:
            await trip
        except AppError as error:
            self._complain(name, error.sentence)
        except Exception:  # noqa: BLE001 - the one place: the window must go on, and the user must know
            _LOG.exception("a trip failed")
            self._complain(name, sentence("window.unexpected"))
        else:
            # Not what was told meanwhile: that is of another one, which has failed.
            self._told[name] = tuple(one for one in self._told.get(name, ()) if one not in before)
            for take_back in before:
                take_back()

    def _complain(self, name: str, why: Sentence) -> None:
        if (take_back := self._tell(why)) is not None:
            self._told[name] = (*self._told.get(name, ()), take_back)
