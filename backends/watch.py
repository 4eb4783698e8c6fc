"""How long a server may be silent."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from app.errors import Broken, Busy


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds: for a connection, for the first word, and between two words.

    The first word about a long video may take minutes.  Keep-alive comments are not words.
    """

    connect: float = 8
    first: float = 600
    silence: float = 120


class Watch:
    """Notices silence: before the first word, and between two."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._loop = asyncio.get_running_loop()
        self._spoken = False
        self._deadline = self._loop.time() + patience.first

    def heard(self) -> None:
        """Note that something was said."""
        self._spoken = True
        self._deadline = self._loop.time() + self._patience.silence

    def hurry(self, seconds: float) -> None:
        """Wait no longer than this from now on."""
        self._deadline = min(self._deadline, self._loop.time() + seconds)

    @contextlib.asynccontextmanager
    async def limit(self) -> AsyncIterator[None]:
        """Wait inside no longer than there is patience; raises `Busy` or `Broken`."""
        try:
            async with asyncio.timeout_at(self._deadline):
                yield
        except TimeoutError as error:
            if self._spoken:
                raise Broken("backend.stalled", n=round(self._patience.silence)) from error
            raise Busy("backend.silent", n=round(self._patience.first)) from error
