"""A backend that plays a script: for tests, demos and pictures of the app."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

from app.errors import BackendError
from app.model import Checkup, Event, Events, Health, Limits, Request, sentence

Step = Event | Events | float | BackendError


class Scripted:
    """Speaks the `Backend` port: events are sent, numbers are pauses in seconds, errors are raised.

    ``Scripted([Reasoning("Let me see."), 0.2, Answer("Red."), Finish(Ending.FINISHED)])``

    It keeps the `requests` it got; `stopped` counts the replies that were closed before their end.
    """

    def __init__(
        self, *scripts: Sequence[Step], limits: Limits | None = None, checkup: Checkup | None = None
    ) -> None:
        """Play one script after the other, the last one again and again."""
        self.limits = limits or Limits()
        self.requests: list[Request] = []
        self.stopped = 0
        self._scripts = scripts
        self._checkup = checkup or Checkup(
            Health.WORKS, sentence("backend.works", model="script"), ("script",)
        )

    async def stream(self, request: Request) -> AsyncGenerator[Events, None]:
        """Play the next script: see `app.ports`."""
        script = self._scripts[min(len(self.requests), len(self._scripts) - 1)]
        self.requests.append(request)
        try:
            for step in script:
                if isinstance(step, BackendError):
                    raise step
                if isinstance(step, int | float):
                    await asyncio.sleep(step)
                else:
                    yield step if isinstance(step, tuple) else (step,)
        except (GeneratorExit, asyncio.CancelledError):
            self.stopped += 1
            raise

    async def check(self) -> Checkup:
        """Return the result that was given."""
        return self._checkup

    async def aclose(self) -> None:
        """Hold on to nothing."""
