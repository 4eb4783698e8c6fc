import shlex
import sys
from pathlib import Path

import pytest

from app.launcher import capture_command


def test_the_command_is_the_whole_path_of_the_program_beside_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "my env" / "glimpse"
    program.parent.mkdir()
    program.touch(0o755)
    monkeypatch.setattr(sys, "executable", str(program.with_name("python")))
    assert shlex.split(capture_command()) == [str(program), "--capture"]


def test_without_a_program_it_is_the_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shlex.split(capture_command()) == [str(tmp_path / "python"), "-m", "app", "--capture"]


def test_a_packaged_one_is_its_own_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert shlex.split(capture_command()) == [sys.executable, "--capture"]
