"""Real model servers for tests: llama.cpp, which is up in a second, and vLLM, which takes most of a minute.

Each serves two tiny GLM-4.1V: one that says the same whatever it is asked (`llama`, `vllm`), and one
with eyes, which names the colours of pictures in their order and how a clip starts and ends (`llama_eye`,
`vllm_eye`).  vLLM needs `build/setup-servers`.
"""

import contextlib
import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

TESTS = Path(__file__).parent
MODELS = TESTS / "fixtures" / "models"
VENV = TESTS.parent / ".venv-servers"
SERVERS = TESTS / "servers"
TEXTS = json.loads((SERVERS / "texts.json").read_text())
MODEL = "glm-4.5v"  # what vLLM is told to call it; llama.cpp does not mind
KEY = "key-of-the-test-server"
CONTEXT = 4096
PATIENCE = 600  # seconds for a server to start: a busy machine with a cold disk is slow, not broken
FAREWELL = 30  # seconds it has to end

# Under which name a server counts the requests that it is answering.
FIGURES = {"vllm": "vllm:num_requests_running", "llamacpp": "llamacpp:requests_processing"}

# One thread for each: idle ones of OpenMP spin, and a small machine has none to spare.
_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "VLLM_CPU_KVCACHE_SPACE": "1",  # GiB
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
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


@pytest.fixture(scope="session")
def vllm(_vllms: tuple[ModelServer, ModelServer]) -> ModelServer:
    """A real vLLM whose model always says the same, or counts "without end"; it wants a key."""
    return _vllms[0]


@pytest.fixture(scope="session")
def vllm_eye(_vllms: tuple[ModelServer, ModelServer]) -> ModelServer:
    """A real vLLM whose model names the colours of pictures and of both ends of a clip."""
    return _vllms[1]


@pytest.fixture(scope="session")
def _vllms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ModelServer, ModelServer]]:
    """Both at once: they share the better part of their start."""
    model = script_model()
    log = tmp_path_factory.mktemp("vllm") / "log"
    ports = free_port(), free_port()
    script, eye = (f"http://127.0.0.1:{port}/v1" for port in ports)
    servers = (
        ModelServer("vllm", script, log, KEY, TEXTS["thought"], TEXTS["answer"]),
        ModelServer("vllm", eye, log),
    )
    with vllm_process(
        log,
        vllm_command(model, ports[0], "--api-key", KEY),
        vllm_command(MODELS / "eye-glm41v", ports[1]),
    ) as process:
        for server in servers:
            wait_until_ready(server, process)
        yield servers


def vllm_command(model: Path, port: int, *more: str) -> list[str]:
    """Return the words after `vllm` that serve a model with GLM's parser and room for four pictures."""
    return [
        *("serve", str(model), "--host", "127.0.0.1", "--port", str(port), "--served-model-name", MODEL),
        *("--max-model-len", str(CONTEXT), "--max-num-seqs", "4", "--dtype", "bfloat16", "--enforce-eager"),
        *("--reasoning-parser", "glm45", "--limit-mm-per-prompt", '{"image":4,"video":1}'),
        # The template takes lists of parts; else vLLM puts every picture before the text.
        *("--chat-template-content-format", "openai"),
        # It would otherwise try the largest picture there may be before it starts.
        "--skip-mm-profiling",
        # Seconds to give its shared memory back in.
        *("--shutdown-timeout", "10"),
        *more,
    ]


@contextlib.contextmanager
def vllm_process(log: Path, *commands: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Start `vllm` with each of these commands, logging to `log`; end all of it with the block."""
    python = VENV / "bin" / "python"
    if not python.exists():
        pytest.fail("vLLM is not installed here: run build/setup-servers, or make test-servers")
    words = [word for command in commands for word in ("--", *command)][1:]
    with log.open("wb") as file, tempfile.TemporaryDirectory(prefix="vllm-") as scratch:
        process = subprocess.Popen(
            ["nice", str(python), str(SERVERS / "vllm_forked.py"), *words],
            env=os.environ | _ENVIRONMENT | {"VLLM_CACHE_ROOT": str(VENV / "cache"), "TMPDIR": scratch},
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it has started: asked first, so that shared memory is given back."""
    deadline = time.monotonic() + FAREWELL
    process.terminate()
    with contextlib.suppress(ProcessLookupError):  # nobody is left
        while time.monotonic() < deadline:
            process.poll()
            os.killpg(process.pid, 0)
            time.sleep(0.1)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until_ready(server: ModelServer, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server says it is healthy; fails the test with the end of its log when it ends."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(httpx2.TransportError):
            if httpx2.get(server.url.removesuffix("/v1") + "/health").is_success:
                return
        time.sleep(0.2)
    tail = server.log.read_text(errors="replace")[-4000:]
    pytest.fail(f"the server did not start; its log ends with\n{tail}")


def _wait_for_port(port: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    pytest.fail(f"nobody listens at port {port}")


def script_model() -> Path:
    """Return the folder of the model that says the script, built when its builder has changed."""
    sources = [SERVERS / name for name in ("tiny_glm.py", "glm.jinja", "texts.json")]
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    folder = VENV / "models" / digest[:16]
    if not folder.exists():
        unfinished = folder.with_suffix(".new")
        built = subprocess.run(
            ["nice", str(VENV / "bin" / "python"), str(sources[0]), str(unfinished)],
            env=os.environ | _ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
        )
        if built.returncode:
            pytest.fail(f"the scripted model could not be built\n{built.stderr[-4000:]}")
        unfinished.rename(folder)
    return folder


def free_port() -> int:
    """Return a port of the loopback that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextlib.contextmanager
def _llama(model: str, log: Path) -> Iterator[str]:
    weights = [str(MODELS / f"{name}.gguf") for name in (model, f"mmproj-{model}")]
    with _llama_process(log, *weights, str(CONTEXT)) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address, f"llama.cpp did not start; its log ends with\n{log.read_text()[-4000:]}"
        yield f"{address}/v1"


@contextlib.contextmanager
def _llama_process(log: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    with log.open("wb") as file:
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
