import os
from pathlib import Path

import pytest

from app import machine


def test_there_is_memory_and_some_of_it_is_free() -> None:
    assert 2**28 < machine.free_memory() <= machine.memory() < 2**46


def test_two_threads_of_one_core_count_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for number, core in enumerate(("0", "1", "0", "1")):
        folder = tmp_path / f"cpu{number}" / "topology"
        folder.mkdir(parents=True)
        (folder / "physical_package_id").write_text("0\n")
        (folder / "core_id").write_text(core)
    monkeypatch.setattr(machine, "_PROCESSORS", tmp_path)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3})
    assert machine.cores() == 2
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 2})
    assert machine.cores() == 1, "those we may run on"
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {7, 8})
    assert machine.cores() == 2, "where the system does not say, each counts"


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 1), (8, 7)])
def test_one_core_is_left_to_the_rest_of_the_machine(
    monkeypatch: pytest.MonkeyPatch, cores: int, threads: int
) -> None:
    monkeypatch.setattr(machine, "cores", lambda: cores)
    assert machine.threads() == threads


def test_sizes_are_shown_in_gigabytes() -> None:
    assert (machine.gb(7_146_633_568), machine.gb(-1)) == ("7.1", "0.0")
