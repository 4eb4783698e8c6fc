"""Which way of seeing a Wayland desktop is taken after which, and what is said when none is left."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from app.errors import CaptureError, NotAllowed
from app.i18n import say
from app.workers import Workers
from capture.screen import make_screen

Portal = Callable[..., "subprocess.Popen[bytes]"]
GRIM = """#!/bin/sh
echo "$@" >> "$0.calls"
%s
"""


@pytest.fixture
def grim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Install a grim that runs this line of shell; `<program>.calls` says how it was called."""

    def install(line: str) -> Path:
        program = tmp_path / "bin" / "grim"
        program.parent.mkdir()
        program.write_text(GRIM % line)
        program.chmod(0o755)
        monkeypatch.setattr("capture.grim.find", lambda: str(program))
        return program

    monkeypatch.setattr("capture.grim.find", lambda: None)
    return install


def picture(folder: Path, kind: str = "PPM") -> Path:
    file = folder / f"shot.{kind.lower()}"
    Image.new("RGB", (40, 30), (10, 20, 30)).save(file, kind)
    return file


async def fault(workers: Workers, *, pointer: bool = False) -> CaptureError:
    with pytest.raises(CaptureError) as caught:
        await make_screen(workers).grab(pointer=pointer)
    return caught.value


def calls(program: Path) -> list[str]:
    told = Path(f"{program}.calls")
    return told.read_text().splitlines() if told.exists() else []


async def test_without_a_portal_grim_takes_the_picture(
    bus: str, workers: Workers, grim: Callable[[str], Path], tmp_path: Path
) -> None:
    program = grim(f"cat '{picture(tmp_path)}'")
    (shot,) = await make_screen(workers).grab()
    assert (shot.width, shot.height, bytes(shot.pixels[:3])) == (40, 30, bytes((30, 20, 10)))
    assert calls(program) == ["-t ppm -"]


async def test_a_silent_portal_leaves_it_to_grim(
    portal: Portal,
    workers: Workers,
    grim: Callable[[str], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("capture.portal_screen.PATIENCE", 0.3)
    portal("silent")
    grim(f"cat '{picture(tmp_path)}'")
    assert len(await make_screen(workers).grab()) == 1


async def test_the_portal_comes_first(
    portal: Portal, workers: Workers, grim: Callable[[str], Path], tmp_path: Path
) -> None:
    portal(f"picture={picture(tmp_path, 'PNG').as_uri()}")
    program = grim("exit 1")
    assert len(await make_screen(workers).grab()) == 1
    assert calls(program) == []


async def test_a_refusal_leads_to_the_desktops_own_dialog_and_not_to_grim(
    portal: Portal, workers: Workers, grim: Callable[[str], Path], tmp_path: Path
) -> None:
    portal("only_by_dialog", f"picture={picture(tmp_path, 'PNG').as_uri()}")
    program = grim(f"cat '{picture(tmp_path)}'")
    assert len(await make_screen(workers).grab()) == 1
    assert calls(program) == []


async def test_what_the_user_cancels_is_over(
    portal: Portal, workers: Workers, grim: Callable[[str], Path]
) -> None:
    portal("cancel", "picture=/nonexistent")
    program = grim("exit 1")
    assert (await fault(workers)).sentence.key == "capture.portal_cancelled"
    assert calls(program) == []


@pytest.mark.parametrize(
    ("line", "second"),
    [
        ("echo compositor does not support it >&2; exit 1", "capture.grim_failed"),
        ("exec sleep 60", "capture.grim_silent"),
    ],
)
async def test_when_both_fail_both_are_named(
    bus: str,
    workers: Workers,
    grim: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
    line: str,
    second: str,
) -> None:
    monkeypatch.setattr("capture.grim.PATIENCE", 0.5)
    grim(line)
    error = await fault(workers)
    assert isinstance(error, NotAllowed)
    first, other = say("capture.portal_absent"), say(second, why="compositor does not support it")
    assert say(error.sentence) == f"{first} And: {other}"


async def test_what_grim_writes_that_is_no_picture_is_refused(
    bus: str, workers: Workers, grim: Callable[[str], Path]
) -> None:
    grim("echo nonsense")
    assert say("capture.portal_picture") in say((await fault(workers)).sentence)


async def test_grim_shows_the_pointer(
    bus: str, workers: Workers, grim: Callable[[str], Path], tmp_path: Path
) -> None:
    assert (await fault(workers, pointer=True)).sentence.key == "capture.no_pointer"
    program = grim(f"cat '{picture(tmp_path)}'")
    assert len(await make_screen(workers).grab(pointer=True)) == 1
    assert calls(program) == ["-t ppm -c -"]
