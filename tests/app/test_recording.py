"""`glimpse record` as a user runs it."""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.films import frames
from tests.shell import GLIMPSE, run


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "320x240x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert server.stdout is not None
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("XDG_SESSION_TYPE", raising=False)
    monkeypatch.setenv("DISPLAY", ":" + server.stdout.readline().strip())
    yield
    server.kill()
    server.communicate()


def test_so_many_seconds_are_recorded_at_the_rate_that_was_asked_for(display: None, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    done = run("record", "--fps", "10", "--seconds", "1.5", "--region", "10,10,101,80", "-o", str(film))
    assert done.returncode == 0, done.stderr
    assert "1.5 s" in done.stderr
    assert "maximum length" not in done.stderr
    seen = frames(film)
    assert len(seen) == 15
    assert seen[0][1].shape == (80, 100, 3)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_it_and_the_film_is_whole(display: None, tmp_path: Path, number: signal.Signals) -> None:
    film = tmp_path / "film.mp4"
    command = [GLIMPSE, "record", "-o", str(film)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "320 × 240" in process.stderr.readline()
        process.send_signal(number)
        assert process.wait(60) == 0
    assert frames(film)


@pytest.mark.parametrize(
    "wrong",
    [
        ["--fps", "1"],
        ["--fps", "31"],
        ["--seconds", "0"],
        ["--seconds", "nan"],
        ["--region", "1,2"],
        ["--no"],
    ],
)
def test_wrong_usage_is_said(tmp_path: Path, wrong: list[str]) -> None:
    assert run("record", "-o", str(tmp_path / "film.mp4"), *wrong).returncode == 2
    assert run("record").returncode == 2


def test_what_cannot_be_recorded_is_one_sentence_and_no_file(display: None, tmp_path: Path) -> None:
    done = run("record", "--screen", "4", "-o", str(tmp_path / "film.mp4"))
    assert done.returncode == 1
    assert done.stderr == "glimpse: There is no monitor 4: only one is connected.\n"
    assert not (tmp_path / "film.mp4").exists()
