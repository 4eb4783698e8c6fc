import errno
import os
import struct
from datetime import UTC, datetime
from pathlib import Path

import pytest

from capture.recording.part import Part, cut_to_whole, finished_name, is_full, new_name, unfinished

NOW = datetime(2026, 11, 24, 9, 5, 7, tzinfo=UTC)


def box(kind: bytes, size: int) -> bytes:
    return struct.pack(">I4s", size + 8, kind) + bytes(size)


HEAD = box(b"ftyp", 20) + box(b"moov", 500)
FRAGMENT = box(b"moof", 100) + box(b"mdat", 3000)


def test_it_is_private_and_grows_by_whole_fragments(tmp_path: Path) -> None:
    part = Part(tmp_path / "deep" / "a.mp4.part")
    part.append(HEAD)
    part.append(bytearray(FRAGMENT))
    part.sync()
    part.close()
    assert part.path.read_bytes() == HEAD + FRAGMENT
    assert part.size == len(HEAD + FRAGMENT)
    assert part.path.stat().st_mode & 0o777 == 0o600
    assert part.path.parent.stat().st_mode & 0o777 == 0o700


def test_of_a_fragment_that_does_not_fit_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = Part(tmp_path / "a.mp4.part")
    part.append(HEAD)
    write = os.write
    room = [1000]

    def full(descriptor: int, data: bytes) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, "no room")
        done = write(descriptor, data[: room[0]])
        room[0] -= done
        return done

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="no room") as caught:
        part.append(bytearray(FRAGMENT))
    monkeypatch.undo()
    assert is_full(caught.value)
    assert part.path.read_bytes() == HEAD
    part.append(FRAGMENT)
    assert part.path.read_bytes() == HEAD + FRAGMENT
    part.close()


def test_one_that_exists_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "a.mp4.part").write_bytes(b"older")
    with pytest.raises(FileExistsError):
        Part(tmp_path / "a.mp4.part")


@pytest.mark.parametrize("rest", [b"", b"\0\0", FRAGMENT[:50], FRAGMENT[:108], FRAGMENT[:2000], b"\0" * 60])
def test_what_a_sudden_end_left_of_a_fragment_is_cut_off(tmp_path: Path, rest: bytes) -> None:
    part = tmp_path / "a.mp4.part"
    part.write_bytes(HEAD + FRAGMENT + FRAGMENT + rest)
    assert cut_to_whole(part) == len(HEAD + FRAGMENT + FRAGMENT)
    assert part.read_bytes() == HEAD + FRAGMENT + FRAGMENT


@pytest.mark.parametrize(
    "data", [b"", HEAD, b"no film at all, but a text", struct.pack(">I4sQ", 1, b"mdat", 3)]
)
def test_of_what_is_no_film_nothing_can_be_played(tmp_path: Path, data: bytes) -> None:
    part = tmp_path / "a.mp4.part"
    part.write_bytes(data)
    assert cut_to_whole(part) == 0


def test_those_that_nobody_writes_are_unfinished_the_oldest_first(tmp_path: Path) -> None:
    assert unfinished(tmp_path / "none") == ()
    held = Part(tmp_path / "held.mp4.part")
    for age, name in enumerate(("young.mp4.part", "old.mp4.part", "film.mp4")):
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    (tmp_path / "folder.mp4.part").mkdir()
    (tmp_path / "link.mp4.part").symlink_to("/etc/passwd")
    assert [part.name for part in unfinished(tmp_path)] == ["old.mp4.part", "young.mp4.part"]
    held.close()
    assert held.path in unfinished(tmp_path)


def test_names_tell_when_and_never_meet(tmp_path: Path) -> None:
    first = new_name(tmp_path, NOW)
    assert first.name == "Recording 2026-11-24 09.05.07.mp4.part"
    assert finished_name(first).name == "Recording 2026-11-24 09.05.07.mp4"
    finished_name(first).touch()
    second = new_name(tmp_path, NOW)
    second.touch()
    assert second.name == "Recording 2026-11-24 09.05.07 (2).mp4.part"
    assert new_name(tmp_path, NOW).name.endswith("(3).mp4.part")
