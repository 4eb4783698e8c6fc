"""When a reply that failed is tried again by itself, and the pause before that."""

import asyncio
import math
from collections.abc import Callable

from app.chat import has_text
from app.errors import AppError
from app.model.messages import Ending, Reply
from app.retries import WATCHED


def pause_before_next(error: AppError | None, reply: Reply, tried: int) -> float | None:
    """Return how many seconds to wait after so many tries before another one; None where it is for the user to decide.

    Only what is worth it, and only before any text has come: to ask anew would throw that away.
    """
    # A reply that could not be kept has another fault than the one it failed with.
    failed = reply.ended is Ending.BROKEN and error is not None and reply.fault == error.sentence
    return WATCHED.pause(error, tried) if failed and not has_text(reply) else None


class Pause:
    """The time before another try: the user may cut it short or call it off."""

    def __init__(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._end = loop.time() + seconds
        self._clock = loop.time
        self._decided: asyncio.Future[bool] = loop.create_future()

    @property
    def left(self) -> int:
        """How many seconds it still takes, the one that has begun included."""
        return max(math.ceil(self._end - self._clock()), 1)

    def end(self, *, again: bool) -> None:
        """End it now, with another try or without."""
        if not self._decided.done():
            self._decided.set_result(again)

    async def wait(self, show: Callable[[int], None]) -> bool:
        """Wait, `show` the seconds that are left, and return whether to try again."""
        while not self._decided.done() and self._clock() < self._end:
            show(self.left)
            # Until the next whole second.
            step = (self._end - self._clock()) - (self.left - 1)
            await asyncio.wait({self._decided}, timeout=max(step, 0.01))
        return not self._decided.done() or self._decided.result()
