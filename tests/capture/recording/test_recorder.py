"""Whole recordings of a real X server, by the worker that makes them; looked at with FFmpeg."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from app.errors import CaptureError, NoScreen, RecordingFailed
from app.model.recordings import Film, Order, Rolling, Take
from app.model.screens import Box
from app.orders import Orders
from app.workers import Workers
from capture.recording.part import SUFFIX
from capture.recording.recorder import ScreenRecorder
from tests.films import colour, frames, is_near

RED, GREEN, BLUE = (200, 10, 20), (0, 128, 64), (5, 6, 250)
WHOLE = Box(0, 0, 800, 600)


class Shooting:
    """One recording, followed in the background."""

    def __init__(self, recorder: ScreenRecorder, take: Take, path: Path | None) -> None:
        self.orders = Orders()
        self.rolling: Rolling | None = None
        self.film: Film | None = None
        self.told: list[Rolling] = []
        self._changed = asyncio.Condition()
        self._task = asyncio.create_task(self._follow(recorder.record(take, self.orders, path)))

    async def _follow(self, events: Any) -> None:
        async with aclosing(events):
            async for event in events:
                if isinstance(event, Film):
                    self.film = event
                else:
                    self.rolling = event
                    self.told.append(event)
                async with self._changed:
                    self._changed.notify_all()

    async def until(self, done: Callable[[Rolling], bool]) -> Rolling:
        """Wait until the recording has come so far."""
        async with asyncio.timeout(30), self._changed:
            while self.rolling is None or not done(self.rolling):
                if self._task.done():
                    await self._task
                    raise AssertionError("it ended before that")
                await self._changed.wait()
        assert self.rolling is not None
        return self.rolling

    async def lasts(self, seconds: float) -> Rolling:
        """Wait until the film is this much longer than it is now."""
        begun = (await self.until(lambda _: True)).seconds
        return await self.until(lambda rolling: rolling.seconds >= begun + seconds)

    async def end(self, order: Order = Order.STOP) -> Film | None:
        self.orders.say(order)
        return await self.ended()

    async def ended(self) -> Film | None:
        async with asyncio.timeout(30):
            await self._task
        return self.film

    async def leave(self) -> None:
        """Go away in the midst of it, as an app that crashes does."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


Shoot = Callable[..., Shooting]


@pytest.fixture
def recorder(workers: Workers, tmp_path: Path) -> ScreenRecorder:
    return ScreenRecorder(workers, tmp_path / "recordings")


@pytest.fixture
async def shoot(recorder: ScreenRecorder) -> AsyncIterator[Shoot]:
    begun = []

    def begin(path: Path | None = None, **wishes: Any) -> Shooting:
        begun.append(Shooting(recorder, Take(**{"area": WHOLE, "rate": 20, **wishes}), path))
        return begun[-1]

    yield begin
    for shooting in begun:
        await shooting.leave()


def worker() -> int:
    """Return the number of the recording process."""
    found = subprocess.run(
        ["pgrep", "--parent", str(os.getpid()), "--full", "worker recorder"],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(found.stdout)


async def left_by(recorder: ScreenRecorder) -> tuple[Path, ...]:
    """Return what is unfinished, once there is something: nobody waits for the process that dies."""
    for _ in range(600):
        if left := await recorder.unfinished():
            return left
        await asyncio.sleep(0.05)
    raise AssertionError("nothing was left")


def sound(film: Film | None) -> list[Any]:
    """Return the frames of a film, which has as many as it says, each in its time."""
    assert film is not None
    seen = frames(film.path)
    assert len(seen) == film.slots
    assert [time for time, _ in seen] == pytest.approx([slot / film.rate for slot in range(film.slots)])
    assert all(frame.shape == (film.height, film.width, 3) for _, frame in seen)
    assert Path(film.path).stat().st_size == film.size
    assert Path(film.path).stat().st_mode & 0o777 == 0o600
    return [frame for _, frame in seen]


async def test_a_film_shows_what_was_on_the_screen_in_the_order_it_was(desktop: Any, shoot: Shoot) -> None:
    desktop.paint(WHOLE, RED)
    shooting = shoot()
    await shooting.lasts(0.5)
    desktop.paint(WHOLE, GREEN)
    await shooting.lasts(0.5)
    desktop.paint(Box(400, 0, 400, 600), BLUE)
    await shooting.lasts(0.5)
    film = await shooting.end()
    assert film is not None
    assert film.why is None
    seen = [(colour(frame, 100, 300), colour(frame, 700, 300)) for frame in sound(film)]
    steps = [(RED, RED), (GREEN, GREEN), (GREEN, BLUE)]
    order = [next(n for n, step in enumerate(steps) if all(map(is_near, pair, step))) for pair in seen]
    assert order == sorted(order)
    assert set(order) == {0, 1, 2}
    assert all(order.count(step) >= 9 for step in range(3))


async def test_the_area_is_recorded_and_an_odd_side_loses_its_last_pixel(desktop: Any, shoot: Shoot) -> None:
    desktop.paint(WHOLE, RED)
    desktop.paint(Box(100, 50, 300, 200), GREEN)
    shooting = shoot(area=Box(100, 50, 301, 201))
    await shooting.lasts(0.2)
    film = await shooting.end()
    assert film is not None
    assert (film.width, film.height) == (300, 200)
    last = sound(film)[-1]
    corners = [colour(last, x, y) for x in (0, 299) for y in (0, 199)]
    assert all(is_near(corner, GREEN) for corner in corners)


async def test_an_area_that_leaves_the_desktop_is_cut_at_its_edge(desktop: Any, shoot: Shoot) -> None:
    shooting = shoot(area=Box(-50, 500, 200, 200))
    await shooting.lasts(0.1)
    film = await shooting.end()
    assert film is not None
    assert (film.width, film.height) == (150, 100)


async def test_one_monitor_of_several_is_recorded(make_desktop: Callable[..., Any], shoot: Shoot) -> None:
    desktop = make_desktop("1000x700")
    desktop.split("LEFT=600/160x500/130+0+100", "RIGHT=400/100x700/180+600+0")
    desktop.paint(Box(0, 0, 1000, 700), BLUE)
    desktop.paint(Box(600, 0, 400, 700), GREEN)
    shooting = shoot(area=None, monitor=2)
    await shooting.lasts(0.1)
    film = await shooting.end()
    assert film is not None
    assert (film.width, film.height) == (400, 700)
    assert all(is_near(colour(frame, 0, 0), GREEN) for frame in sound(film))


async def test_what_models_read_it_with_finds_every_frame_by_its_number(desktop: Any, shoot: Shoot) -> None:
    shooting = shoot()
    await shooting.lasts(1)
    film = await shooting.end()
    assert film is not None
    capture = cv2.VideoCapture(film.path, cv2.CAP_FFMPEG)
    assert capture.get(cv2.CAP_PROP_FRAME_COUNT) == film.slots
    assert capture.get(cv2.CAP_PROP_FPS) == film.rate
    capture.set(cv2.CAP_PROP_POS_FRAMES, film.slots - 1)
    assert capture.read()[0]
    capture.release()
    head = Path(film.path).read_bytes()[:4096]
    assert b"moov" in head
    assert b"mvex" not in head, "it is a plain file, no fragments"


async def test_a_film_lasts_as_long_as_it_took(desktop: Any, shoot: Shoot) -> None:
    shooting = shoot(rate=10)
    loop = asyncio.get_running_loop()
    await shooting.until(lambda _: True)
    begun = loop.time()
    while loop.time() < begun + 1.5:
        await shooting.lasts(0.1)
    took = loop.time() - begun
    film = await shooting.end()
    assert film is not None
    # The first word of it may have been on its way for long, and so may the last order.
    assert took - 0.2 < film.seconds < took + 1.5


async def test_a_pause_is_left_out_and_the_film_goes_on(desktop: Any, shoot: Shoot) -> None:
    desktop.paint(WHOLE, RED)
    shooting = shoot()
    await shooting.lasts(0.3)
    shooting.orders.say(Order.PAUSE)
    paused = await shooting.until(lambda rolling: rolling.paused)
    desktop.paint(WHOLE, BLUE)
    told = len(shooting.told)
    await shooting.until(lambda _: len(shooting.told) > told + 3)
    assert shooting.told[-1].slots == paused.slots
    desktop.paint(WHOLE, GREEN)
    shooting.orders.say(Order.RESUME)
    await shooting.until(lambda rolling: not rolling.paused)
    await shooting.lasts(0.3)
    seen = [colour(frame, 400, 300) for frame in sound(await shooting.end())]
    assert is_near(seen[0], RED)
    assert is_near(seen[-1], GREEN)
    assert not any(is_near(each, BLUE) for each in seen)


async def test_the_limit_ends_it_with_a_film_that_says_so(desktop: Any, shoot: Shoot) -> None:
    film = await shoot(limit=1.0).ended()
    assert film is not None
    assert film.why is not None
    assert film.why.key == "recording.limit"
    assert len(sound(film)) == 20


async def test_a_discarded_recording_leaves_nothing(desktop: Any, shoot: Shoot, tmp_path: Path) -> None:
    shooting = shoot()
    await shooting.lasts(0.5)
    assert await shooting.end(Order.DISCARD) is None
    assert list((tmp_path / "recordings").iterdir()) == []


async def test_the_film_goes_where_it_was_asked_to(desktop: Any, shoot: Shoot, tmp_path: Path) -> None:
    wanted = tmp_path / "ordner 中文" / "film.mp4"
    with pytest.raises(RecordingFailed) as caught:
        await shoot(wanted).ended()
    assert caught.value.sentence.key == "recording.no_folder"
    wanted.parent.mkdir()
    wanted.write_bytes(b"an older one")
    shooting = shoot(wanted)
    await shooting.lasts(0.1)
    film = await shooting.end()
    assert film is not None
    assert film.path == str(wanted)
    sound(film)
    assert list((tmp_path / "recordings").iterdir()) == []
    assert [file.name for file in wanted.parent.iterdir()] == ["film.mp4"]


async def test_the_pointer_is_in_the_film_when_wanted_and_the_rest_stays_as_it_is(
    desktop: Any, shoot: Shoot
) -> None:
    desktop.paint(WHOLE, GREEN)
    films = {}
    for pointer in (True, False):
        desktop.run("xdotool", "mousemove", "300", "200")
        shooting = shoot(pointer=pointer)
        await shooting.lasts(0.3)
        desktop.run("xdotool", "mousemove", "500", "400")
        await shooting.lasts(0.3)
        films[pointer] = sound(await shooting.end())
    for places in (((300, 200), 0), ((500, 400), -1)):
        (x, y), when = places
        there = films[True][when][y - 6 : y + 7, x - 6 : x + 7]
        assert np.ptp(there.reshape(-1, 3), axis=0).max() > 60, "there is a pointer"
    away = films[True][-1][190:210, 290:310]
    assert np.ptp(away.reshape(-1, 3), axis=0).max() < 20, "where it was before, it left nothing"
    assert max(np.ptp(frame.reshape(-1, 3), axis=0).max() for frame in films[False]) < 20


async def test_a_click_is_a_ring_for_a_while(desktop: Any, shoot: Shoot) -> None:
    desktop.paint(WHOLE, GREEN)
    desktop.run("xdotool", "mousemove", "300", "200")
    shooting = shoot(clicks=True)
    await shooting.lasts(0.3)
    desktop.run("xdotool", "click", "1")
    await shooting.lasts(1.2)
    desktop.run("xdotool", "click", "4")  # the wheel
    await shooting.lasts(0.4)
    around = [frame[160:240, 260:340].reshape(-1, 3) for frame in sound(await shooting.end())]
    ringed = [np.ptp(part, axis=0).max() > 60 for part in around]
    assert not ringed[0]
    assert not ringed[-1]
    first, last = ringed.index(True), len(ringed) - ringed[::-1].index(True)
    assert 8 <= last - first <= 14, "it lasts 0.6 seconds"
    assert all(ringed[first:last])


async def test_a_screen_that_does_not_change_is_still_a_frame_a_slot(desktop: Any, shoot: Shoot) -> None:
    shooting = shoot(rate=10)
    rolling = await shooting.lasts(1)
    assert rolling.slots >= 10
    sound(await shooting.end())


@pytest.mark.parametrize("moment", [0.9, 1.3, 1.9])
async def test_a_killed_recorder_loses_less_than_a_second(desktop: Any, shoot: Shoot, moment: float) -> None:
    for step in range(40):
        desktop.paint(Box(step * 20, step * 15, 300, 45), (step * 6, 255 - step * 5, step * 3))
    shooting = shoot(rate=10)
    before = await shooting.until(lambda rolling: rolling.seconds >= moment)
    os.kill(worker(), signal.SIGKILL)
    film = await shooting.ended()
    assert film is not None
    assert film.why is not None
    assert film.why.key == "recording.broken_off"
    assert len(sound(film)) / 10 >= before.seconds - 1.0


async def test_what_a_crashed_app_leaves_is_found_and_finished_or_forgotten(
    desktop: Any, shoot: Shoot, recorder: ScreenRecorder
) -> None:
    for forgotten in (False, True):
        shooting = shoot()
        await shooting.lasts(0.8)
        assert await recorder.unfinished() == (), "the one that is being made is none of them"
        await shooting.leave()
        (part,) = await left_by(recorder)
        if forgotten:
            await recorder.forget(part)
        else:
            film = await recorder.finish(part)
            assert film.slots >= 8
            sound(film)
        assert await recorder.unfinished() == ()


async def test_a_recorder_whose_app_is_killed_ends_by_itself_and_leaves_its_part(
    desktop: Any, recorder: ScreenRecorder, tmp_path: Path
) -> None:
    home = tmp_path / "gone"
    command = ["glimpse", "record", "--fps", "10", "-o", str(tmp_path / "film.mp4")]
    app = desktop.start(
        "env", f"GLIMPSE_HOME={home}", str(Path(sys.executable).with_name("glimpse")), *command[1:]
    )
    folder = home / "data/recordings"
    desktop.wait(lambda: any(part.stat().st_size for part in folder.glob(f"*{SUFFIX}")), 30)
    app.kill()
    app.wait()
    other = ScreenRecorder(recorder._workers, folder)
    (part,) = await left_by(other)
    sound(await other.finish(part))


async def test_a_disk_that_is_full_ends_it_and_what_fitted_is_kept(
    desktop: Any, shoot: Shoot, tmp_path: Path, own_mounts: None
) -> None:
    folder = tmp_path / "recordings"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(folder)], check=True)
    try:
        noise = desktop.start("env", "sh", "-c", "while :; do xsetroot -gray; xsetroot -solid red; done")
        shooting = shoot(rate=30)
        await shooting.until(lambda rolling: rolling.size > 0)
        film = await shooting.ended()
        assert noise.poll() is None
        assert film is not None
        assert film.why is not None
        assert film.why.key == "recording.disk_full"
        last = shooting.told[-1].seconds
        assert len(sound(film)) / 30 >= last - 1.0
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


async def test_a_monitor_that_is_unplugged_ends_it_and_the_film_is_kept(
    make_desktop: Callable[..., Any], shoot: Shoot
) -> None:
    desktop = make_desktop("1000x700")
    desktop.split("LEFT=600/160x700/130+0+0", "RIGHT=400/100x700/180+600+0")
    shooting = shoot(area=None, monitor=2)
    await shooting.lasts(0.5)
    desktop.run("xrandr", "--delmonitor", "RIGHT")
    film = await shooting.ended()
    assert film is not None
    assert film.why is not None
    assert film.why.key == "recording.area_gone"
    assert len(sound(film)) >= 10


async def test_a_server_that_dies_ends_it_and_the_film_is_kept(desktop: Any, shoot: Shoot) -> None:
    shooting = shoot(pointer=True)
    await shooting.lasts(0.5)
    desktop.kill_server()
    film = await shooting.ended()
    assert film is not None
    assert film.why is not None
    assert len(sound(film)) >= 10


@pytest.mark.parametrize(
    ("wishes", "key"),
    [
        ({"area": Box(5000, 0, 100, 100)}, "capture.outside"),
        ({"area": Box(0, 0, 100, 8)}, "recording.too_small"),
        ({"area": None, "monitor": 3}, "capture.no_such_monitor"),
        ({"microphone": True}, "recording.no_sound"),
        ({"system_sound": True}, "recording.no_sound"),
    ],
)
async def test_what_cannot_be_recorded_is_said_and_leaves_nothing(
    desktop: Any, shoot: Shoot, tmp_path: Path, wishes: dict[str, Any], key: str
) -> None:
    with pytest.raises(CaptureError) as caught:
        await shoot(**wishes).ended()
    assert caught.value.sentence.key == key
    assert not list((tmp_path / "recordings").glob("*"))


async def test_without_a_server_or_under_wayland_there_is_nothing_to_record(
    shoot: Shoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":64321")
    with pytest.raises(NoScreen):
        await shoot().ended()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-test")
    with pytest.raises(RecordingFailed) as caught:
        await shoot().ended()
    assert caught.value.sentence.key == "recording.no_wayland"
