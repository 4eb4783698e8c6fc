"""A vLLM or SGLang on this machine: started, watched until it answers and after, and stopped."""

import asyncio
import sys
from collections import deque
from collections.abc import AsyncGenerator

import httpx2

from app.errors import BackendError, Broken, Rejected
from app.ports import Workers
from app.programs import Program, Running, free_port
from app.serving import SGLANG, VLLM, Launch, LogLine, News, Ready
from backends import launch_log
from backends.transport import Wire

INTERVAL = 0.25  # seconds between looks at the log, and at the door until it opens
_PATIENCE = 5.0  # seconds for its answer to whether it is well
_KEPT = 200  # lines of the log, for the reason of an end

_INSTALL = {VLLM: "pip install -U vllm", SGLANG: 'pip install -U "sglang[all]"'}


class LocalServer:
    """The one server program that this app runs; used on one asyncio loop.

    It is in nobody's hands between the calls: it runs on until `stop`, also when nobody watches.
    """

    def __init__(self, program: Program, workers: Workers) -> None:
        self._program = program
        self._workers = workers
        self._stopped = False

    async def start(self, launch: Launch) -> None:
        """Start a server in place of the one that runs; `watch` tells when it answers.  Raises `BackendError`."""
        if sys.platform != "linux":
            raise Rejected("launch.linux_only")
        await self.stop()
        if await self._workers.thread(free_port, launch.port) != launch.port:
            raise Rejected("launch.port_taken", port=str(launch.port))
        self._stopped = False
        try:
            await self._workers.thread(self._program.start, launch)
        except FileNotFoundError as error:
            raise not_installed(launch) from error
        except OSError as error:
            raise Broken("launch.not_started", program=launch.words[0], why=error.strerror or "") from error

    async def found(self) -> Running | None:
        """Return the server that runs, also one that an earlier Glimpse has left running."""
        return await self._workers.thread(self._program.found)

    async def watch(self, launch: Launch) -> AsyncGenerator[News, None]:
        """Yield the log of the running server as it is written, how far it is, and that it answers.

        Ends when it was stopped; raises `BackendError` when it ended by itself.  Closing it leaves the server alone.
        """
        last: deque[str] = deque(maxlen=_KEPT)
        ready = False
        # Its own address, and nothing of the environment between.
        transport = Wire(launch.url, "")
        async with httpx2.AsyncClient(
            transport=transport, timeout=_PATIENCE, trust_env=False, follow_redirects=False
        ) as client:
            alive = True
            while alive:
                # Asked before the log is read: else its end could be missed.
                alive = await self.found() is not None
                while lines := await self._workers.thread(self._program.log.lines):
                    last.extend(lines)
                    for line in lines:
                        yield launch_log.progress(line) or LogLine(line)
                if alive and not ready and await _answers(client, launch):
                    ready = True
                    yield Ready(launch.url, launch.model)
                if alive:
                    await asyncio.sleep(INTERVAL)
        if not self._stopped:
            raise launch_log.why(last, launch)

    async def stop(self) -> None:
        """End the server, gently at first; it may take some seconds.  Whoever watches is told nothing bad."""
        self._stopped = True
        await self._workers.thread(self._program.stop)


def not_installed(launch: Launch) -> Rejected:
    """Return what to tell where the program of a command is not found."""
    name = launch.words[0]
    return Rejected("launch.not_installed", program=name, command=_INSTALL.get(name, ""))


async def _answers(client: httpx2.AsyncClient, launch: Launch) -> bool:
    """Tell whether the server is well and has the model; another that took its port has not."""
    try:
        health = await client.get(launch.url.removesuffix("/v1") + "/health")
        if not health.is_success:
            return False
        listed = (await client.get(launch.url + "/models")).raise_for_status().json()
        return any(model.get("id") == launch.model for model in listed["data"])
    except (
        httpx2.HTTPError,
        httpx2.StreamError,
        BackendError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OSError,
    ):
        return False
