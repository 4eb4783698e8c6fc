"""The doctor writes a line for each look, and fails only where the main job cannot run."""

import asyncio
import io
import os
import sys
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app import doctor, landlock
from app.errors import NoReader
from app.i18n import say
from app.model.checkups import Finding, Server
from app.model.sentences import sentence
from app.pipes import Frame
from app.settings import Settings
from app.worker_kinds import KINDS, Kind
from app.workers import Workers
from backends import nearby

FINE = Finding(True, sentence("doctor.qt"), needed=True)
MISSING = Finding(False, sentence("doctor.no_qt"), needed=True)
NOTE = Finding(False, sentence("doctor.no_fonts", command="x"))

Look = Callable[..., None]


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Look:
    """Return a function that replaces every look; what it is not told of is fine."""

    def replace(*, window: Finding = FINE, chinese: Finding = FINE, permissions: Any = (FINE,)) -> None:
        async def one(_: Workers) -> Finding:
            return FINE

        async def several(_: Workers) -> tuple[Finding, ...]:
            return (FINE, FINE)

        async def nobody(_: Workers) -> tuple[Finding, ...]:
            return ()

        monkeypatch.setattr(doctor, "_window", lambda: (window,))
        monkeypatch.setattr(doctor, "_permissions", lambda: permissions)
        monkeypatch.setattr(doctor, "_folder", lambda _: FINE)
        monkeypatch.setattr(doctor, "_reader", lambda: FINE)
        monkeypatch.setattr(doctor, "_office", lambda: FINE)
        monkeypatch.setattr(doctor, "_chinese", lambda: chinese)
        monkeypatch.setattr(doctor, "_keyring", one)
        monkeypatch.setattr(doctor, "_sandbox", several)
        monkeypatch.setattr(doctor, "_servers", nobody)

    return replace


def examined() -> tuple[int, list[str]]:
    out = io.StringIO()
    return asyncio.run(doctor.examine(Settings(), out)), out.getvalue().splitlines()


def test_every_look_is_a_line_and_the_last_one_sums_up(looks: Look) -> None:
    looks(chinese=NOTE)
    code, lines = examined()
    assert code == doctor.OK
    assert len(lines) == 11 + 2
    assert [line.split()[0] for line in lines[:-2]].count("note") == 1
    assert lines[-1] == "Glimpse can run here."


def test_what_is_needed_and_missing_fails(looks: Look) -> None:
    looks(window=MISSING)
    code, lines = examined()
    assert code == doctor.FAILED
    assert [line for line in lines if line.startswith("MISSING")]
    assert lines[-1].startswith("Glimpse cannot do its main job")


def test_what_the_desktop_says_counts_as_well(looks: Look) -> None:
    looks(permissions=(NOTE, MISSING))
    assert examined()[0] == doctor.FAILED
    looks(permissions=(NOTE,))
    assert examined()[0] == doctor.OK


# The looks themselves


def test_a_folder_that_is_still_to_be_made_will_do_and_is_not_made(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    assert doctor._folder(folder).sentence.key in {"doctor.folder", "doctor.disk_full"}
    assert not folder.parent.exists()


def test_a_folder_that_cannot_be_written_to_will_not_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != tmp_path)
    found = doctor._folder(tmp_path / "a" / "b")
    assert (found.works, found.needed, found.sentence.key) == (False, True, "doctor.folder_unusable")
    assert dict(found.sentence.args)["why"] == "Permission denied"


def test_a_file_in_place_of_the_folder_will_not_do(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    for folder in (tmp_path / "a", tmp_path / "a" / "b"):
        assert doctor._folder(folder).sentence.key == "doctor.folder_unusable"


def test_a_folder_that_cannot_be_seen_will_not_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", refuse)
    assert doctor._folder(tmp_path).sentence.key == "doctor.folder_unusable"


def test_a_full_disk_will_not_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=10 * 2**20))
    found = doctor._folder(tmp_path)
    assert (found.works, found.needed, found.sentence.key) == (False, True, "doctor.disk_full")


def test_slides_without_libreoffice_are_a_note_with_the_way_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> str:
        raise NoReader("document.no_office", command="brew install it")

    monkeypatch.setattr("capture.documents.office.find", missing)
    found = doctor._office()
    assert (found.works, found.needed) == (False, False)
    assert found.sentence == sentence("doctor.no_office", command="brew install it")
    monkeypatch.setattr("capture.documents.office.find", lambda: "/usr/bin/soffice")
    assert doctor._office().works


@pytest.mark.skipif(sys.platform != "linux" or not landlock.version(), reason="the restrictions are Linux's")
@pytest.mark.usefixtures("own_network")
async def test_a_real_worker_says_what_it_gives_up() -> None:
    workers = Workers()
    try:
        found = await doctor._sandbox(workers)
    finally:
        workers.close()
    assert [one.sentence.key for one in found] == [
        "worker.limits_held",
        "worker.files_held",
        "worker.network_held",
        "worker.privileges_held",
    ]
    assert all(one.works for one in found)


@pytest.mark.parametrize("words", ["raise SystemExit(1)", "print('nonsense')", "import time; time.sleep(60)"])
async def test_a_worker_that_does_not_start_is_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.setattr("app.worker_process.worker_command", lambda _: [sys.executable, "-I", "-c", words])
    monkeypatch.setitem(KINDS, "sandbox", Kind("app.sandbox", patience=3))
    workers = Workers()
    try:
        (found,) = await doctor._sandbox(workers)
    finally:
        workers.close()
    assert (found.works, found.needed, found.sentence.key) == (False, True, "worker.no_sandbox")


async def test_a_worker_that_says_nothing_is_what_is_missing() -> None:
    class Silent(Workers):
        async def job(self, name: str, task: dict[str, Any]) -> AsyncGenerator[Frame, None]:
            frames: tuple[Frame, ...] = ()
            for frame in frames:
                yield frame

    (found,) = await doctor._sandbox(Silent())
    assert found.sentence.key == "worker.no_sandbox"


async def test_servers_of_this_computer_are_named(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    async def find() -> tuple[Server, ...]:
        return (Server("http://127.0.0.1:8000/v1", "vllm", "vLLM", "0.32.0", ("m",), "m", 4096),)

    monkeypatch.setattr(nearby, "find", find)
    (found,) = await doctor._servers(workers)
    assert (found.works, found.needed) == (True, False)
    assert say(found.sentence) == "A server on this computer: vLLM 0.32.0, m, 4,096 tokens."
