"""Global hotkeys: registering them, hearing them, and saying why one cannot be had."""

import asyncio
from collections.abc import Callable

from app.errors import CaptureError
from app.ports import Hotkeys, Workers
from ui.journeys.stage import Stage
from ui.tasks import Tasks

Chords = dict[str, Callable[[], None]]


class Listening:
    """Keeps the hotkeys registered as the settings say; a press arrives on the window's loop."""

    def __init__(self, stage: Stage, make: Callable[[], Hotkeys], workers: Workers, tasks: Tasks) -> None:
        """`make` finds the way to have hotkeys here; it may block."""
        self._stage = stage
        self._make = make
        self._workers = workers
        self._tasks = tasks
        self._hotkeys: Hotkeys | None = None
        self._wanted: Chords = {}
        self._lock = asyncio.Lock()

    def want(self, chords: Chords) -> None:
        """Have these keys call these functions from now on, and no others."""
        if chords != self._wanted:
            self._wanted = chords
            self._tasks.start(self._register(chords))

    async def close(self) -> None:
        """Give every key back."""
        if self._hotkeys is not None:
            await self._workers.thread(self._hotkeys.close)
            self._hotkeys = None

    async def _register(self, chords: Chords) -> None:
        async with self._lock:
            await self.close()
            self._hotkeys = await self._workers.thread(self._make)
            loop = asyncio.get_running_loop()
            for chord, call in chords.items():
                try:
                    # The listener's thread does nothing but wake the loop.
                    pressed = _waker(loop, call)
                    await self._workers.thread(self._hotkeys.register, chord, pressed)
                except CaptureError as error:
                    # One key that is taken must not cost the others.
                    self._stage.notices.tell(error.sentence, tone="warning")


def _waker(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> Callable[[], None]:
    def pressed() -> None:
        loop.call_soon_threadsafe(call)

    return pressed
