"""A key is sent to its server and stands nowhere else: a canary sings in it, and every corner is listened to."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.canary import KEY, TRICKS, Telltale, holding, tells, watched
from tests.little_server import serving
from tests.shell import GLIMPSE, run

DOCUMENTS = Path(__file__).parents[1] / "fixtures/documents"


@pytest.fixture
def world(tmp_path: Path) -> dict[str, str]:
    """An environment with the key in it, whose every folder is below ours."""
    home, programs = tmp_path / "home", tmp_path / "programs"
    (home / "tmp").mkdir(parents=True)
    programs.mkdir()
    # Whoever asks for the name of the system does so in a child that is gone before one has looked.
    (programs / "uname").write_text(
        f'#!/bin/sh\nenv >> "{home}/seen"\nexec /usr/bin/env -i /bin/uname "$@"\n'
    )
    (programs / "uname").chmod(0o755)
    names = ("HOME", "GLIMPSE_HOME", "XDG_RUNTIME_DIR")
    more = {"PATH": f"{programs}:/usr/bin:/bin", "TMPDIR": str(home / "tmp"), "GLIMPSE_API_KEY": KEY}
    return dict.fromkeys(names, str(home)) | more


def ask(server: Telltale, *more: str) -> list[str]:
    return ["ask", "What is this?", *more, "--base-url", server.url, "--model", "m"]


def test_whatever_a_server_does_with_a_key_it_is_in_no_file_no_output_and_no_child(
    tmp_path: Path, world: dict[str, str]
) -> None:
    files = [
        shutil.copy(DOCUMENTS / "plain.png", tmp_path / f"{number}.png") for number in range(len(TRICKS))
    ]
    files.append(shutil.copy(DOCUMENTS / "report.pdf", tmp_path))
    kept = tmp_path / "home" / "results.jsonl"
    with serving(Telltale()) as stranger, serving(Telltale((*TRICKS,), stranger.url)) as server:
        command = ask(server, "--each", *map(str, files), "--jobs", "1", "-o", str(kept))
        with (
            subprocess.Popen(
                [GLIMPSE, *command],
                env={"LANG": "C.UTF-8"} | world,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            ) as process,
            watched(process.pid) as children,
        ):
            out, err = process.communicate(timeout=240)
    # Else nothing was shown: each was asked with the key, each trick was played, a worker opened each file.
    assert server.keys == [f"Bearer {KEY}"] * len(files)
    results = [json.loads(line) for line in kept.read_text().splitlines()]
    assert [bool(result["error"]) for result in results] == [True] * len(TRICKS) + [False]
    assert sum(b"--worker" in told for told in children.values()) >= len(files)
    assert stranger.keys == []
    assert not tells(out + err)
    assert holding(tmp_path) == []
    assert [told for told in children.values() if tells(told)] == []


@pytest.mark.parametrize("more", [(), ("--json",)])
@pytest.mark.parametrize("trick", ["says it in words", "ends with it"])
def test_what_is_printed_of_a_fault_is_without_the_key(
    world: dict[str, str], tmp_path: Path, trick: str, more: tuple[str, ...]
) -> None:
    with serving(Telltale()) as stranger, serving(Telltale((trick,), stranger.url)) as server:
        done = run(*ask(server, *more), **world)
    assert server.keys == [f"Bearer {KEY}"]
    assert done.returncode == 1
    assert not tells(done.stdout + done.stderr)
    assert holding(tmp_path) == []


def test_the_doctor_does_not_tell_it(world: dict[str, str], tmp_path: Path) -> None:
    done = run("doctor", **world)
    assert "Python" in done.stdout
    assert not tells(done.stdout + done.stderr)
    assert holding(tmp_path) == []
