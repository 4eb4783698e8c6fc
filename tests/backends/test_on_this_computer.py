"""A model inside the app: real weights in the real engine, in a process that is killed, starved and forgotten."""

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

import app.worker_process
import backends.openai_compatible
from app import landlock, machine
from app.errors import Broken, Unreadable
from app.model.checkups import Health
from app.model.events import Finish, Reasoning
from app.model.messages import Ending
from app.model.profiles import Profile, Weights
from app.model.requests import Request
from app.ports import Blobs
from app.worker_process import worker_command
from app.workers import Workers
from backends.engine import Engine, Running, files_of
from backends.on_this_computer import OnThisComputer
from backends.translate import body
from tests.model_servers import MODELS

MICRO = Weights(str(MODELS / "micro-glm41v.gguf"), str(MODELS / "mmproj-micro-glm41v.gguf"), 4096, threads=1)
EYE = Weights(str(MODELS / "eye-glm41v.gguf"), str(MODELS / "mmproj-eye-glm41v.gguf"), 4096, threads=1)
THOUGHT = " The user sent me something so first I look at it carefully, then work out one short reply"
ANSWER = " This tiny model knows no facts; its weights were built by hand only for testing protocols"

Make = Callable[..., OnThisComputer]
Hear = Callable[[Any, Request], Awaitable[Any]]
Ask = Callable[..., Request]


@pytest.fixture
async def engine(workers: Workers) -> AsyncIterator[Engine]:
    engine = Engine(workers)
    yield engine
    await engine.close()


@pytest.fixture
async def make(engine: Engine, blobs: Blobs) -> AsyncIterator[Make]:
    made: list[OnThisComputer] = []

    def make(weights: Weights, **more: Any) -> OnThisComputer:
        profile = Profile("p", "Mine", "local", weights=weights)
        made.append(OnThisComputer(profile, engine=more.get("engine", engine), blobs=blobs))
        return made[-1]

    yield make
    for backend in made:
        await backend.aclose()


def pids() -> set[int]:
    """Return the processes of engines that we started."""
    found = set()
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            words = (entry / "cmdline").read_bytes().split(b"\0")
            parent = (entry / "stat").read_text().rpartition(")")[2].split()
            if words[-3:-1] == [b"--worker", b"model"] and int(parent[1]) == os.getpid():
                found.add(int(entry.name))
    return found


async def gone(pid: int) -> bool:
    for _ in range(100):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        await asyncio.sleep(0.05)
    return False


def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the model go on until its context is full."""
    monkeypatch.setattr(
        backends.openai_compatible,
        "body",
        lambda *args, **more: body(*args, **more) | {"ignore_eos": True, "max_tokens": 3000},
    )


async def test_it_thinks_and_answers_as_the_weights_do(make: Make, hear: Hear, ask: Ask) -> None:
    backend = make(MICRO)
    heard = await hear(backend, ask("hello"))
    assert heard.error is None
    assert (heard.reasoning, heard.answer.strip()) == (THOUGHT, ANSWER.strip())
    assert heard.events[-1] == Finish(Ending.FINISHED)
    assert len(heard.batches) > 3, "it streams"


async def test_it_sees_the_colours_of_pictures_in_their_order(
    make: Make, hear: Hear, ask: Ask, blobs: Any
) -> None:
    backend = make(EYE)
    one = await hear(backend, ask(blobs.picture("red"), "?"))
    assert "red" in one.answer
    two = await hear(backend, ask(blobs.picture("blue"), blobs.picture("green"), "?"))
    assert two.answer.index("blue") < two.answer.index("green")


async def test_its_limits_come_from_the_engine(make: Make, hear: Hear, ask: Ask) -> None:
    backend = make(replace(EYE, context=2048))
    assert (await backend.check()).health is Health.WORKS
    assert (backend.limits.context, backend.limits.pictures) == (2048, None)
    blind = make(replace(EYE, projector="", context=2048))
    assert blind.limits.pictures == 0
    found = await blind.check()
    assert (found.health, found.sentence.key) == (Health.WORKS, "engine.works_blind")
    assert blind.limits.pictures == 0


async def test_only_who_knows_the_key_is_answered(engine: Engine) -> None:
    async with engine.running(MICRO, "micro") as running:
        async with httpx2.AsyncClient(trust_env=False) as stranger:
            for path in ("/models", "/chat/completions"):
                reply = await stranger.post(running.url + path, json={"messages": []})
                assert reply.status_code == 401, path
        for pid in pids():
            for place in ("cmdline", "environ"):
                assert running.key.encode() not in Path(f"/proc/{pid}/{place}").read_bytes()


@pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")
async def test_it_reads_the_files_of_its_model_and_no_others(workers: Workers) -> None:
    task = {"model": MICRO.model, "projector": "", "reads": [EYE.model]}
    job = workers.job("model", task)
    with pytest.raises(Unreadable) as caught:
        await anext(job)
    assert caught.value.sentence.key == "engine.no_file"


async def test_it_listens_on_the_loopback_only(engine: Engine) -> None:
    async with engine.running(MICRO, "micro") as running:
        port = f":{int(running.url.split(':')[2].partition('/')[0]):04X}"
        lines = [
            *Path("/proc/net/tcp").read_text().splitlines(),
            *Path("/proc/net/tcp6").read_text().splitlines(),
        ]
        listening = [
            line.split()[1] for line in lines if line.split()[1].endswith(port) and line.split()[3] == "0A"
        ]
        assert listening == [f"0100007F{port}"]


async def test_stop_frees_the_engine_at_once(
    make: Make, engine: Engine, ask: Ask, hear: Hear, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = make(replace(MICRO, context=4096))
    endless(monkeypatch)
    stream = backend.stream(ask("hello"))
    await anext(stream)
    async with engine.running(replace(MICRO, context=4096), "") as running:
        assert await at_work(running)
        await stream.aclose()
        for _ in range(40):
            if not await at_work(running):
                break
            await asyncio.sleep(0.05)
        else:
            pytest.fail("it goes on for nobody")


async def at_work(running: Running) -> bool:
    async with httpx2.AsyncClient(
        trust_env=False, headers={"authorization": f"Bearer {running.key}"}
    ) as client:
        slots = (await client.get(running.url.removesuffix("/v1") + "/slots")).json()
    return any(slot["is_processing"] for slot in slots)


async def test_killed_in_mid_answer_it_keeps_the_text_and_starts_anew(
    make: Make, ask: Ask, hear: Hear, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = make(MICRO)
    with monkeypatch.context() as patch:
        endless(patch)
        first: list[Any] = []

        async def kill_at_first_word() -> None:
            async for events in backend.stream(ask("hello")):
                if not first:
                    (pid,) = pids()
                    os.kill(pid, signal.SIGKILL)
                first.extend(events)

        with pytest.raises(Broken) as caught:
            await kill_at_first_word()
    assert caught.value.sentence.key == "engine.died"
    assert "".join(event.text for event in first if isinstance(event, Reasoning)).startswith(THOUGHT[:10])
    again = await hear(backend, ask("hello"))
    assert again.error is None
    assert again.answer.strip() == ANSWER.strip()


async def test_it_is_unloaded_when_nobody_asks(workers: Workers, make: Make, ask: Ask, hear: Hear) -> None:
    engine = Engine(workers, idle=0.2)
    backend = make(MICRO, engine=engine)
    async with engine.running(MICRO, "micro"):
        (pid,) = pids()
    assert await gone(pid)
    again = await hear(backend, ask("hello"))
    assert again.answer.strip() == ANSWER.strip()
    await engine.close()


async def test_it_is_not_unloaded_in_mid_answer(workers: Workers) -> None:
    engine = Engine(workers, idle=0.05)
    async with engine.running(MICRO, "micro") as running:
        async with engine.running(MICRO, "micro"):
            pass
        await asyncio.sleep(0.3)
        assert not running.ended.is_set()
    await engine.close()


async def test_another_model_waits_for_the_answer_and_takes_its_place(engine: Engine) -> None:
    order = []

    async def other() -> None:
        async with engine.running(EYE, "eye"):
            order.append("other")
            assert len(pids()) == 1

    async with engine.running(MICRO, "micro") as running:
        waiting = asyncio.create_task(other())
        await asyncio.sleep(0.3)
        assert not running.ended.is_set()
        order.append("first ends")
    await waiting
    assert order == ["first ends", "other"]


async def test_two_questions_share_one_engine(make: Make, ask: Ask, hear: Hear) -> None:
    first, second = make(MICRO), make(MICRO)
    heard = await asyncio.gather(hear(first, ask("one")), hear(second, ask("two")))
    assert [one.error for one in heard] == [None, None]
    assert len(pids()) == 1


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Give files that cannot be run, by what is wrong with them."""
    whole = Path(EYE.model).read_bytes()
    bad = {
        "text": b"hello, this is no model",
        "empty": b"",
        "html": b"<!doctype html><title>Sign in</title>",
        "cut": whole[:1_000_000],
        "head": whole[:40],
        "lies": b"GGUF" + (3).to_bytes(4, "little") + b"\xff" * 60,
    }
    for name, data in bad.items():
        (tmp_path / f"{name}.gguf").write_bytes(data)
    (tmp_path / "folder.gguf").mkdir()
    return {name: str(tmp_path / f"{name}.gguf") for name in (*bad, "folder", "gone")}


@pytest.mark.parametrize(
    ("model", "projector", "key"),
    [
        ("", "", "engine.no_model"),
        ("gone", "", "engine.no_file"),
        ("folder", "", "engine.no_file"),
        ("text", "", "engine.not_gguf"),
        ("empty", "", "engine.not_gguf"),
        ("html", "", "engine.not_gguf"),
        ("head", "", "engine.not_gguf"),
        ("lies", "", "engine.not_gguf"),
        ("cut", "", "engine.unloadable"),
        (EYE.projector, "", "engine.model_is_projector"),
        (EYE.model, EYE.model, "engine.no_projector"),
        (EYE.model, "gone", "engine.no_file"),
        (EYE.model, MICRO.projector, "engine.unloadable"),
    ],
)
async def test_what_cannot_be_run_is_told_in_a_sentence(
    make: Make, files: dict[str, str], model: str, projector: str, key: str
) -> None:
    weights = Weights(files.get(model, model), files.get(projector, projector), threads=1)
    backend = make(weights)
    found = await backend.check()
    assert (found.health, found.sentence.key) == (Health.REFUSED, key)
    assert pids() == set(), "no process is left"


def starved(monkeypatch: pytest.MonkeyPatch, memory: int) -> None:
    """Let workers have this much address space."""
    monkeypatch.setattr(
        app.worker_process,
        "worker_command",
        lambda name: ["prlimit", f"--as={memory}", *worker_command(name)],
    )


@pytest.mark.parametrize(("free", "key"), [(2**20, "engine.memory"), (2**40, "engine.died_loading")])
async def test_too_little_memory_is_told_with_figures(
    make: Make, monkeypatch: pytest.MonkeyPatch, free: int, key: str
) -> None:
    starved(monkeypatch, 320 * 2**20)
    monkeypatch.setattr(machine, "free_memory", lambda: free)
    found = await make(replace(MICRO, context=4096)).check()
    assert (found.health, found.sentence.key) == (Health.REFUSED, key)
    assert dict(found.sentence.args)["needed"] == "1.1"


async def test_cancelled_while_it_loads_it_leaves_no_process(engine: Engine, tmp_path: Path) -> None:
    model = tmp_path / "model.gguf"
    os.mkfifo(model)  # opening it waits for ever

    async def load() -> None:
        async with engine.running(Weights(str(model), threads=1), "pipe"):
            pass

    loading = asyncio.create_task(load())
    for _ in range(400):
        if pids():
            break
        await asyncio.sleep(0.05)
    (pid,) = pids()
    loading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loading
    assert await gone(pid)


ORPHAN = """
import asyncio, sys
from app.model.profiles import Weights
from app.workers import Workers
from backends.engine import Engine

async def main():
    engine = Engine(Workers())
    async with engine.running(Weights(*sys.argv[1:3], 4096, threads=1), "orphan"):
        print("loaded", flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


async def test_it_dies_with_an_app_that_is_killed() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(ORPHAN), MICRO.model, MICRO.projector], stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    with parent:
        assert await asyncio.to_thread(parent.stdout.readline) == b"loaded\n"
        children = Path(f"/proc/{parent.pid}/task").glob("*/children")
        (child,) = [int(word) for file in children for word in file.read_text().split()]
        parent.kill()
    assert await gone(child)


async def test_its_log_holds_neither_key_nor_question(
    make: Make, engine: Engine, ask: Ask, hear: Hear, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await hear(make(MICRO), ask("canary in the coal mine"))
    async with engine.running(MICRO, "") as running:
        key = running.key
    assert "model: " in caplog.text, "what the engine says is logged"
    assert "canary" not in caplog.text
    assert key not in caplog.text


def test_a_model_in_parts_brings_all_of_them() -> None:
    first = "/models/big-00001-of-00003.gguf"
    files = files_of(Weights(first, "/models/eyes.gguf"))
    assert [file.name for file in files] == [
        "big-00001-of-00003.gguf",
        "eyes.gguf",
        "big-00002-of-00003.gguf",
        "big-00003-of-00003.gguf",
    ]
