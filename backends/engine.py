"""The engine inside the app: llama.cpp in a worker process, started when it is asked for and ended when it is idle."""

import asyncio
import contextlib
import logging
import re
import secrets
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from app import machine
from app.errors import BackendError, Broken, DocumentError, Rejected
from app.library import WORKING_ROOM
from app.log import hide
from app.model.profiles import Weights
from app.pipes import Frame
from app.ports import Workers

IDLE = 600.0  # seconds after the last answer until the memory is given back
LOADING = 900.0  # seconds: the largest files from the slowest disks take minutes

_DEATH = 1.0  # seconds in which the end of a process is noticed after its connections broke
_ONE_OF_MANY = re.compile(r"-\d{5}-of-(\d{5})\.gguf$")

_LOGGER = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Running:
    """A loaded model: where it answers up to ``/v1``, and the key it wants."""

    weights: Weights
    url: str
    key: str
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    unused: asyncio.Event = field(default_factory=asyncio.Event)
    users: int = 0
    watch: asyncio.Task[None] | None = None

    async def died(self) -> bool:
        """Tell whether its process has ended; asked when a connection broke, which may come a moment sooner."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_DEATH):
                await self.ended.wait()
        return self.ended.is_set()


class Engine:
    """Runs one model at a time; used on one asyncio loop."""

    def __init__(self, workers: Workers, idle: float = IDLE) -> None:
        """`idle` is how long a model stays loaded that nobody asks, in seconds."""
        self._workers = workers
        self._idle = idle
        self._lock = asyncio.Lock()
        self._running: Running | None = None
        self._timer: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def running(self, weights: Weights, name: str) -> AsyncIterator[Running]:
        """Give these weights, loaded, and keep them loaded inside; raises `BackendError`.

        `name` is what the model is called.  Another model gives way as soon as nobody uses it.
        """
        async with self._lock:
            running = await self._get(weights, name)
            running.users += 1
            running.unused.clear()
        try:
            yield running
        finally:
            running.users -= 1
            if not running.users:
                running.unused.set()
                self._wait_idle()

    async def close(self) -> None:
        """End the process."""
        if self._timer is not None and self._timer is not asyncio.current_task():
            self._timer.cancel()
        running, self._running = self._running, None
        if running is not None and running.watch is not None:
            running.watch.cancel()
            await asyncio.gather(running.watch, return_exceptions=True)

    async def _get(self, weights: Weights, name: str) -> Running:
        if self._timer is not None:
            self._timer.cancel()
        now = self._running
        if now is not None and (now.ended.is_set() or now.weights != weights):
            await now.unused.wait()
            await self.close()
        if self._running is None:
            self._running = await self._load(weights, name)
        return self._running

    async def _load(self, weights: Weights, name: str) -> Running:
        key = secrets.token_urlsafe(32)
        hide(key)
        files = files_of(weights)
        task = {
            "model": weights.model,
            "projector": weights.projector,
            "name": name,
            "context": weights.context,
            "threads": weights.threads or machine.threads(),
            "layers": weights.layers,
            "key": key,
            "size": memory_needed(files),
            "reads": [str(file) for file in files],
        }
        job = self._workers.job("model", task)
        async with contextlib.AsyncExitStack() as unless_loaded:
            unless_loaded.push_async_callback(job.aclose)
            try:
                async with asyncio.timeout(LOADING):
                    head, _ = await anext(job)
            except TimeoutError as error:
                raise Broken("engine.late", n=round(LOADING / 60)) from error
            except DocumentError as error:
                raise _told(error, files) from error
            unless_loaded.pop_all()
        running = Running(weights, f"{head['address']}/v1", key)
        running.watch = asyncio.create_task(_watch(job, running))
        return running

    def _wait_idle(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.create_task(self._unload_later())

    async def _unload_later(self) -> None:
        """Unload after a while; whoever asks before that cancels it."""
        await asyncio.sleep(self._idle)
        async with self._lock:
            _LOGGER.info("the model is unloaded: nobody asked it for %g seconds", self._idle)
            await self.close()


async def _watch(job: AsyncGenerator[Frame, None], running: Running) -> None:
    """Notice the end of the worker, and end it when cancelled."""
    try:
        async with contextlib.aclosing(job):
            async for _ in job:
                pass
    except DocumentError as error:
        _LOGGER.warning("the model's process has ended: %s", error)
    finally:
        running.ended.set()


def files_of(weights: Weights) -> tuple[Path, ...]:
    """Return every file the engine opens: a large model may come in numbered parts, beside the first."""
    files = [Path(name) for name in (weights.model, weights.projector) if name]
    for first in files[:1]:
        if found := _ONE_OF_MANY.search(first.name):
            stem, count = first.name[: found.start()], int(found[1])
            files += [
                first.with_name(f"{stem}-{n:05}-of-{found[1]}.gguf") for n in range(2, min(count, 99) + 1)
            ]
    return tuple(files)


def memory_needed(files: tuple[Path, ...]) -> int:
    """Return about how many bytes of memory these files need when they are loaded."""
    sizes = 0
    for file in files:
        with contextlib.suppress(OSError):  # that it is not there is said when it is loaded
            sizes += file.stat().st_size
    return sizes + WORKING_ROOM


def _told(error: DocumentError, files: tuple[Path, ...]) -> BackendError:
    """Return our error for what ended the loading."""
    if error.sentence.key in ("worker.died", "worker.memory"):
        needed, free = memory_needed(files), machine.free_memory()
        key = "engine.memory" if free < needed else "engine.died_loading"
        return Rejected(key, name=files[0].name, needed=machine.gb(needed), free=machine.gb(free))
    return Rejected(error.sentence.key, **dict(error.sentence.args))
