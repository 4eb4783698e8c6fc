"""A real model server that every test can have: llama.cpp, which is up in a second.

It serves two tiny GLM-4.1V: one that says the same whatever it is asked (`llama`), and one with eyes, which
names the colours of pictures in their order (`llama_eye`).  Larger servers are in `tests.big_servers`.
"""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

TESTS = Path(__file__).parent
MODELS = TESTS / "fixtures" / "models"
SERVERS = TESTS / "servers"
TEXTS = json.loads((SERVERS / "texts.json").read_text())
MODEL = "glm-4.5v"  # what vLLM is told to call it; llama.cpp does not mind
CONTEXT = 4096
PATIENCE = 600  # seconds for a server to start: a busy machine with a cold disk is slow, not broken

# Under which name a server counts the requests that it is answering.
FIGURES = {
    "vllm": "vllm:num_requests_running",
    "sglang": "sglang:num_running_reqs",
    "llamacpp": "llamacpp:requests_processing",
}


@dataclass(frozen=True, slots=True)
class ModelServer:
    """A real server: its dialect, its address up to ``/v1``, where it logs, and the key it wants.

    `thought` and `answer` are what a scripted model always says.
    """

    preset: str
    url: str
    log: Path
    key: str = ""
    thought: str = ""
    answer: str = ""
    model: str = MODEL

    def running(self) -> int:
        """Return how many requests the server says it is answering."""
        metrics = httpx2.get(self.url.removesuffix("/v1") + "/metrics").raise_for_status().text
        found = re.search(rf"^{FIGURES[self.preset]}(?:{{.*}})? ([0-9.]+)$", metrics, re.MULTILINE)
        assert found is not None, "the server does not say how many requests it is answering"
        return int(float(found[1]))


@pytest.fixture(scope="session")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelServer]:
    """A real llama.cpp server whose model always says the same."""
    thought = " The user sent me something so first I look at it carefully, then work out one short reply"
    answer = " This tiny model knows no facts; its weights were built by hand only for testing protocols"
    log = tmp_path_factory.mktemp("llama") / "log"
    with _llama("micro-glm41v", log) as url:
        yield ModelServer("llamacpp", url, log, thought=thought, answer=answer)


@pytest.fixture(scope="session")
def llama_eye(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelServer]:
    """A real llama.cpp server whose model names the colours of pictures."""
    log = tmp_path_factory.mktemp("llama-eye") / "log"
    with _llama("eye-glm41v", log) as url:
        yield ModelServer("llamacpp", url, log)


@pytest.fixture
def llama_loading(tmp_path: Path) -> Iterator[ModelServer]:
    """A real llama.cpp server that is loading its model, and will be for ever: the file is a pipe."""
    model, port = tmp_path / "model.gguf", free_port()
    os.mkfifo(model)
    server = ModelServer("llamacpp", f"http://127.0.0.1:{port}/v1", tmp_path / "log")
    with _llama_process(server.log, str(model), "", str(CONTEXT), str(port)) as process:
        _wait_for_port(port, process)
        yield server


def _wait_for_port(port: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    pytest.fail(f"nobody listens at port {port}")


def free_port() -> int:
    """Return a port of the loopback that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextlib.contextmanager
def _llama(model: str, log: Path) -> Iterator[str]:
    with llama_process(log, model, free_port()) as process:
        yield llama_url(process, log)


@contextlib.contextmanager
def llama_process(log: Path, model: str, port: int, habit: str = "") -> Iterator[subprocess.Popen[str]]:
    """Start a llama.cpp server with one of our models; `habit` as in `tests/backends/llama_server.py`."""
    weights = [str(MODELS / f"{name}.gguf") for name in (model, f"mmproj-{model}")]
    with _llama_process(log, *weights, str(CONTEXT), str(port), habit) as process:
        yield process


def llama_url(process: subprocess.Popen[str], log: Path) -> str:
    """Wait until a llama.cpp server listens, and return where."""
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    assert address, f"llama.cpp did not start; its log ends with\n{log.read_text()[-4000:]}"
    return f"{address}/v1"


@contextlib.contextmanager
def _llama_process(log: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    with log.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, str(TESTS / "backends" / "llama_server.py"), *words],
            stdout=subprocess.PIPE,
            stderr=file,
            text=True,
        )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
