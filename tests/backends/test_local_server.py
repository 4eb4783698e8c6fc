"""A server program as a child: a fake `vllm` in every case, the real one where it is installed."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest

from app import plain, programs
from app.errors import BackendError, Broken, Refused, Rejected
from app.gpus import Gpu
from app.i18n import say
from app.programs import Program, Running, born, free_port
from app.serving import VLLM, Launch, LoadProgress, LogLine, News, Ready
from app.workers import Workers
from backends import launch
from backends.local_server import LocalServer

FAKE = Path(__file__).with_name("fake_vllm.py")
FLASH = launch.RECIPES[5]
GPUS = (Gpu("NVIDIA H100 80GB HBM3", 81559 * 2**20, 9.0),)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="those servers run on Linux only")


@pytest.fixture
def vllm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the fake what is started as `vllm`."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "vllm").write_text(f'#!/bin/sh\nexec {sys.executable} -S {FAKE} "$@"\n')
    (folder / "vllm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "server"


@pytest.fixture
async def server(folder: Path, workers: Workers) -> AsyncGenerator[LocalServer, None]:
    made = LocalServer(Program(folder), workers)
    yield made
    await made.stop()


def wanted(kind: str = "") -> Launch:
    """Return the command as it is made, for a free port and a kind of fake."""
    made = launch.launch(VLLM, FLASH, GPUS, free_port(0))
    return Launch(made.words, (*made.environment, ("VLLM_FAKE", kind)), made.weights, made.model, made.port)


async def until(news: AsyncGenerator[News, None], wanted: Callable[[News], bool]) -> list[News]:
    """Return what is told up to what is wanted."""
    told = []
    async with asyncio.timeout(30), contextlib.aclosing(news):
        async for each in news:
            told.append(each)
            if wanted(each):
                return told
    raise AssertionError(told)


def record_of(pid: int, words: tuple[str, ...] = ("vllm",)) -> str:
    """Return the record of a program that was started before the machine was, under the number of `pid`."""
    return plain.dumps(Running(pid, "an-earlier-boot 1", Launch(words, (), "org/m", "m", 8000)))


def ready(news: News) -> bool:
    return isinstance(news, Ready)


async def fault(server: LocalServer, made: Launch) -> BackendError:
    """Start a server that ends by itself, and return what is told of it."""
    await server.start(made)
    with pytest.raises(BackendError) as caught:
        await until(server.watch(made), lambda _: False)
    return caught.value


async def test_it_is_fetched_loaded_and_answers(server: LocalServer, vllm: None) -> None:
    made = wanted()
    await server.start(made)
    told = await until(server.watch(made), ready)
    assert told[-1] == Ready(made.url, "glm-4.6v-flash")
    assert isinstance(told[0], LogLine)
    bars = [news for news in told if isinstance(news, LoadProgress)]
    assert [(bar.part, bar.fetching) for bar in bars] == [
        *[(0.0, True), (0.4, True), (1.0, True)],
        *[(part / 4, False) for part in range(5)],
    ]
    assert {bar.what for bar in bars} == {
        "model-00001-of-00004.safetensors",
        "Loading safetensors checkpoint shards",
    }


async def test_it_ends_when_it_is_stopped_and_nothing_bad_is_told(server: LocalServer, vllm: None) -> None:
    made = wanted()
    await server.start(made)
    news = server.watch(made)
    async for each in news:
        if ready(each):
            break
    running = await server.found()
    assert running is not None
    stopping = asyncio.create_task(server.stop())
    last = [each async for each in news]
    await stopping
    assert LogLine("INFO: Shutting down") in last
    assert not born(running.pid)
    assert await server.found() is None


@pytest.mark.parametrize(
    ("kind", "branch", "key"),
    [
        ("memory", Rejected, "launch.no_memory"),
        ("cache", Rejected, "launch.no_memory"),
        ("port", Rejected, "launch.port_taken"),
        ("gated", Refused, "launch.gated"),
        ("unknown", Rejected, "launch.unknown_model"),
        ("hub", Broken, "launch.no_hub"),
    ],
)
async def test_why_it_ended_is_told(
    server: LocalServer, vllm: None, kind: str, branch: type[BackendError], key: str
) -> None:
    error = await fault(server, wanted(kind))
    assert (type(error), error.sentence.key) == (branch, key)
    assert "{" not in say(error.sentence)


async def test_an_end_of_another_kind_is_told_by_its_last_line(server: LocalServer, vllm: None) -> None:
    error = await fault(server, wanted("other"))
    assert say(error.sentence).endswith(
        "Its last words: RuntimeError: Engine core initialization failed. See root cause above."
    )


async def test_one_that_dies_after_it_answered_is_told_too(server: LocalServer, vllm: None) -> None:
    error = await fault(server, wanted("dies"))
    assert error.sentence.key == "launch.died"


async def test_a_program_that_is_not_installed_is_told_with_how_to_install_it(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Rejected) as caught:
        await server.start(wanted())
    assert "pip install -U vllm" in say(caught.value.sentence)
    assert await server.found() is None


async def test_one_that_heeds_no_signal_is_killed(
    server: LocalServer, vllm: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        programs, "_FAREWELL", ((signal.SIGINT, 0.3), (signal.SIGTERM, 0.3), (signal.SIGKILL, 5.0))
    )
    made = wanted("deaf")
    await server.start(made)
    await until(server.watch(made), ready)
    running = await server.found()
    await server.stop()
    assert running is not None
    assert not born(running.pid)


async def test_its_children_end_with_it(
    server: LocalServer, vllm: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        programs, "_FAREWELL", ((signal.SIGINT, 1.0), (signal.SIGTERM, 1.0), (signal.SIGKILL, 5.0))
    )
    made = wanted("child")
    await server.start(made)
    await until(server.watch(made), ready)
    running = await server.found()
    assert running is not None
    await server.stop()
    with pytest.raises(ProcessLookupError):
        os.killpg(running.pid, 0)


async def test_a_later_start_finds_it_follows_it_and_stops_it(
    server: LocalServer, vllm: None, folder: Path, workers: Workers
) -> None:
    made = wanted()
    await server.start(made)
    await until(server.watch(made), ready)
    later = LocalServer(Program(folder), workers)
    found = await later.found()
    assert found is not None
    assert found.launch == made
    await until(later.watch(made), ready)
    await later.stop()
    assert await later.found() is None
    assert await server.found() is None


@pytest.mark.parametrize(
    "record", ["", "[]", "{}", '{"pid":"x"}', "\udcff", record_of(1), record_of(os.getpid(), ())]
)
async def test_a_record_that_makes_no_sense_finds_and_ends_nothing(
    server: LocalServer, folder: Path, record: str
) -> None:
    folder.mkdir()
    (folder / "server.json").write_text(record, errors="surrogateescape")
    assert await server.found() is None
    await server.stop()
    assert not (folder / "server.json").exists()


async def test_another_process_with_its_number_is_left_alone(server: LocalServer, folder: Path) -> None:
    folder.mkdir()
    (folder / "server.json").write_text(record_of(os.getpid()))
    assert await server.found() is None
    await server.stop()  # would end this very test


async def test_it_gets_what_it_needs_and_none_of_our_keys(
    server: LocalServer, vllm: None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "ZAI_API_KEY", "VLLM_API_KEY", "PYTHONPATH", "LD_PRELOAD", "GLIMPSE_HOME"):
        monkeypatch.setenv(name, "canary")
    for name in ("CUDA_VISIBLE_DEVICES", "HF_HOME", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "kept")
    made = wanted()
    await server.start(made)
    await until(server.watch(made), ready)
    given = json.loads((folder / "environment.json").read_text())
    assert "canary" not in given.values()
    assert {name for name, value in given.items() if value == "kept"} == {
        "CUDA_VISIBLE_DEVICES",
        "HF_HOME",
        "HTTPS_PROXY",
    }
    assert given["VLLM_NO_USAGE_STATS"] == "1"


async def test_a_log_that_grows_begins_anew_and_is_followed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "_LOG_LIMIT", 1000)
    log = programs.Log(tmp_path / "log")
    descriptor = log.begin()
    told: list[str] = []
    for number in range(200):
        os.write(descriptor, f"line {number}\n".encode())
        told += log.lines()
    os.close(descriptor)
    assert told == [f"line {number}" for number in range(200)]
    assert (tmp_path / "log").stat().st_size <= 1000


async def test_a_log_is_told_as_plain_lines(tmp_path: Path) -> None:
    log = programs.Log(tmp_path / "log")
    descriptor = log.begin()
    os.write(descriptor, "\x1b[31mr\x1b[0med\u202e\nh\xe9".encode()[:-1])
    assert log.lines() == ("red",)
    os.write(descriptor, b"\xa9\r\n" + b"x" * 5000 + b"\n\n")
    assert log.lines() == ("hé", "x" * 2000)
    os.close(descriptor)


def test_a_taken_port_gives_way_to_a_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        usual = taken.getsockname()[1]
        assert free_port(usual) != usual
    assert free_port(usual) == usual
