"""A real vLLM as a child of the app: started with the command's options, watched until it answers, and ended."""

import asyncio
import os
from pathlib import Path

import pytest

from app.blobs import BlobStore
from app.gpus import Gpu
from app.model.checkups import Health
from app.model.profiles import Profile
from app.programs import Program, born
from app.serving import VLLM, Launch, LogLine, Ready
from app.workers import Workers
from backends import launch
from backends.local_server import LocalServer
from backends.openai_compatible import OpenAICompatible
from tests.big_servers import VENV, script_model
from tests.model_servers import CONTEXT, PATIENCE, free_port

# What a machine without a graphics processor needs besides.
SMALL = (
    *("--max-num-seqs", "4", "--dtype", "bfloat16", "--enforce-eager", "--skip-mm-profiling"),
    *("--max-model-len", str(CONTEXT), "--num-gpu-blocks-override", str(2 * CONTEXT // 128)),
)
ENVIRONMENT = {
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",
    "VLLM_CACHE_ROOT": str(VENV / "cache"),
    "OMP_NUM_THREADS": "1",
    "HF_HUB_OFFLINE": "1",
}


def wanted() -> Launch:
    """Return the command for the smallest GLM, with the model that always says the same in its place."""
    flash = launch.RECIPES[5]
    made = launch.launch(VLLM, flash, (Gpu("none", 2**40),), free_port())
    model = str(script_model("glm4v"))
    words = tuple(model if word == flash.weights else word for word in made.words)
    return Launch(
        (*words, *SMALL),
        tuple({**dict(made.environment), **ENVIRONMENT}.items()),
        model,
        flash.model,
        made.port,
    )


async def test_it_answers_as_started_and_ends_with_all_its_processes(
    tmp_path: Path, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{VENV / 'bin'}:{os.environ['PATH']}")
    made, program = wanted(), Program(tmp_path / "server")
    server = LocalServer(program, workers)
    await server.start(made)
    said, ready = [], False
    news = server.watch(made)
    try:
        async with asyncio.timeout(PATIENCE):
            async for each in news:
                said += [each.line] if isinstance(each, LogLine) else []
                if isinstance(each, Ready):
                    ready = True
                    break
        backend = OpenAICompatible(
            Profile("it", "it", "vllm", made.url, made.model), key="", blobs=BlobStore(tmp_path / "blobs")
        )
        found = await backend.check()
        await backend.aclose()
        running = await server.found()
    finally:
        await server.stop()
    assert ready, said[-20:]
    assert found.health is Health.WORKS
    assert [each async for each in news if isinstance(each, Ready)] == []
    assert running is not None
    assert not born(running.pid)
    with pytest.raises(ProcessLookupError):
        os.killpg(running.pid, 0)
