import asyncio
import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.errors import CaptureError, NoScreen, NotAllowed
from app.model.screens import Box, Monitor
from app.workers import Workers
from capture.portal_screen import read_picture
from capture.screen import make_screen

Portal = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture(autouse=True)
def _without_grim(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capture.grim.find", lambda: None)


def picture(
    folder: Path, colour: tuple[int, ...] = (10, 20, 30), mode: str = "RGB", name: str = "a shot ü.png"
) -> Path:
    file = folder / name
    Image.new(mode, (64, 48), colour).save(file, "PNG")
    return file


async def fault(workers: Workers) -> CaptureError:
    with pytest.raises(CaptureError) as caught:
        await make_screen(workers).grab()
    return caught.value


async def test_the_whole_desktop_is_one_shot_and_its_file_is_gone(
    portal: Portal, workers: Workers, tmp_path: Path
) -> None:
    file = picture(tmp_path)
    portal(f"picture={file.as_uri()}")
    (shot,) = await make_screen(workers).grab()
    assert (shot.width, shot.height) == (64, 48)
    assert np.frombuffer(shot.pixels, np.uint8).reshape(-1, 4)[:, :3].tolist() == [[30, 20, 10]] * (64 * 48)
    assert shot.monitor == Monitor(Box(0, 0, 64, 48), primary=True)
    assert not file.exists()


@pytest.mark.parametrize("words", [("elsewhere",), ("without=Registry",)])
async def test_older_portals_serve_as_well(
    portal: Portal, workers: Workers, tmp_path: Path, words: tuple[str, ...]
) -> None:
    portal(f"picture={picture(tmp_path).as_uri()}", *words)
    assert len(await make_screen(workers).grab()) == 1


async def test_two_grabs_at_once_do_not_mix(portal: Portal, workers: Workers, tmp_path: Path) -> None:
    portal(f"picture={tmp_path / 'gone.png'}")
    results = await asyncio.gather(*(make_screen(workers).grab() for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [NoScreen] * 3


@pytest.mark.parametrize(
    ("word", "key"),
    [("deny", "denied"), ("cancel", "cancelled"), ("without=Screenshot", "absent")],
)
async def test_every_refusal_has_its_own_sentence(
    portal: Portal, workers: Workers, word: str, key: str
) -> None:
    portal(word, "picture=/nonexistent")
    error = await fault(workers)
    assert isinstance(error, NotAllowed)
    assert error.sentence.key == f"capture.portal_{key}"
    assert error.__cause__ is not None


async def test_silence_ends_after_the_patience(
    portal: Portal, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.portal_screen.PATIENCE", 0.3)
    portal("silent")
    error = await fault(workers)
    assert error.sentence.key == "capture.portal_silent"


@pytest.mark.parametrize("member", ["Register", "Screenshot"])
async def test_one_patience_is_for_the_whole_conversation(
    portal: Portal, workers: Workers, monkeypatch: pytest.MonkeyPatch, member: str
) -> None:
    monkeypatch.setattr("capture.portal_screen.PATIENCE", 0.5)
    portal(f"mute={member}", "picture=/nonexistent")
    # The patience of a single call, which is longer, must not be what ends it.
    async with asyncio.timeout(5):
        assert (await fault(workers)).sentence.key == "capture.portal_silent"


async def test_who_listens_at_the_address_of_the_bus_and_says_nothing_is_not_waited_for(
    workers: Workers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("capture.portal_screen.PATIENCE", 0.5)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-test")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'bus'}")
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(str(tmp_path / "bus"))
        mute.listen()
        async with asyncio.timeout(5):
            assert (await fault(workers)).sentence.key == "capture.portal_silent"


async def test_a_bus_without_a_portal_is_said(bus: str, workers: Workers) -> None:
    assert (await fault(workers)).sentence.key == "capture.portal_absent"


async def test_no_bus_at_all_is_said(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-test")
    for address in ("unix:path=/nonexistent/bus", "nonsense", None):
        if address is None:
            monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
            monkeypatch.delenv("DISPLAY", raising=False)
        else:
            monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        assert (await fault(workers)).sentence.key == "capture.portal_absent"


@pytest.mark.parametrize(("mode", "colour"), [("RGB", (0, 0, 0)), ("RGBA", (200, 200, 200, 0)), ("L", (0,))])
async def test_a_black_or_transparent_picture_is_none(
    portal: Portal, workers: Workers, tmp_path: Path, mode: str, colour: tuple[int, ...]
) -> None:
    file = picture(tmp_path, colour if len(colour) > 1 else colour[0], mode)  # type: ignore[arg-type]
    portal(f"picture={file.as_uri()}")
    error = await fault(workers)
    assert (type(error), error.sentence.key) == (NoScreen, "capture.black")
    assert not file.exists()


@pytest.mark.parametrize("uri", ["https://example.org/x.png", "/nonexistent.png", "file:///dev/zero", "ftp:"])
async def test_what_is_no_file_is_no_picture(portal: Portal, workers: Workers, uri: str) -> None:
    portal(f"picture={uri}")
    assert (await fault(workers)).sentence.key == "capture.portal_picture"


@pytest.mark.parametrize(
    "data", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + bytes(50), b"GIF89a" + bytes(50)]
)
def test_a_file_that_is_no_picture_is_refused_and_deleted(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "shot.png"
    file.write_bytes(data)
    with pytest.raises(NoScreen):
        read_picture(file)
    assert not file.exists()


def test_half_a_picture_is_refused(tmp_path: Path) -> None:
    file = picture(tmp_path)
    file.write_bytes(file.read_bytes()[:-30])
    with pytest.raises(NoScreen):
        read_picture(file)


def test_a_picture_beyond_every_desktop_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(NoScreen):
        read_picture(picture(tmp_path))


def test_a_file_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capture.portal_screen._LARGEST_FILE", 10)
    with pytest.raises(NoScreen):
        read_picture(picture(tmp_path))


def test_a_pipe_in_place_of_the_file_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "shot.png")
    with pytest.raises(NoScreen):
        read_picture(tmp_path / "shot.png")


def test_a_file_that_cannot_be_deleted_is_still_a_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_path: Path) -> None:
        raise PermissionError("lent")

    monkeypatch.setattr(Path, "unlink", refuse)
    assert read_picture(picture(tmp_path)).width == 64
    assert caplog.messages == ["a screenshot was left behind: lent"]
