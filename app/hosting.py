"""The one server of this machine as the window knows it: planned, started, watched and stopped, on the network's loop."""

import asyncio
import contextlib
import shutil
import sys
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any

from app import gpus
from app.errors import Rejected
from app.ferry import ferry
from app.gpus import Gpu
from app.model.sentences import Sentence
from app.programs import Program, listens
from app.serving import Launch, News, Order
from app.workers import Workers


@dataclass(frozen=True, slots=True)
class Plan:
    """What an order comes to on this machine: the command, and what stands in its way; without one that says why."""

    gpus: tuple[Gpu, ...] = ()
    launch: Launch | None = None
    fault: Sentence | None = None


class Host:
    """Used on the window's loop."""

    def __init__(self, program: Program, workers: Workers, room: Callable[[], tuple[Any, Any]]) -> None:
        """`room` gives the modules `backends.launch` and `backends.local_server`; it is called on a thread."""
        self._program = program
        self._workers = workers
        self._room = room
        self._server: Any = None
        self._lock = asyncio.Lock()  # there is one server
        self._gpus: tuple[Gpu, ...] | None = None

    async def look(self) -> None:
        """Look at the machine anew: a graphics card may have its driver by now."""
        self._gpus = await self._workers.thread(gpus.find)

    async def plan(self, order: Order) -> Plan:
        """Return what an order comes to; never raises."""
        if sys.platform != "linux":
            return Plan(fault=Rejected("launch.linux_only").sentence)
        if self._gpus is None:
            await self.look()
        found = self._gpus or ()
        make, servers = await self._workers.thread(self._room)
        try:
            launch: Launch = make.order(order, found)
        except Rejected as error:
            return Plan(found, fault=error.sentence)
        there = await self._workers.thread(shutil.which, launch.words[0])
        return Plan(found, launch, None if there else servers.not_installed(launch).sentence)

    async def start(self, launch: Launch) -> None:
        """Run a command in place of the server that runs; raises `BackendError`."""
        server = await self._get()
        await asyncio.wrap_future(self._workers.network(server.start(launch)))

    async def watch(self, launch: Launch) -> AsyncGenerator[list[News], None]:
        """Yield, in batches, what is told of the running server; raises `BackendError` when it ends by itself."""
        server = await self._get()
        async with contextlib.aclosing(ferry(self._workers, lambda: server.watch(launch))) as batches:
            async for batch in batches:
                yield batch

    async def found(self) -> Launch | None:
        """Return the command of the server that runs, also of one that an earlier Glimpse has left running."""
        running = await self._workers.thread(self._program.found)
        return running.launch if running is not None else None

    async def listens(self, order: Order) -> bool:
        """Tell whether anybody is there to answer, whoever has started it."""
        return await self._workers.thread(listens, order.port)

    async def stop(self) -> None:
        """End the server that runs; it may take some seconds."""
        server = await self._get()
        await asyncio.wrap_future(self._workers.network(server.stop()))

    async def _get(self) -> Any:
        async with self._lock:
            if self._server is None:
                _, servers = await self._workers.thread(self._room)
                self._server = servers.LocalServer(self._program, self._workers)
        return self._server
