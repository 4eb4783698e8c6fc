"""Real model servers that take most of a minute to start: vLLM, SGLang and transformers serve, on the processor.

Each serves three tiny models: one that always says the same (`vllm`, `sglang`, `transformers_serve`), one that does with
the architecture of GLM-4.5V (`…_moe`), and one with eyes (`…_eye`).  They need `build/setup-servers`.
"""

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2
import pytest

from tests.model_servers import (
    CONTEXT,
    MODEL,
    MODELS,
    PATIENCE,
    SERVERS,
    TESTS,
    TEXTS,
    ModelServer,
    free_port,
)

VENV = TESTS.parent / ".venv-servers"
KEY = "key-of-the-test-server"
FAREWELL = 30  # seconds a server has to end
FIFTY = '{"image":50,"video":1}'  # pictures and clips that one question may have

# One thread for each: idle ones of OpenMP spin, and a small machine has none to spare.
_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "VLLM_CPU_KVCACHE_SPACE": "1",  # GiB
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_CACHE_ROOT": str(VENV / "cache"),
    "SGLANG_USE_CPU_ENGINE": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
}

Trio = tuple[ModelServer, ModelServer, ModelServer]


@dataclass(frozen=True, slots=True)
class Program:
    """How a server is started: the words after Python, and the folder in which what only it needs is found."""

    name: str
    words: tuple[str, ...]
    apart: str = ""


VLLM = Program("vLLM", (str(SERVERS / "vllm_forked.py"),))
SGLANG = Program("SGLang", (str(SERVERS / "sglang_forked.py"),), "sglang")
TRANSFORMERS = Program("transformers serve", ("-m", "transformers.cli.transformers"), "transformers")


@pytest.fixture(scope="session")
def vllm(_vllms: Trio) -> ModelServer:
    """A real vLLM whose model always says the same, or counts "without end"; it wants a key."""
    return _vllms[0]


@pytest.fixture(scope="session")
def vllm_moe(_vllms: Trio) -> ModelServer:
    """The same with the architecture of GLM-4.5V."""
    return _vllms[1]


@pytest.fixture(scope="session")
def vllm_eye(_vllms: Trio) -> ModelServer:
    """A real vLLM whose model names the colours of pictures and of both ends of a clip."""
    return _vllms[2]


@pytest.fixture(scope="session")
def sglang(_sglangs: Trio) -> ModelServer:
    """A real SGLang whose model always says the same, or counts "without end"."""
    return _sglangs[0]


@pytest.fixture(scope="session")
def sglang_moe(_sglangs: Trio) -> ModelServer:
    """The same with the architecture of GLM-4.5V."""
    return _sglangs[1]


@pytest.fixture(scope="session")
def sglang_eye(_sglangs: Trio) -> ModelServer:
    """A real SGLang whose model names the colours of pictures and of both ends of a clip."""
    return _sglangs[2]


@pytest.fixture(scope="session")
def transformers(_transformers: Trio) -> ModelServer:
    """A real `transformers serve` whose model always says the same."""
    return _transformers[0]


@pytest.fixture(scope="session")
def transformers_moe(_transformers: Trio) -> ModelServer:
    """The same with the architecture of GLM-4.5V."""
    return _transformers[1]


@pytest.fixture(scope="session")
def transformers_eye(_transformers: Trio) -> ModelServer:
    """A real `transformers serve` whose model names the colours of pictures."""
    return _transformers[2]


@pytest.fixture(scope="session")
def _vllms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trio]:
    def command(model: Path, server: ModelServer) -> list[str]:
        return vllm_command(model, server.url, *(("--api-key", server.key) if server.key else ()))

    with _three(VLLM, "vllm", tmp_path_factory.mktemp("vllm") / "log", command) as trio:
        yield trio


@pytest.fixture(scope="session")
def _sglangs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trio]:
    def command(model: Path, server: ModelServer) -> list[str]:
        return sglang_command(model, server.url)

    with _three(SGLANG, "sglang", tmp_path_factory.mktemp("sglang") / "log", command) as trio:
        yield trio


@pytest.fixture(scope="session")
def _transformers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trio]:
    """One server: it loads whatever it is asked for by its path."""
    log = tmp_path_factory.mktemp("transformers") / "log"
    port = free_port()
    command = ["serve", "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    script, moe, eye = (
        replace(server, url=f"http://127.0.0.1:{port}/v1", key="", model=str(model))
        for model, server in zip(_models(), _trio("transformers", log), strict=True)
    )
    with running(TRANSFORMERS, log, command) as process:
        wait_until_ready(process, script)
        yield script, moe, eye


@contextlib.contextmanager
def _three(
    program: Program, preset: str, log: Path, command: Callable[[Path, ModelServer], list[str]]
) -> Iterator[Trio]:
    """Start a server for each model, all at once: they share the better part of their start."""
    trio = _trio(preset, log)
    commands = [command(model, server) for model, server in zip(_models(), trio, strict=True)]
    with running(program, log, *commands) as process:
        wait_until_ready(process, *trio)
        yield trio


def _trio(preset: str, log: Path) -> Trio:
    script, moe, eye = (
        ModelServer(preset, f"http://127.0.0.1:{free_port()}/v1", log, thought=thought, answer=answer)
        for thought, answer in (*[(TEXTS["thought"], TEXTS["answer"])] * 2, ("", ""))
    )
    return (replace(script, key=KEY) if preset == "vllm" else script), moe, eye


def _models() -> tuple[Path, Path, Path]:
    return script_model("glm4v"), script_model("glm4v_moe"), MODELS / "eye-glm41v"


def vllm_command(model: Path, url: str, *more: str) -> list[str]:
    """Return the words after `vllm` that serve a model with GLM's parser and room for fifty pictures."""
    return [
        *("serve", str(model), "--host", "127.0.0.1", "--port", _port(url), "--served-model-name", MODEL),
        *("--max-model-len", str(CONTEXT), "--max-num-seqs", "4", "--dtype", "bfloat16", "--enforce-eager"),
        *("--reasoning-parser", "glm45", "--limit-mm-per-prompt", FIFTY, "--enable-prompt-tokens-details"),
        # The template takes lists of parts; else vLLM puts every picture before the text.
        *("--chat-template-content-format", "openai"),
        # Two whole contexts of its cache rather than a gigabyte, which is the least it can be told.
        *("--num-gpu-blocks-override", str(2 * CONTEXT // 128)),
        # It would otherwise try the largest picture there may be before it starts.
        "--skip-mm-profiling",
        # Seconds to give its shared memory back in.
        *("--shutdown-timeout", "10"),
        *more,
    ]


def sglang_command(model: Path, url: str) -> list[str]:
    """Return the words after SGLang's launcher that serve a model with GLM's parser."""
    return [
        *("--model-path", str(model), "--host", "127.0.0.1", "--port", _port(url)),
        *("--served-model-name", MODEL, "--context-length", str(CONTEXT), "--reasoning-parser", "glm45"),
        *("--device", "cpu", "--attention-backend", "torch_native", "--dtype", "bfloat16"),
        *("--mem-fraction-static", "0.1", "--max-total-tokens", str(2 * CONTEXT)),
        *("--max-running-requests", "4", "--enable-metrics", "--enable-cache-report"),
        *("--disable-overlap-schedule", "--disable-cuda-graph", "--skip-server-warmup"),
    ]


def _port(url: str) -> str:
    return url.removesuffix("/v1").rpartition(":")[2]


@contextlib.contextmanager
def running(program: Program, log: Path, *commands: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program with each of these commands, logging to `log`; end all of it with the block."""
    python, apart = VENV / "bin" / "python", VENV / "apart" / program.apart if program.apart else VENV
    if not (python.exists() and apart.exists()):
        pytest.fail(f"{program.name} is not installed here: run build/setup-servers, or make test-servers")
    words = [word for command in commands for word in ("--", *command)][1:]
    with log.open("ab") as file, tempfile.TemporaryDirectory(prefix="server-") as scratch:
        process = subprocess.Popen(
            ["nice", str(python), *program.words, *words],
            env=os.environ
            | _ENVIRONMENT
            | {"TMPDIR": scratch, "PYTHONPATH": str(apart) if program.apart else ""},
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
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


def wait_until_ready(process: subprocess.Popen[bytes], *servers: ModelServer) -> None:
    """Wait until servers say that they are healthy; fails the test with the end of their log when they end."""
    deadline = time.monotonic() + PATIENCE
    waiting = list(servers)
    while waiting and process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(httpx2.TransportError):
            if httpx2.get(waiting[0].url.removesuffix("/v1") + "/health").is_success:
                del waiting[0]
                continue
        time.sleep(0.2)
    if waiting:
        tail = servers[0].log.read_text(errors="replace")[-4000:]
        pytest.fail(f"the server did not start; its log ends with\n{tail}")


def script_model(architecture: str) -> Path:
    """Return the folder of the model that says the script, built when its builder has changed."""
    sources = [SERVERS / name for name in ("tiny_glm.py", "glm.jinja", "texts.json")]
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    folder = VENV / "models" / f"{digest[:16]}-{architecture}"
    if not folder.exists():
        unfinished = folder.with_suffix(f".{os.getpid()}")
        built = subprocess.run(
            ["nice", str(VENV / "bin" / "python"), str(sources[0]), str(unfinished), architecture],
            env=os.environ | _ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
        )
        if built.returncode:
            pytest.fail(f"the scripted model could not be built\n{built.stderr[-4000:]}")
        try:
            unfinished.rename(folder)
        except OSError:  # another run was quicker
            if not folder.exists():
                raise
            shutil.rmtree(unfinished)
    return folder
