"""The only starter of threads and processes.

Three kinds: a pool of threads for short blocking calls; one asyncio loop in a thread of its own, where
the network lives; and disposable processes for anything that parses what a stranger made.
"""

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, TypeVar

from app import errors
from app.clean import visible
from app.errors import AppError, CaptureError, DocumentError, Unreadable
from app.model.sentences import Sentence
from app.orders import Orders
from app.pipes import Frame, PipeError, read_frame, write_frame

T = TypeVar("T")

# What a worker may see of our environment: nothing that holds a secret or redirects it.
_ENVIRONMENT = ("PATH", "SYSTEMROOT", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
# How a program finds the desktop it runs on, for the workers that look at it.
_DESKTOP = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")
# One core each: a worker must not take the machine from the window.
_FIXED = {"LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
# How many frames may wait for the reader; a worker that is faster waits at its pipe.
_WAITING = 4
_ARGUMENT_LIMIT = 200
_SAID_LIMIT = 8 * 2**10  # bytes of what a program said last
_LOG_LIMIT, _LOG_LINE = 64 * 2**10, 2000  # bytes of one worker in the log, and of a line

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of worker: the module whose `serve` it runs, and what it may use.

    `patience` is how long it may stay silent, in seconds; `memory` its address space in bytes;
    `processor` its CPU time in seconds; `body` the most bytes it may send beside a head; `sockets`
    says that it cannot do without local ones.  One that `serves` stays until it is ended, at the latest with this
    process, and may be called by TCP; what it says on stderr is logged.  One that `hears` can be spoken to while it
    works; one that is `ours` touches nothing a stranger made: it sees the desktop and is not sandboxed.
    """

    module: str
    patience: float | None = 30
    memory: int = 2 * 2**30
    processor: int = 120
    body: int = 0
    sockets: bool = False
    serves: bool = False
    hears: bool = False
    ours: bool = False


# Bytes: more than the worst noise of any size we make takes as a picture.
_PICTURE = 32 * 2**20
_DECK = 500 * 2**20  # bytes of a deck as PDF
_FILM = 48 * 10**6  # bytes of a film that is made for a model
_UNBOUNDED = 2**46  # bytes or seconds: more than any machine has

KINDS = {
    "image": Kind("capture.documents.image", patience=20, body=_PICTURE),
    "pdf": Kind("capture.documents.pdf", patience=20, processor=600, body=_PICTURE),
    "slides": Kind("capture.documents.slides"),
    "office": Kind(
        "capture.documents.office",
        patience=180,
        memory=6 * 2**30,
        processor=300,
        body=_DECK,
        sockets=True,
    ),
    "video": Kind("capture.frames", patience=60, memory=3 * 2**30, processor=1800, body=_FILM),
    "key_frames": Kind("capture.key_frames", patience=60, memory=3 * 2**30, processor=1800),
    "player": Kind(
        "capture.player", patience=None, memory=3 * 2**30, processor=1800, body=_PICTURE, hears=True
    ),
    "codes": Kind("capture.codes_worker", patience=20, processor=60),
    "ocr": Kind("capture.ocr_worker", patience=120, memory=4 * 2**30, processor=3600),
    "model": Kind(
        "backends.llama_worker", patience=None, memory=_UNBOUNDED, processor=_UNBOUNDED, serves=True
    ),
    "recorder": Kind(
        "capture.recording.recorder_worker",
        memory=6 * 2**30,
        processor=_UNBOUNDED,
        hears=True,
        ours=True,
    ),
    "finisher": Kind("capture.recording.finisher", patience=600, processor=_UNBOUNDED, ours=True),
    "sandbox": Kind("app.sandbox"),
}


def worker_command(name: str) -> list[str]:
    """Return the command that starts the worker `name`, from source or from a frozen app."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--worker", name]
    # -I: neither the current folder nor the environment decides what is imported.
    return [sys.executable, "-I", "-m", "app", "--worker", name]


def worker_environment(folder: Path) -> dict[str, str]:
    """Return the little of our environment that a worker gets; `folder` is the one it may write to."""
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    homes = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"), str(folder))
    return kept | homes | _FIXED


def desktop_environment() -> dict[str, str]:
    """Return how a worker finds the desktop; the X server's cookie by its place, because its home is another."""
    cookie = os.environ.get("XAUTHORITY") or str(Path.home() / ".Xauthority")
    return {name: os.environ[name] for name in _DESKTOP if name in os.environ} | {"XAUTHORITY": cookie}


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
            _kill_group(process.pid)
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
        process = _started(call.name, folder)
        with self._lock:
            running.process = process
            if running.killed:  # while it was being started
                _kill_group(process.pid)
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
                _kill_group(running.process.pid)
        running.room.release()


def _started(name: str, folder: Path) -> subprocess.Popen[bytes]:
    kind = KINDS[name]
    process = subprocess.Popen(
        worker_command(name),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if kind.serves else subprocess.DEVNULL,
        cwd=folder,
        env=worker_environment(folder) | (desktop_environment() if kind.ours else {}),
        start_new_session=True,  # so that it and its children can be killed as one group
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    if process.stderr is not None:
        threading.Thread(target=_log, args=(name, process.stderr), name=f"log-{name}", daemon=True).start()
    return process


def _log(name: str, pipe: IO[bytes]) -> None:
    """Log what a worker says until it ends; what is too much is read, so that it does not wait, and dropped."""
    room = _LOG_LIMIT
    with contextlib.closing(pipe):
        while line := pipe.readline(_LOG_LINE):
            if 0 < room <= len(line):
                _LOGGER.info("%s says more than is kept", name)
            elif room > 0:
                _LOGGER.info("%s: %s", name, visible(line.decode("utf-8", "replace")))
            room -= len(line)


def _end_of(file: Path) -> str:
    with file.open("rb") as log:
        log.seek(max(0, file.stat().st_size - _SAID_LIMIT))
        return log.read(_SAID_LIMIT).decode("utf-8", "replace")


def _kill_group(leader: int) -> None:
    if sys.platform == "win32":
        command = ["taskkill", "/F", "/T", "/PID", str(leader)]
        subprocess.run(command, check=False, capture_output=True)
    else:
        # macOS says "not permitted" of a group that holds only the dead.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)


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
