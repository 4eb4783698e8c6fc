"""The only starter of threads and processes.

Three kinds: a pool of threads for short blocking calls; one asyncio loop in a thread of its own, where
the network lives; and disposable processes for anything that parses what a stranger made.
"""

import asyncio
import contextlib
import signal
import subprocess
import tempfile
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from app import errors, worker_process
from app.errors import AppError, CaptureError, DocumentError, Unreadable
from app.model.sentences import Sentence
from app.orders import Orders
from app.pipes import Frame, PipeError, read_frame, write_frame
from app.worker_kinds import KINDS

T = TypeVar("T")

# How many frames may wait for the reader; a worker that is faster waits at its pipe.
_WAITING = 4
_ARGUMENT_LIMIT = 200
_SAID_LIMIT = 8 * 2**10  # bytes of what a program said last


@dataclass(frozen=True, slots=True)
class _Call:
    """What one worker is started for, and who gets what it sends and, last, how it ended."""

    name: str
    task: dict[str, Any]
    orders: Orders
    hand_over: Callable[[Frame | Exception | None], None]


@dataclass(slots=True, eq=False)
class _Running:
    """A worker: its process, once there is one, and the room left for frames nobody took yet."""

    process: subprocess.Popen[bytes] | None = None
    room: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(_WAITING))
    thread: threading.Thread | None = None
    killed: bool = False


class Workers:
    """Starts what runs beside the loop, and ends it."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=6, thread_name_prefix="glimpse")
        self._network: asyncio.AbstractEventLoop | None = None
        self._network_thread: threading.Thread | None = None
        self._singles: list[ThreadPoolExecutor] = []
        self._running: set[_Running] = set()
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

    def job(self, name: str, task: dict[str, Any]) -> AsyncGenerator[Frame, None]:
        """Run the worker `name` in a process of its own and yield what it sends: see `app.ports`."""
        return self._frames(name, task, Orders())

    def dialogue(self, name: str, task: dict[str, Any], orders: Orders) -> AsyncGenerator[Frame, None]:
        """Run a worker that hears `orders` while it works: see `app.ports`."""
        return self._frames(name, task, orders)

    async def _frames(self, name: str, task: dict[str, Any], orders: Orders) -> AsyncGenerator[Frame, None]:
        kind = KINDS[name]
        loop = asyncio.get_running_loop()
        frames: asyncio.Queue[Frame | Exception | None] = asyncio.Queue()

        def hand_over(item: Frame | Exception | None) -> None:
            # The loop may be gone when the app closes under a running worker.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(frames.put_nowait, item)

        running = self._start(_Call(name, task, orders, hand_over))
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
                running.room.release()
                yield item
        finally:
            self._kill(running)

    async def program(
        self, command: Sequence[str], folder: Path, environment: Mapping[str, str]
    ) -> tuple[int, str]:
        """Run a program of the user's to its end: see `app.ports`."""
        said = folder / "stderr.txt"
        with said.open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd=folder,
                env=environment,
                start_new_session=True,  # so that it and its children can be ended as one group
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        try:
            status = await process.wait()
        except asyncio.CancelledError:
            worker_process.kill_group(process.pid)
            await process.wait()
            raise
        return status, await self.thread(_end_of, said)

    def close(self) -> None:
        """End everything that was started; what is still running is killed."""
        with self._lock:
            left = list(self._running)
        for running in left:
            self._kill(running)
            if running.thread is not None:
                running.thread.join(timeout=5)
        if self._network is not None and self._network_thread is not None:
            with contextlib.suppress(TimeoutError):  # one that will not be cancelled ends with the process
                asyncio.run_coroutine_threadsafe(_cancel_everything(), self._network).result(timeout=5)
            self._network.call_soon_threadsafe(self._network.stop)
            self._network_thread.join(timeout=5)
            self._network.close()
            self._network = None
        for executor in self._singles:
            executor.shutdown(wait=True)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _start(self, call: _Call) -> _Running:
        running = _Running()
        with self._lock:
            self._running.add(running)
        running.thread = threading.Thread(
            target=self._attend, args=(running, call), name=f"worker-{call.name}", daemon=True
        )
        running.thread.start()
        return running

    def _attend(self, running: _Running, call: _Call) -> None:
        """See a worker through its life in a folder of its own, and hand over how it ended."""
        try:
            # What cannot be removed stays: the system has a broom for temporary folders too.
            with tempfile.TemporaryDirectory(prefix="glimpse-", ignore_cleanup_errors=True) as folder:
                ending = self._live(running, Path(folder), call)
        except OSError as error:  # no room for a folder or a process
            ending = _died(error)
        with self._lock:
            self._running.discard(running)
        call.hand_over(ending)

    def _live(self, running: _Running, folder: Path, call: _Call) -> AppError | None:
        """Start a worker, speak with it to its end, bury it, and return how it ended."""
        process = worker_process.start(call.name, folder)
        with self._lock:
            running.process = process
            if running.killed:  # while it was being started
                worker_process.kill_group(process.pid)
        try:
            ending = _converse(running, process, call)
        except (OSError, PipeError) as error:
            ending = _died(error)
        self._kill(running)
        status = process.wait()
        if ending is not None and status == -getattr(signal, "SIGXCPU", 0) < 0:
            ending = Unreadable("worker.late")
        return ending

    def _kill(self, running: _Running) -> None:
        """Kill a worker and what it started; it is not waited for here, because the loop calls this."""
        with self._lock:
            if running.killed:
                return
            # Once only, and before it is waited for: until then nobody else can get its number.
            running.killed = True
            if running.process is not None:
                worker_process.kill_group(running.process.pid)
        running.room.release()


def _end_of(file: Path) -> str:
    with file.open("rb") as log:
        log.seek(max(0, file.stat().st_size - _SAID_LIMIT))
        return log.read(_SAID_LIMIT).decode("utf-8", "replace")


def _converse(
    running: _Running,
    process: subprocess.Popen[bytes],
    call: _Call,
) -> AppError | None:
    """Give the task, hand over every frame, and return None at a proper end, else what went wrong."""
    kind = KINDS[call.name]
    stdin, stdout = process.stdin, process.stdout
    if stdin is None or stdout is None:  # pragma: no cover - we asked for both
        raise RuntimeError("a worker without pipes")
    with contextlib.closing(stdout), contextlib.closing(stdin), contextlib.closing(call.orders):
        write_frame(stdin, call.task)
        if kind.hears:
            call.orders.attach(stdin)
        elif not kind.serves:  # to one that does, an open pipe says that we live
            stdin.close()
        while True:
            running.room.acquire()
            frame = None if running.killed else read_frame(stdout, kind.body)
            if frame is None:
                # A worker that is done says so; an end without it is a death.
                return _died()
            head, _ = frame
            if head.get("done") is True:
                return None
            if "error" in head:
                return named_error(head)
            call.hand_over(frame)


def _died(cause: Exception | None = None) -> Unreadable:
    died = Unreadable("worker.died")
    died.__cause__ = cause
    return died


def named_error(head: dict[str, Any]) -> AppError:
    """Return the error a worker named: of a document or the screen; anything else is `Unreadable`."""
    kind = getattr(errors, str(head["error"]), None)
    if not (isinstance(kind, type) and issubclass(kind, DocumentError | CaptureError)):
        kind = Unreadable
    args = head.get("args")
    given = args.items() if isinstance(args, dict) else ()
    error = kind(str(head.get("key", "worker.died"))[:_ARGUMENT_LIMIT])
    plain = tuple((name, _short(value)) for name, value in given if isinstance(value, str | int | float))
    error.sentence = Sentence(error.sentence.key, plain)
    return error


def _short(value: str | float) -> str | float:
    return value[:_ARGUMENT_LIMIT] if isinstance(value, str) else value


def within(seconds: float, call: Callable[[], T]) -> T:
    """Return what a call that may never come back returns; raises `TimeoutError` when it takes longer.

    It blocks the caller's thread and leaves a late call behind in one of its own, which the app does not wait for when
    it closes, as it would for an executor's.
    """
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(call())
        except BaseException as error:  # noqa: BLE001 - handed over to the caller, whole
            outcome.set_exception(error)

    threading.Thread(target=run, name="within", daemon=True).start()
    return outcome.result(seconds)


async def _cancel_everything() -> None:
    """Cancel whatever still runs on this loop and let it clean up."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
