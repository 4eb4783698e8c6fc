"""Glimpse out of the picture: its windows hidden, and afterwards everything as it was."""

from collections.abc import Collection
from importlib import import_module
from typing import Any

from app.errors import NotAllowed
from app.ports import Workers
from ui.veil import Veil

HIDING = 2.0  # seconds that a window manager may take to hide our windows


class Aside:
    """One stepping aside: `go`, take the picture, and on every way out `come_back`.

    Where no window of ours is on the screen it costs nothing: who has the focus is then asked by `settle`.
    """

    def __init__(self, workers: Workers) -> None:
        self._run = workers.thread
        self._veil = Veil()
        self._order: Collection[int] = ()
        self._active: int | None = None
        self._is_known = False  # whose focus it is

    async def go(self) -> None:
        """Hide our windows and wait until what was below is painted; raises `NotAllowed` when one stays."""
        if not self._veil.is_needed():
            return
        await self.settle()
        self._order = await self._run(_call, "stacking", "order")
        self._veil.hide()
        await self.wait_until_hidden()

    async def wait_until_hidden(self) -> None:
        """Wait until nothing of ours is on the screen; raises `NotAllowed` when something stays."""
        if not await self._run(_call, "focus", "wait_until_hidden", HIDING, Veil.spared()):
            raise NotAllowed("capture.in_the_way")

    async def settle(self) -> None:
        """Know who has the focus: after this call it may be taken."""
        if not self._is_known:
            self._active = await self._run(_call, "focus", "active_window")
            self._is_known = True

    async def look_again(self) -> None:
        """Bring back everything as it is now: the user has been busy meanwhile."""
        self._order, self._is_known = (), False
        await self.settle()

    async def come_back(self) -> None:
        """Show our windows as they were, and give back focus and stacking."""
        ours = self._veil.numbers()
        self._veil.restore()
        if self._order:
            await self._run(_call, "stacking", "put_back", self._order, ours)
        if self._active is not None and not self._veil.was_active():
            await self._run(_call, "focus", "activate", self._active)


def _call(module: str, name: str, *args: Any) -> Any:
    """Call a function of the senses, on a thread: what they import is heavy."""
    return getattr(import_module(f"capture.{module}"), name)(*args)
