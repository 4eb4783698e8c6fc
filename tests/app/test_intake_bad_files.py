"""Bad files of every kind, each of which is one sentence and leaves nothing behind."""

import asyncio
import os
import random
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app import formats
from app.blobs import BlobStore
from app.errors import Full
from app.i18n import catalogue, say
from app.intake import Intake
from app.model.attachments import Blob, Progress
from app.worker_kinds import KINDS
from tests.readings import DOCUMENTS, fault, read


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Return the file with some bits flipped, a piece cut out, or its end lost."""
    broken = bytearray(data)
    for _ in range(dice.choice([1, 10, 200])):
        broken[dice.randrange(len(broken))] ^= 1 << dice.randrange(8)
    if dice.random() < 0.3:
        start = dice.randrange(len(broken))
        del broken[start : start + dice.randrange(1, 500)]
    return bytes(broken[: dice.randrange(1, len(broken) + 1)]) if dice.random() < 0.2 else bytes(broken)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("empty.pdf", "document.empty"),
        ("words.pdf", "document.damaged"),
        ("words.docx", "document.unknown"),
        ("cut.pdf", "document.damaged"),
        ("locked.pdf", "document.locked"),
        ("locked.pptx", "document.locked"),
        ("cut.png", "document.damaged"),
        ("bomb.png", "document.pixels"),
        ("lie.png", "document.pixels"),
        ("bomb.pptx", "document.bomb"),
        ("script.mp4", "document.damaged"),
        ("playlist.mp4", "document.damaged"),
        ("sound.mp4", "document.no_frames"),
        ("cut.mp4", "document.no_frames"),
        ("huge.mp4", "document.pixels"),
        ("missing.png", "document.missing"),
        (".", "document.folder"),
    ],
)
async def test_a_bad_file_is_one_sentence(intake: Intake, name: str, key: str) -> None:
    assert await fault(intake, DOCUMENTS / name) == key


async def test_a_page_that_never_ends_is_left_out_and_named(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KINDS, "pdf", replace(KINDS["pdf"], patience=6))
    last = await read(intake, DOCUMENTS / "nested.pdf")
    assert [picture.number for picture in last.pictures] == [1, 3]
    assert last.notice is not None
    assert say(last.notice) == "Page 2 could not be drawn and was left out."


async def test_a_pipe_is_not_waited_for(intake: Intake, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    assert await asyncio.wait_for(fault(intake, tmp_path / "pipe.png"), 10) == "document.special"


async def test_a_device_is_not_read(intake: Intake) -> None:
    assert await fault(intake, Path("/dev/zero")) == "document.special"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
async def test_a_file_one_may_not_read_says_so(intake: Intake, tmp_path: Path) -> None:
    shutil.copy(DOCUMENTS / "plain.png", tmp_path / "a.png")
    (tmp_path / "a.png").chmod(0)
    assert await fault(intake, tmp_path / "a.png") == "document.denied"


async def test_what_the_disk_says_is_passed_on(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    def fail(*_: Any, **__: Any) -> None:
        raise OSError(5, "Input/output error")

    path = tmp_path / "a.png"
    path.touch()
    monkeypatch.setattr(Path, "open", refuse)
    assert await fault(intake, path) == "document.denied"
    monkeypatch.setattr(Path, "open", fail)
    last = await read(intake, path)
    assert last.fault is not None
    assert say(last.fault) == "This file could not be read from the disk: Input/output error"


async def test_names_the_system_does_not_allow_are_one_sentence(intake: Intake) -> None:
    assert await fault(intake, Path("a" * 5000)) == "document.unreadable"
    assert await fault(intake, Path("nul\0byte")) == "document.unreadable"


async def test_a_link_that_leads_nowhere_or_in_a_circle(intake: Intake, tmp_path: Path) -> None:
    (tmp_path / "a.png").symlink_to("b.png")
    (tmp_path / "b.png").symlink_to("a.png")
    (tmp_path / "c.png").symlink_to("nothing")
    assert await fault(intake, tmp_path / "a.png") == "document.unreadable"
    assert await fault(intake, tmp_path / "c.png") == "document.missing"


async def test_a_link_to_a_picture_is_the_picture(intake: Intake, tmp_path: Path) -> None:
    (tmp_path / "a.png").symlink_to(DOCUMENTS / "plain.png")
    assert (await read(intake, tmp_path / "a.png")).progress is Progress.READY


@pytest.mark.parametrize(
    ("start", "name", "most"), [(b"\x89PNG\r\n\x1a\n", "a.png", 100), (b"%PDF-1.7", "a.pdf", 500)]
)
async def test_a_file_that_weighs_too_much_is_not_opened(
    intake: Intake, tmp_path: Path, start: bytes, name: str, most: int
) -> None:
    path = tmp_path / name
    path.write_bytes(start)
    os.truncate(path, (most + 20) * formats.MEGABYTE)  # a file with a hole: it takes no room
    last = await read(intake, path)
    assert last.fault is not None
    assert last.fault.key == "document.heavy"
    assert dict(last.fault.args) == {"size": most + 20, "most": most}


async def test_a_full_disk_is_one_sentence(
    intake: Intake, blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> Blob:
        raise Full("store.disk_full")

    monkeypatch.setattr(blobs, "keep_file", full)
    assert await fault(intake, DOCUMENTS / "report.pdf") == "store.disk_full"
    monkeypatch.setattr(blobs, "keep", full)
    assert await fault(intake, DOCUMENTS / "plain.png") == "store.disk_full"
    shot = await intake.screenshot(b"\x89PNG", 10, 10, "shot")
    assert (shot.progress, shot.fault and shot.fault.key) == (Progress.FAILED, "store.disk_full")


async def test_nothing_of_a_bad_file_is_kept(intake: Intake, tmp_path: Path) -> None:
    for name in ("locked.pdf", "cut.png", "cut.mp4", "bomb.pptx"):
        await fault(intake, DOCUMENTS / name)
    assert not [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["plain.png", "turned.jpg", "moving.gif", "plain.webp", "report.pdf", "clip.mp4", "clip.webm"]
)
async def test_a_damaged_file_ends_ready_or_failed_and_never_in_a_crash(
    intake: Intake, tmp_path: Path, name: str
) -> None:
    data = (DOCUMENTS / name).read_bytes()
    for seed in range(8):
        path = tmp_path / name
        path.write_bytes(mutated(data, random.Random(f"{name} {seed}")))
        await read(intake, path)


@pytest.mark.parametrize("suffix", [".png", ".pdf", ".ppt", ".mp4", ".xyz", ""])
@pytest.mark.parametrize(
    "start", [b"", b"\x89PNG\r\n\x1a\n", b"%PDF-1.4\n", b"\0\0\0\x18ftypmp42", b"\x1aE\xdf\xa3", b"BM"]
)
async def test_random_bytes_end_failed(intake: Intake, tmp_path: Path, suffix: str, start: bytes) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(start + random.Random(f"{suffix}{start!r}").randbytes(3000))
    assert await fault(intake, path) in catalogue("en")
