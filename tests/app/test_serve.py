"""`glimpse serve` as a user meets it, with a fake `vllm` and a fake driver."""

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests import shell

FAKE = Path(__file__).parents[1] / "backends" / "fake_vllm.py"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="those servers run on Linux only")


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the machine one H100 and a `vllm`, which is the fake one."""
    folder = tmp_path / "bin"
    folder.mkdir()
    programs = {
        "vllm": f'exec {sys.executable} -S {FAKE} "$@"',
        "nvidia-smi": "echo NVIDIA H100 80GB HBM3, 81559, 9.0",
    }
    for name, line in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{line}\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def get(url: str) -> object:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def test_the_command_is_shown_to_be_copied() -> None:
    done = shell.run("serve", "GLM-4.6V-Flash", "--show", "--port", "8123")
    assert done.returncode == 0
    assert "vllm serve zai-org/GLM-4.6V-Flash --host 127.0.0.1 --port 8123" in done.stdout
    assert done.stdout.count("\n") == 1


def test_what_does_not_fit_is_one_sentence() -> None:
    done = shell.run("serve", "glm-4.6v", "--show")
    assert done.returncode == 1
    assert "needs 4 graphics processors like NVIDIA H100 80GB HBM3" in done.stderr


@pytest.mark.parametrize(("way", "lines"), [((), 2), (("--ray",), 3)])
def test_for_several_machines_there_is_a_line_for_each(way: tuple[str, ...], lines: int) -> None:
    done = shell.run("serve", "GLM-4.6V-Flash", "--machines", "2", "--address", "gpu-1", *way)
    assert done.returncode == 0
    assert done.stdout.count("gpu-1") == 2
    assert done.stdout.count("\n") == lines


def test_it_runs_until_it_is_interrupted() -> None:
    serving = subprocess.Popen(
        [shell.GLIMPSE, "serve", "GLM-4.6V-Flash"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert serving.stdout is not None
    url = serving.stdout.readline().strip()
    assert "glm-4.6v-flash" in str(get(f"{url}/models"))
    serving.send_signal(signal.SIGINT)
    _, log = serving.communicate(timeout=shell.PATIENCE)
    assert serving.returncode == 130
    assert "Loading safetensors checkpoint shards: 75%" in log
    with pytest.raises(OSError, match="refused"):
        get(f"{url}/models")


def test_it_is_left_running_found_again_and_stopped() -> None:
    kept = shell.run("serve", "GLM-4.6V-Flash", "--keep")
    url = kept.stdout.strip()
    try:
        assert kept.returncode == 0
        assert get(f"{url}/models")
        second = shell.run("serve", "GLM-4.6V-Flash")
        assert second.returncode == 1
        assert f"running already: glm-4.6v-flash at {url}" in second.stderr
    finally:
        stopped = shell.run("serve", "--stop")
    assert stopped.returncode == 0
    with pytest.raises(OSError, match="refused"):
        get(f"{url}/models")


def test_a_port_that_is_asked_for_and_taken_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = shell.run("serve", "GLM-4.6V-Flash", "--port", port)
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr


def test_without_the_program_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    done = shell.run("serve", "GLM-4.6V-Flash", "--engine", "sglang")
    assert done.returncode == 1
    assert "pip install" in done.stderr


def test_a_model_without_instructions_is_told_with_those_there_are() -> None:
    done = shell.run("serve", "GLM-9000V")
    assert done.returncode == 1
    assert "GLM-4.5V, GLM-4.5V-FP8" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("GLM-4.5V", "--stop"),
        ("GLM-4.5V", "--machines", "2"),
        ("GLM-4.5V", "--address", "gpu-1"),
        ("GLM-4.5V", "--machines", "65", "--address", "gpu-1"),
        ("GLM-4.5V", "--ray"),
        ("GLM-4.5V", "--port", "0"),
        ("GLM-4.5V", "--port", "65536"),
        ("GLM-4.5V", "--engine", "mine"),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: tuple[str, ...]) -> None:
    assert shell.run("serve", *arguments).returncode == 2
