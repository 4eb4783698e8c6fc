"""What the tools of the drivers say, with tools that say what we want."""

import sys
from pathlib import Path

import pytest

from app import gpus
from app.gpus import Gpu

ROCM = """WARNING: AMD GPU device(s) is/are in a low-power state.
device,VRAM Total Memory (B),VRAM Total Used Memory (B),Card Series,Card Model
card0,68702699520,10817536,AMD Instinct MI250X,0x740c
card1,68702699520,10817536,AMD Instinct MI250X,0x740c
"""


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder in which alone programs are found."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def make(tools: Path, name: str, code: str) -> None:
    if sys.platform == "win32":
        pytest.skip("a script is no program there")
    (tools / name).write_text(f"#!{sys.executable} -S\nimport sys, time\n{code}\n")
    (tools / name).chmod(0o755)


def test_without_a_driver_there_are_none(tools: Path) -> None:
    assert gpus.find() == ()


def test_those_of_nvidia_are_found_with_name_memory_and_capability(tools: Path) -> None:
    make(
        tools,
        "nvidia-smi",
        "print('NVIDIA H100 80GB HBM3, 81559, 9.0\\nNVIDIA GeForce RTX 4090, 24564, 8.9')",
    )
    assert gpus.find() == (
        Gpu("NVIDIA H100 80GB HBM3", 81559 * 2**20, 9.0),
        Gpu("NVIDIA GeForce RTX 4090", 24564 * 2**20, 8.9),
    )


def test_those_of_amd_are_found(tools: Path) -> None:
    make(tools, "rocm-smi", f"print({ROCM!r})")
    assert gpus.find() == (Gpu("AMD Instinct MI250X", 68702699520),) * 2


def test_a_tool_that_fails_finds_none(tools: Path) -> None:
    make(tools, "nvidia-smi", "print('NVIDIA X, 81559, 9.0'); sys.exit(9)")
    assert gpus.find() == ()


def test_a_tool_that_hangs_is_not_waited_for(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpus, "_PATIENCE", 0.2)
    make(tools, "nvidia-smi", "time.sleep(60)")
    assert gpus.find() == ()


@pytest.mark.parametrize(
    "line",
    [
        "NVIDIA GB10, [N/A], 12.1",
        "NVIDIA, 0, 9.0",
        "NVIDIA, -5, 9.0",
        f"NVIDIA, {'9' * 30}, 9.0",
        "NVIDIA",
        "No devices were found",
        '"',
        "",
    ],
)
def test_what_makes_no_sense_is_no_gpu(line: str) -> None:
    assert gpus.nvidia(line) == ()
    assert gpus.amd(f"device,VRAM Total Memory (B),Card Series\n{line}\n") == ()


def test_a_name_is_made_fit_to_be_shown() -> None:
    (found,) = gpus.nvidia("A\u202eB\x1b" + "C" * 500 + ", 1000, 9.0")
    assert found.name == "AB " + "C" * 97


def test_there_are_not_more_than_fit_in_a_machine() -> None:
    assert len(gpus.nvidia("X, 1000, 9.0\n" * 1000)) == 64
