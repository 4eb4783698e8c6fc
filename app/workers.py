"""The only starter of threads and processes.

Three kinds: a pool of threads for short blocking calls; one asyncio loop in a thread of its own, where
the network lives; and disposable processes for anything that parses what a stranger made.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from app import errors
from app.errors import AppError, Unreadable
from app.pipes import Frame, PipeError, read_frame, write_frame

T = TypeVar("T")

# What a worker may see of our environment: nothing that holds a secret or redirects it.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of worker: the module whose `serve` it runs, and what it may use.

    `patience` is how long it may stay silent, in seconds; `memory` its address space in bytes;
    `processor` its CPU time in seconds.
    """

    module: str
    patience: float = 30
    memory: int = 2 * 2**30
    processor: int = 120


KINDS = {
    "image": Kind("capture.documents.image", patience=20),
    "pdf": Kind("capture.documents.pdf"),
    "slides": Kind("capture.documents.slides"),
    "office": Kind("capture.documents.office", patience=120, memory=6 * 2**30, processor=300),
    "video": Kind("capture.frames", patience=60),
    "ocr": Kind("capture.ocr_worker", patience=60, memory=4 * 2**30, processor=3600),
}


def worker_command(name: str) -> list[str]:
    """Return the command that starts the worker `name`, from source or from a frozen app."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--worker", name]
    # -I: neither the current folder nor the environment decides what is imported.
    return [sys.executable, "-I", "-m", "app", "--worker", name]


def worker_environment() -> dict[str, str]:
    """Return the little of our environment that a worker gets."""
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    return kept | {"OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"}


class Workers:
    """Starts what runs beside the loop, and ends it."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=6, thread_name_prefix="glimpse")
        self._network: asyncio.AbstractEventLoop | None = None
        self._network_thread: threading.Thread | None = None
        self._singles: list[ThreadPoolExecutor] = []
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()

    async def thread(self, call: Callable[..., T], /, *args: Any) -> T:
        """Run a blocking call off the loop and return what it returns."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, call, *args)

    def single(self, name: str) -> ThreadPoolExecutor:
        """Return a new executor of exactly one thread: serial by construction."""
        executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._singles.append(executor)
        return executor

    def network(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine on the network's own loop, started when first needed."""
        with self._lock:
            if self._network is None:
                self._network = asyncio.new_event_loop()
                self._network_thread = threading.Thread(
                    target=self._network.run_forever, name="network", daemon=True
                )
                self._network_thread.start()
        return asyncio.run_coroutine_threadsafe(coroutine, self._network)

    async def job(self, name: str, task: dict[str, Any]) -> AsyncGenerator[Frame, None]:
        """Run the worker `name` in a process of its own and yield what it sends: see `app.ports`."""
        kind = KINDS[name]
        loop = asyncio.get_running_loop()
        frames: asyncio.Queue[Frame | Exception | None] = asyncio.Queue()
        process = self._start(name)

        def hand_over(item: Frame | Exception | None) -> None:
            # The loop may be gone when the app closes under a running worker.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(frames.put_nowait, item)

        thread = threading.Thread(
            target=self._converse, args=(process, task, hand_over), name=f"worker-{name}", daemon=True
        )
        thread.start()
        try:
            while True:
                try:
                    item = await asyncio.wait_for(frames.get(), kind.patience)
                except TimeoutError:
                    raise Unreadable("worker.late") from None
                if item is None:
                    return
                if isinstance(item, Exception):
                    raise item
                yield item
        finally:
            self._kill(process)

    def close(self) -> None:
        """End everything that was started; what is still running is killed."""
        for process in list(self._processes):
            self._kill(process)
        if self._network is not None and self._network_thread is not None:
            self._network.call_soon_threadsafe(self._network.stop)
            self._network_thread.join(timeout=5)
            self._network.close()
            self._network = None
        for executor in self._singles:
            executor.shutdown(wait=True)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _start(self, name: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            worker_command(name),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=worker_environment(),
            start_new_session=True,  # so that it and its children can be killed as one group
            close_fds=True,
        )
        self._processes.add(process)
        return process

    @staticmethod
    def _converse(
        process: subprocess.Popen[bytes], task: dict[str, Any], hand_over: Callable[[Frame | Exception | None], None]
    ) -> None:
        """Give the task, hand over every frame and at last None, or the error that ended it."""
        stdin, stdout = process.stdin, process.stdout
        if stdin is None or stdout is None:  # pragma: no cover - we asked for both
            raise RuntimeError("a worker without pipes")
        try:
            with contextlib.closing(stdin):
                write_frame(stdin, task)
            with contextlib.closing(stdout):
                while True:
                    frame = read_frame(stdout)
                    if frame is None:
                        # A worker that is done says so; an end without it is a death.
                        hand_over(Unreadable("worker.died"))
                        return
                    head, _ = frame
                    if head.get("done") is True:
                        hand_over(None)
                        return
                    if "error" in head:
                        hand_over(named_error(head))
                        return
                    hand_over(frame)
        except (OSError, PipeError, ValueError) as error:
            died = Unreadable("worker.died")
            died.__cause__ = error
            hand_over(died)

    def _kill(self, process: subprocess.Popen[bytes]) -> None:
        self._processes.discard(process)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=2)


def named_error(head: dict[str, Any]) -> AppError:
    """Return the error a worker named: a class of `app.errors` and a key; anything else is `Unreadable`."""
    kind = getattr(errors, str(head.get("error")), Unreadable)
    if not (isinstance(kind, type) and issubclass(kind, AppError)):
        kind = Unreadable
    args = head.get("args")
    plain = {
        str(k): v for k, v in (args.items() if isinstance(args, dict) else ()) if isinstance(v, str | int | float)
    }
    return kind(str(head.get("key", "worker.died")), **plain)
