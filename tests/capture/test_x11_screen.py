import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from app.errors import NoScreen
from app.model.screens import Box, Monitor, Shot
from app.workers import Workers
from capture.canvas import cut
from capture.encode import png
from capture.x11_screen import X11Screen
from capture.x11_screen import list_monitors as found

RED, GREEN, BLUE = (200, 10, 20), (0, 128, 64), (5, 6, 250)


def colour(shot: Shot, x: int, y: int) -> tuple[int, int, int]:
    blue, green, red = shot.pixels[(y * shot.width + x) * 4 :][:3]
    return red, green, blue


async def test_a_grab_equals_what_imagemagick_reads_pixel_for_pixel(
    desktop: Any, workers: Workers, tmp_path: Path
) -> None:
    for step in range(40):
        desktop.paint(Box(step * 20, step * 15, 300, 45), (step * 6, 255 - step * 5, step * 3))
    desktop.message("words")
    (shot,) = await X11Screen(workers).grab()
    desktop.run("import", "-window", "root", str(tmp_path / "peer.png"))
    peer = cv2.imread(str(tmp_path / "peer.png"))
    ours = np.frombuffer(shot.pixels, np.uint8).reshape(600, 800, 4)[:, :, :3]
    assert peer is not None
    assert np.array_equal(ours, peer)


async def test_each_monitor_is_a_shot_of_its_own_place(
    make_desktop: Callable[..., Any], workers: Workers
) -> None:
    desktop = make_desktop("1000x700")
    desktop.split("LEFT=600/160x500/130+0+100", "RIGHT=400/100x700/180+600+0")
    desktop.paint(Box(0, 0, 1000, 700), BLUE)
    desktop.paint(Box(0, 100, 600, 500), RED)
    desktop.paint(Box(600, 0, 400, 700), GREEN)
    screen = X11Screen(workers)
    left, right = await screen.grab()
    assert (left.monitor.name, left.monitor.box) == ("LEFT", Box(0, 100, 600, 500))
    assert (right.monitor.name, right.monitor.box) == ("RIGHT", Box(600, 0, 400, 700))
    for shot, wanted in ((left, RED), (right, GREEN)):
        assert bytes(shot.pixels) == bytes((*reversed(wanted), shot.pixels[3])) * (shot.width * shot.height)


async def test_a_layout_that_changes_is_noticed_at_the_next_grab(desktop: Any, workers: Workers) -> None:
    desktop.paint(Box(0, 0, 800, 600), RED)
    screen = X11Screen(workers)
    assert [shot.monitor.box for shot in await screen.grab()] == [Box(0, 0, 800, 600)]
    desktop.split("A=400/100x600/150+0+0", "B=400/100x600/150+400+0")
    assert [shot.monitor.name for shot in await screen.grab()] == ["A", "B"]
    desktop.run("xrandr", "--delmonitor", "A")
    desktop.run("xrandr", "--delmonitor", "B")
    assert [(shot.width, shot.height) for shot in await screen.grab()] == [(800, 600)]


async def test_the_camera_is_kept_until_the_layout_changes(desktop: Any, workers: Workers) -> None:
    desktop.paint(Box(0, 0, 800, 600), RED)
    screen = X11Screen(workers)
    await screen.grab()
    first = screen._camera
    await screen.grab()
    assert screen._camera is first
    desktop.split("A=800/200x600/150+0+0")
    await screen.grab()
    assert screen._camera is not first


async def test_monitors_are_listed_again_only_when_something_has_changed(
    desktop: Any, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    desktop.paint(Box(0, 0, 800, 600), RED)
    listed: list[tuple[Monitor, ...]] = []

    def look(server: Any) -> tuple[Monitor, ...]:
        listed.append(found(server))
        return listed[-1]

    monkeypatch.setattr("capture.x11_screen.list_monitors", look)
    screen = X11Screen(workers)
    await screen.grab()
    await screen.grab()
    assert len(listed) == 1
    desktop.split("A=800/200x600/150+0+0")
    await screen.grab()
    assert [one.name for one in listed[-1]] == ["A"]


async def test_a_monitor_that_leaves_between_the_look_and_the_shot_is_forgotten(
    desktop: Any, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    desktop.paint(Box(0, 0, 800, 600), RED)
    screen = X11Screen(workers)
    looks = [(Monitor(Box(0, 0, 800, 600)), Monitor(Box(800, 0, 800, 600))), (Monitor(Box(0, 0, 800, 600)),)]
    monkeypatch.setattr("capture.x11_screen.list_monitors", lambda _server: looks.pop(0))
    assert len(await screen.grab()) == 1


async def test_any_number_of_grabs_at_once_are_all_whole(desktop: Any, workers: Workers) -> None:
    desktop.paint(Box(0, 0, 800, 600), GREEN)
    screen = X11Screen(workers)
    for (shot,) in await asyncio.gather(*(screen.grab() for _ in range(12))):
        assert {colour(shot, 0, 0), colour(shot, 799, 599)} == {GREEN}


async def test_a_screen_of_nothing_is_an_error(desktop: Any, workers: Workers) -> None:
    with pytest.raises(NoScreen) as caught:
        await X11Screen(workers).grab()
    assert caught.value.sentence.key == "capture.black"


async def test_one_dark_monitor_beside_a_lit_one_is_a_picture(desktop: Any, workers: Workers) -> None:
    desktop.split("A=400/100x600/150+0+0", "B=400/100x600/150+400+0")
    desktop.paint(Box(400, 0, 400, 600), RED)
    dark, lit = await X11Screen(workers).grab()
    assert not any(dark.pixels)
    assert colour(lit, 0, 0) == RED


async def test_a_server_that_dies_is_an_error_and_not_the_end(desktop: Any, workers: Workers) -> None:
    desktop.paint(Box(0, 0, 800, 600), RED)
    screen = X11Screen(workers)
    await screen.grab()
    desktop.kill_server()
    for _ in range(2):
        with pytest.raises(NoScreen) as caught:
            await screen.grab()
        assert caught.value.sentence.key == "capture.no_server"


# Upright and lying monitors, one above the other, with holes, not at the origin.
LAYOUTS = (
    ("WHOLE=1000/250x700/175+0+0",),
    ("LEFT=600/150x700/175+0+0", "RIGHT=400/100x700/175+600+0"),
    ("UPRIGHT=300/75x700/175+0+0", "LYING=700/175x400/100+300+250"),
    ("ABOVE=800/200x300/75+200+0", "BELOW=1000/250x400/100+0+300"),
    ("A=333/83x333/83+7+11", "B=301/75x199/50+640+501", "C=97/24x699/175+401+1"),
)


@pytest.mark.parametrize("layout", LAYOUTS)
async def test_every_layout_is_seen_pixel_for_pixel_as_xwd_and_imagemagick_see_it(
    make_desktop: Callable[..., Any], workers: Workers, tmp_path: Path, layout: tuple[str, ...]
) -> None:
    desktop = make_desktop("1000x700")
    desktop.split(*layout)
    for step in range(60):
        desktop.paint(Box(step * 17, step * 12, 311, 47), (step * 4, 255 - step * 4, step * 7 % 256))
    desktop.message("words")
    shots = await X11Screen(workers).grab()
    assert len(shots) == len(layout)
    peers: list[tuple[str, ...]] = [("import", "-window", "root", str(tmp_path / "import.png"))]
    desktop.run("xwd", "-root", "-silent", "-out", str(tmp_path / "screen.xwd"))
    peers.append(("convert", f"xwd:{tmp_path / 'screen.xwd'}", str(tmp_path / "xwd.png")))
    for peer in peers:
        desktop.run(*peer)
        picture = cv2.imread(peer[-1])
        assert picture is not None
        for shot in shots:
            box = shot.monitor.box
            theirs = picture[box.top : box.top + box.height, box.left : box.left + box.width]
            ours = np.frombuffer(shot.pixels, np.uint8).reshape(shot.height, shot.width, 4)[:, :, :3]
            assert np.array_equal(ours, theirs)
        everything = cv2.imdecode(np.frombuffer(png(cut(shots)), np.uint8), cv2.IMREAD_UNCHANGED)
        assert everything is not None
        left = min(shot.monitor.box.left for shot in shots)
        top = min(shot.monitor.box.top for shot in shots)
        for shot in shots:
            box = shot.monitor.box
            area = np.s_[box.top : box.top + box.height, box.left : box.left + box.width]
            here = everything[box.top - top :, box.left - left :][: box.height, : box.width]
            assert np.array_equal(here, picture[area])
