"""A backend that plays a script: for tests, demos and pictures of the app."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence

from app.errors import BackendError
from app.model.checkups import Checkup, Health
from app.model.events import Event, Events
from app.model.limits import Limits
from app.model.requests import Request
from app.model.sentences import sentence

Step = Event | Events | float | BackendError


class Scripted:
    """Speaks the `Backend` port: events are sent, numbers are pauses in seconds, errors are raised.

    ``Scripted([Reasoning("Let me see."), 0.2, Answer("Red."), Finish(Ending.FINISHED)])``

    It keeps the `requests` it got; `stopped` counts the replies that were closed before their end.  With a script
    `at_once` it can be told to answer now, and goes on with that one; else it has to be asked again.
    """

    def __init__(
        self,
        *scripts: Sequence[Step],
        limits: Limits | None = None,
        checkup: Checkup | None = None,
        at_once: Sequence[Step] = (),
    ) -> None:
        """Play one script after the other, the last one again and again."""
        self.limits = limits or Limits()
        self.requests: list[Request] = []
        self.stopped = 0
        self.counted: int | None = None
        self._scripts = scripts
        self._at_once = at_once
        self._hurried = asyncio.Event()
        self._checkup = checkup or Checkup(
            Health.WORKS, sentence("backend.works", model="script"), ("script",)
        )

    async def stream(self, request: Request) -> AsyncGenerator[Events, None]:
        """Play the next script: see `app.ports`."""
        script = self._scripts[min(len(self.requests), len(self._scripts) - 1)]
        self.requests.append(request)
        self._hurried.clear()
        try:
            for step in script:
                if self._hurried.is_set():
                    break
                if event := await self._play(step):
                    yield event
            if self._hurried.is_set():
                for step in self._at_once:
                    if event := await self._play(step):
                        yield event
        except (GeneratorExit, asyncio.CancelledError):
            self.stopped += 1
            raise

    async def answer_now(self, request: Request) -> bool:
        """Leave the script for the one `at_once`, if there is one and this request is the one that is being played."""
        if not self._at_once or not self.requests or self.requests[-1] is not request:
            return False
        self._hurried.set()
        return True

    async def _play(self, step: Step) -> Events:
        """Do what a step says and return its events, if it has any; a pause ends early where it is hurried."""
        if isinstance(step, BackendError):
            raise step
        if isinstance(step, int | float):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hurried.wait(), step)
            return ()
        return step if isinstance(step, tuple) else (step,)

    async def count(self, _: Request) -> int | None:
        """Return the count that was given."""
        return self.counted

    async def check(self) -> Checkup:
        """Return the result that was given."""
        return self._checkup

    async def aclose(self) -> None:
        """Hold on to nothing."""
