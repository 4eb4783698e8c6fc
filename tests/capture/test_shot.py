from typing import Any

import cv2
import numpy as np
import pytest

from app.errors import NoScreen
from app.model.screens import Aim, Box, Target
from app.workers import Workers
from capture.screen import make_screen
from capture.shot import shoot

RED, BLUE = (255, 0, 0), (0, 0, 255)
EVERYTHING = Aim(Target.DESKTOP)


@pytest.fixture
def two_monitors(desktop: Any) -> Any:
    desktop.split("A=300/100x600/150+0+0", "B=500/100x600/150+300+0")
    desktop.paint(Box(0, 0, 300, 600), RED)
    desktop.paint(Box(300, 0, 500, 600), BLUE)
    return desktop


@pytest.mark.parametrize(
    ("region", "monitor", "size", "reds"),
    [
        (None, None, (800, 600), 300),
        (None, 1, (300, 600), 300),
        (None, 2, (500, 600), 0),
        (Box(250, 40, 100, 20), None, (100, 20), 50),
        (Box(10, 10, 1, 1), None, (1, 1), 1),
    ],
)
async def test_a_shot_is_a_region_a_monitor_or_everything(
    two_monitors: Any,
    workers: Workers,
    region: Box | None,
    monitor: int | None,
    size: tuple[int, int],
    reds: int,
) -> None:
    data = await shoot(make_screen(workers), EVERYTHING, region, monitor)
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    width, height = size
    wanted = np.zeros((height, width, 3), np.uint8)
    wanted[:, :reds] = RED[::-1]
    wanted[:, reds:] = BLUE[::-1]
    assert np.array_equal(picture, wanted)


@pytest.mark.parametrize("monitor", [0, 3, -1])
async def test_a_monitor_that_is_not_there_is_refused(
    two_monitors: Any, workers: Workers, monitor: int
) -> None:
    with pytest.raises(NoScreen) as caught:
        await shoot(make_screen(workers), EVERYTHING, monitor=monitor)
    assert dict(caught.value.sentence.args) == {"number": monitor, "n": 2}


async def test_a_shot_may_be_of_the_monitor_under_the_pointer(two_monitors: Any, workers: Workers) -> None:
    two_monitors.run("xdotool", "mousemove", "400", "300")
    data = await shoot(make_screen(workers), Aim(Target.SCREEN))
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    assert picture.shape == (600, 500, 3)


async def test_a_shot_may_be_of_a_window_with_its_frame(two_monitors: Any, workers: Workers) -> None:
    two_monitors.manage_windows()
    window = two_monitors.message("here")
    two_monitors.run("xdotool", "mousemove", "--window", str(window), "150", "100")
    data = await shoot(make_screen(workers), Aim(Target.WINDOW))
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    height, width, _ = picture.shape
    assert (300 <= width < 320, 200 < height < 240) == (True, True)


async def test_no_window_is_said(two_monitors: Any, workers: Workers) -> None:
    with pytest.raises(NoScreen) as caught:
        await shoot(make_screen(workers), Aim(Target.WINDOW))
    assert caught.value.sentence.key == "capture.no_window"
