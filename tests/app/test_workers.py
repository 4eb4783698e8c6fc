"""Workers, good and bad: real processes that answer, hang, die, lie and flood."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Callable
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any

import pytest

from app import worker_process
from app.errors import DocumentError, Locked, TooLarge, Unreadable
from app.pipes import Frame
from app.worker_kinds import KINDS, Kind
from app.worker_process import kill_group, worker_command, worker_environment
from app.workers import Workers, named_error
from tests.waiting import until

# What every script of a bad worker begins with: the task has been read, and frames can be sent.
PRELUDE = """
import os, struct, sys, time
from app.pipes import read_frame, write_frame
out = sys.stdout.buffer
"""

Script = Callable[..., None]


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Script:
    """Return a function that makes the worker `test` run the Python text it is given."""

    def install(text: str, *, patience: float = 20) -> None:
        command = [sys.executable, "-I", "-c", PRELUDE + textwrap.dedent(text)]
        monkeypatch.setitem(KINDS, "test", Kind("none", patience=patience, body=2**21))
        monkeypatch.setattr(worker_process, "worker_command", lambda _: command)

    return install


async def collect(workers: Workers, task: dict[str, Any] | None = None) -> list[Frame]:
    async with aclosing(workers.job("test", task or {})) as frames:
        return [frame async for frame in frames]


async def fault(workers: Workers, task: dict[str, Any] | None = None) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        await collect(workers, task)
    return caught.value


def alive(pid: int) -> bool:
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    return False


async def gone(pid: int) -> bool:
    for _ in range(100):
        if not alive(pid):
            return True
        await asyncio.sleep(0.05)
    return False


async def test_what_a_worker_sends_comes_in_order(workers: Workers, script: Script) -> None:
    script("""
        task, _ = read_frame(sys.stdin.buffer)
        for n in range(task["n"]):
            write_frame(out, {"n": n}, bytes([n]))
        write_frame(out, {"done": True})
    """)
    assert await collect(workers, {"n": 20}) == [({"n": n}, bytes([n])) for n in range(20)]


async def test_a_named_error_is_raised_as_what_it_names(workers: Workers, script: Script) -> None:
    script("""
        read_frame(sys.stdin.buffer)
        write_frame(out, {"error": "Locked", "key": "document.locked", "args": {"n": 1}})
    """)
    error = await fault(workers)
    assert isinstance(error, Locked)
    assert error.sentence.key == "document.locked"
    assert dict(error.sentence.args) == {"n": 1}


@pytest.mark.parametrize(
    "ending",
    [
        "",  # it leaves without a word
        "os._exit(3)",
        "os.kill(os.getpid(), 11)",
        "os.abort()",
        "raise ValueError('unforeseen')",
        "out.write(b'not a frame at all'); out.flush()",
        "out.write(struct.pack('>II', 2**32 - 1, 0)); out.flush(); time.sleep(60)",
        "out.write(struct.pack('>II', 2, 2**32 - 1)); out.flush(); time.sleep(60)",
        "out.write(struct.pack('>II', 100, 0) + b'{'); out.flush(); os._exit(0)",
        "out.write(struct.pack('>II', 3, 0) + b'{]}'); out.flush(); time.sleep(60)",
        "out.write(struct.pack('>II', 90000, 0) + b'[' * 90000); out.flush(); time.sleep(60)",
    ],
)
async def test_a_death_or_nonsense_is_one_error(workers: Workers, script: Script, ending: str) -> None:
    script(f"read_frame(sys.stdin.buffer)\n{ending}")
    error = await fault(workers)
    assert isinstance(error, Unreadable)
    assert error.sentence.key == "worker.died"


async def test_a_death_after_some_frames_keeps_the_frames(workers: Workers, script: Script) -> None:
    script("""
        write_frame(out, {"n": 1})
        os._exit(1)
    """)
    frames = workers.job("test", {})
    assert await anext(frames) == ({"n": 1}, b"")
    with pytest.raises(Unreadable):
        await anext(frames)


async def test_a_silent_worker_is_late_and_killed(workers: Workers, script: Script) -> None:
    script(
        """
        write_frame(out, {"pid": os.getpid()})
        time.sleep(60)
        """,
        patience=4,
    )
    frames = workers.job("test", {})
    head, _ = await anext(frames)
    with pytest.raises(Unreadable) as caught:
        await anext(frames)
    assert caught.value.sentence.key == "worker.late"
    assert await gone(head["pid"])


async def test_patience_begins_anew_with_every_frame(workers: Workers, script: Script) -> None:
    script(
        """
        for n in range(6):
            time.sleep(0.5)
            write_frame(out, {"n": n})
        write_frame(out, {"done": True})
        """,
        patience=2,
    )
    assert len(await collect(workers)) == 6


async def test_closing_kills_the_worker_and_what_it_started(workers: Workers, script: Script) -> None:
    script("""
        import subprocess
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        write_frame(out, {"pids": [os.getpid(), child.pid]})
        time.sleep(60)
    """)
    frames = workers.job("test", {})
    head, _ = await anext(frames)
    assert all(alive(pid) for pid in head["pids"])
    await frames.aclose()
    assert all([await gone(pid) for pid in head["pids"]])


async def test_a_child_that_outlives_a_good_worker_is_killed_too(workers: Workers, script: Script) -> None:
    script("""
        import subprocess
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        write_frame(out, {"pid": child.pid})
        write_frame(out, {"done": True})
    """)
    ((head, _),) = await collect(workers)
    assert await gone(head["pid"])


async def test_cancelling_the_reader_kills_the_worker(workers: Workers, script: Script) -> None:
    script("""
        write_frame(out, {"pid": os.getpid()})
        time.sleep(60)
    """)
    begun: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def read() -> None:
        async with aclosing(workers.job("test", {})) as frames:
            async for head, _ in frames:
                begun.set_result(head["pid"])

    task = asyncio.create_task(read())
    pid = await begun
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await gone(pid)


async def test_a_worker_that_never_reads_its_task_is_late(workers: Workers, script: Script) -> None:
    script("time.sleep(60)", patience=1)
    error = await fault(workers, {"much": "x" * 2**20})
    assert error.sentence.key == "worker.late"


async def test_a_worker_that_closes_its_ears_is_dead(workers: Workers, script: Script) -> None:
    script("os.close(0); os._exit(0)")
    assert (await fault(workers, {"much": "x" * 2**20})).sentence.key == "worker.died"


async def test_a_flood_waits_at_the_pipe_and_not_in_our_memory(workers: Workers, script: Script) -> None:
    script("""
        for n in range(100_000):
            write_frame(out, {"n": n}, bytes(2**20))
    """)
    async with aclosing(workers.job("test", {})) as frames:
        await anext(frames)
        await asyncio.sleep(0.5)
        (running,) = workers._running
        assert running.process is not None
        sent = Path(f"/proc/{running.process.pid}/io").read_text("ascii")
        written = int(dict(line.split(": ") for line in sent.splitlines())["wchar"])
        assert written < 20 * 2**20


async def test_a_spinning_worker_is_late_when_its_time_is_used_up(workers: Workers, script: Script) -> None:
    script("""
        import resource
        resource.setrlimit(resource.RLIMIT_CPU, (1, 5))
        while True: pass
    """)
    assert (await fault(workers)).sentence.key == "worker.late"


async def test_its_folder_is_its_own_and_gone_afterwards(workers: Workers, script: Script) -> None:
    script("""
        import tempfile, pathlib
        read_frame(sys.stdin.buffer)
        folder = tempfile.gettempdir()
        pathlib.Path(folder, "litter").write_text("x")
        write_frame(out, {"folder": folder, "mode": os.stat(folder).st_mode & 0o777, "home": os.environ["HOME"]})
        write_frame(out, {"done": True})
    """)
    ((head, _),) = await collect(workers)
    assert head["home"] == head["folder"]
    assert head["mode"] == 0o700
    assert not Path(head["folder"]).exists()


async def test_a_worker_sees_none_of_our_environment(
    workers: Workers, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLIMPSE_API_KEY", "canary")
    monkeypatch.setenv("OPENAI_API_KEY", "canary")
    monkeypatch.setenv("LD_PRELOAD_X", "canary")
    script("""
        read_frame(sys.stdin.buffer)
        write_frame(out, {"environment": dict(os.environ)})
        write_frame(out, {"done": True})
    """)
    ((head, _),) = await collect(workers)
    assert "canary" not in str(head)
    assert set(head["environment"]) <= set(worker_environment(Path())) | {"LC_CTYPE"}


async def test_a_program_that_cannot_be_started_is_a_dead_worker(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KINDS, "test", Kind("none"))
    monkeypatch.setattr(worker_process, "worker_command", lambda _: ["/nonexistent/program"])
    assert (await fault(workers)).sentence.key == "worker.died"
    assert workers._running == set()


async def test_close_kills_what_still_runs_and_its_reader_hears_of_it(script: Script) -> None:
    script("""
        write_frame(out, {"pid": os.getpid()})
        time.sleep(60)
    """)
    workers = Workers()
    frames = workers.job("test", {})
    head, _ = await anext(frames)
    workers.close()
    assert not alive(head["pid"])
    with pytest.raises(Unreadable):
        await anext(frames)


def test_a_worker_that_ends_after_its_loop_is_gone_disturbs_nobody(script: Script) -> None:
    script("""
        write_frame(out, {"pid": os.getpid()})
        time.sleep(60)
    """)
    workers = Workers()

    async def start() -> int:
        frames = workers.job("test", {})
        head, _ = await anext(frames)
        return int(head["pid"])

    pid = asyncio.run(start())
    workers.close()
    assert not alive(pid)


async def test_nothing_is_left_behind_by_many_workers(workers: Workers, script: Script) -> None:
    script("""
        read_frame(sys.stdin.buffer)
        write_frame(out, {"done": True})
    """)
    handles = Path("/proc/self/fd")
    before = set(handles.iterdir())
    for _ in range(5):
        await collect(workers)
    await until(lambda: not workers._running)
    await until(lambda: len(set(handles.iterdir()) - before) <= 1)
    await until(lambda: "worker-test" not in {thread.name for thread in threading.enumerate()})


def test_only_faults_of_documents_can_be_named() -> None:
    assert type(named_error({"error": "TooLarge", "key": "k"})) is TooLarge
    for name in ("Refused", "Full", "AppError", "Sentence", "__doc__", "nothing", 7, None):
        assert type(named_error({"error": name, "key": "k"})) is Unreadable


def test_what_an_error_brings_along_is_plain_and_short() -> None:
    args = {"key": "x", "self": 1, "text": "y" * 10_000, "list": [1], "none": None}
    error = named_error({"error": "Locked", "key": "k" * 1000, "args": args})
    assert len(error.sentence.key) == 200
    assert {name: len(str(value)) for name, value in error.sentence.args} == {
        "key": 1,
        "self": 1,
        "text": 200,
    }
    assert named_error({"error": "Locked", "args": [1, 2]}).sentence.args == ()


def test_the_command_works_from_source_and_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert worker_command("pdf") == [sys.executable, "-I", "-m", "app", "--worker", "pdf"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert worker_command("pdf") == [sys.executable, "--worker", "pdf"]


def test_on_windows_the_whole_tree_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(subprocess, "run", lambda command, **_: called.append(command))
    kill_group(4711)
    assert called == [["taskkill", "/F", "/T", "/PID", "4711"]]


async def test_threads_run_beside_the_loop(workers: Workers) -> None:
    assert await workers.thread(threading.get_ident) != threading.get_ident()


def test_a_single_runs_one_thing_at_a_time(workers: Workers) -> None:
    executor = workers.single("store")
    assert executor.submit(threading.get_ident).result() == executor.submit(threading.get_ident).result()


def test_the_network_has_a_loop_of_its_own_that_close_clears(workers: Workers) -> None:
    cleaned = threading.Event()

    async def wait() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            cleaned.set()

    async def where() -> int:
        asyncio.get_running_loop().create_task(wait())
        await asyncio.sleep(0)
        return threading.get_ident()

    assert workers.network(where()).result(5) != threading.get_ident()
    workers.close()
    assert cleaned.is_set()


def test_close_may_be_called_twice(workers: Workers) -> None:
    workers.close()
    workers.close()


async def test_killing_does_not_wait(workers: Workers, script: Script) -> None:
    script("""
        import signal
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        write_frame(out, {})
        time.sleep(60)
    """)
    frames = workers.job("test", {})
    await anext(frames)
    (running,) = workers._running
    assert running.process is not None
    os.kill(running.process.pid, signal.SIGSTOP)  # a stopped process is killed all the same
    began = time.thread_time()
    await frames.aclose()
    assert time.thread_time() - began < 0.5
    assert await gone(running.process.pid)


async def test_a_body_larger_than_its_kind_sends_is_refused(workers: Workers, script: Script) -> None:
    script("""
        write_frame(out, {}, bytes(2**21))
        write_frame(out, {}, bytes(2**21 + 1))
    """)
    async with aclosing(workers.job("test", {})) as frames:
        _, body = await anext(frames)
        assert len(body) == 2**21
        with pytest.raises(Unreadable):
            await anext(frames)


@pytest.mark.parametrize("name", [name for name in KINDS if name != "office"])
def test_only_a_deck_may_be_sent_in_hundreds_of_megabytes(name: str) -> None:
    assert KINDS[name].body <= 48 * 10**6


async def test_nothing_of_starting_a_worker_holds_up_the_loop(
    workers: Workers, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    script("""
        read_frame(sys.stdin.buffer)
        write_frame(out, {"done": True})
    """)
    where: list[int] = []
    make_folder, start = tempfile.mkdtemp, subprocess.Popen

    def mkdtemp(*args: Any, **more: Any) -> Any:
        where.append(threading.get_ident())
        return make_folder(*args, **more)

    def popen(*args: Any, **more: Any) -> Any:
        where.append(threading.get_ident())
        return start(*args, **more)

    monkeypatch.setattr("tempfile.mkdtemp", mkdtemp)
    monkeypatch.setattr(subprocess, "Popen", popen)
    assert await collect(workers) == []
    assert len(where) == 2
    assert threading.get_ident() not in where


async def test_a_worker_that_is_not_wanted_any_more_when_it_has_started_is_killed(
    workers: Workers, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    script("time.sleep(60)")
    closed, started = threading.Event(), []
    start = subprocess.Popen

    def popen(*args: Any, **more: Any) -> Any:
        closed.wait(10)
        started.append(start(*args, **more))
        return started[0]

    monkeypatch.setattr(subprocess, "Popen", popen)
    frames = workers.job("test", {})
    waiting = asyncio.create_task(anext(frames))
    await asyncio.sleep(0.05)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    closed.set()
    await until(lambda: not workers._running)
    assert started[0].returncode == -signal.SIGKILL
