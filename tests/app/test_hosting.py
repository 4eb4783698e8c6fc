"""The server of this machine as the window asks for it: a fake `vllm`, a fake driver, and all between them real."""

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from app.errors import BackendError
from app.hosting import Host
from app.programs import Program, free_port
from app.serving import VLLM, LogLine, News, Order, Ready
from app.workers import Workers
from backends import launch, local_server

FAKE = Path(__file__).parents[1] / "backends" / "fake_vllm.py"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="those servers run on Linux only")


@pytest.fixture(autouse=True)
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder in which alone programs are found."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def install(programs: Path, name: str, line: str) -> None:
    (programs / name).write_text(f"#!/bin/sh\n{line}\n")
    (programs / name).chmod(0o755)


@pytest.fixture
def driver(programs: Path) -> None:
    install(programs, "nvidia-smi", "echo NVIDIA H100 80GB HBM3, 81559, 9.0")


@pytest.fixture
def vllm(programs: Path) -> None:
    install(programs, "vllm", f'exec {sys.executable} -S {FAKE} "$@"')


@pytest.fixture
async def host(tmp_path: Path, workers: Workers) -> AsyncGenerator[Host, None]:
    made = make_host(tmp_path, workers)
    yield made
    await made.stop()


def make_host(tmp_path: Path, workers: Workers) -> Host:
    return Host(Program(tmp_path / "server"), workers, lambda: (launch, local_server))


def order(port: int = 0) -> Order:
    return Order(VLLM, "zai-org/GLM-4.6V-Flash", port or free_port(0))


async def until_ready(host: Host) -> list[News]:
    """Return what is told of the running server until it answers."""
    running = await host.found()
    assert running is not None
    told: list[News] = []
    async with asyncio.timeout(60), contextlib.aclosing(host.watch(running)) as batches:
        async for batch in batches:
            told += batch
            if any(isinstance(news, Ready) for news in batch):
                return told
    raise AssertionError(told)


async def test_without_a_graphics_processor_there_is_no_command_and_a_reason(host: Host) -> None:
    plan = await host.plan(order())
    assert (plan.gpus, plan.launch) == ((), None)
    assert plan.fault is not None
    assert plan.fault.key == "launch.no_gpu"


async def test_a_driver_that_came_later_is_found_when_one_looks_anew(host: Host, programs: Path) -> None:
    wanted = order()
    assert (await host.plan(wanted)).launch is None
    install(programs, "nvidia-smi", "echo NVIDIA H100 80GB HBM3, 81559, 9.0")
    assert (await host.plan(wanted)).launch is None, "a plan alone does not look"
    await host.look()
    plan = await host.plan(wanted)
    assert plan.launch is not None
    assert plan.launch.serves(wanted)


@pytest.mark.usefixtures("driver")
async def test_without_the_program_there_is_a_command_to_copy_and_what_to_do(host: Host) -> None:
    plan = await host.plan(order())
    assert plan.launch is not None
    assert plan.fault is not None
    assert dict(plan.fault.args)["command"] == "pip install -U vllm"


async def test_a_model_of_a_later_version_is_named(host: Host) -> None:
    plan = await host.plan(Order(VLLM, "zai-org/GLM-9000V", 8000))
    assert plan.fault is not None
    assert plan.fault.key == "serve.no_such_model"


@pytest.mark.usefixtures("driver", "vllm")
async def test_it_is_started_watched_found_again_and_stopped(
    host: Host, tmp_path: Path, workers: Workers
) -> None:
    wanted = order()
    made = (await host.plan(wanted)).launch
    assert made is not None
    assert not await host.listens(wanted)
    await host.start(made)
    told = await until_ready(host)
    assert any(isinstance(news, LogLine) and "vLLM API server version" in news.line for news in told)
    assert await host.listens(wanted)
    later = make_host(tmp_path, workers)
    assert await later.found() == made
    assert isinstance((await until_ready(later))[-1], Ready)
    await later.stop()
    assert await host.found() is None
    assert not await host.listens(wanted)


@pytest.mark.usefixtures("driver", "vllm")
async def test_a_port_that_is_taken_is_told_before_minutes_of_loading(host: Host) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        made = (await host.plan(order(taken.getsockname()[1]))).launch
        assert made is not None
        with pytest.raises(BackendError) as caught:
            await host.start(made)
    assert caught.value.sentence.key == "launch.port_taken"
    assert await host.found() is None


@pytest.mark.usefixtures("driver", "vllm")
async def test_to_start_another_ends_the_first(host: Host) -> None:
    first, second = (await host.plan(order())).launch, (await host.plan(order())).launch
    assert first is not None
    assert second is not None
    await host.start(first)
    await until_ready(host)
    await host.start(second)
    assert await host.found() == second
    with pytest.raises(OSError, match=os.strerror(111)), socket.create_connection(("127.0.0.1", first.port)):
        pass
