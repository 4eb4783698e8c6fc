import pytest

from app.aiming import place
from app.errors import NoScreen
from app.model.screens import Aim, Box, Monitor, OpenWindow, Shot, Surroundings, Target

LEFT, RIGHT = Box(-800, 0, 800, 600), Box(0, 100, 600, 900)
SHOTS = tuple(Shot(Monitor(box, primary=box is RIGHT), box.width, box.height, b"") for box in (LEFT, RIGHT))
FRONT, BACK = OpenWindow(Box(-700, 50, 300, 300), "front"), OpenWindow(Box(-600, 100, 900, 400), "back")
WINDOWS = (FRONT, OpenWindow(BACK.box, BACK.title, active=True))


@pytest.mark.parametrize(
    ("aim", "pointer", "box"),
    [
        (Aim(Target.DESKTOP), (0, 100), None),
        (Aim(Target.MONITOR, (-800, 0)), (0, 100), LEFT),
        (Aim(Target.MONITOR, (0, 100)), None, RIGHT),
        (Aim(Target.SCREEN), (-1, 599), LEFT),
        (Aim(Target.SCREEN), (0, 999), RIGHT),
        (Aim(Target.SCREEN), None, RIGHT),  # nobody knows: the primary one
        (Aim(Target.SCREEN), (300, 10), RIGHT),  # in the hole above it
        (Aim(Target.WINDOW), (-500, 200), FRONT.box),
        (Aim(Target.WINDOW), (100, 200), BACK.box),
        (Aim(Target.WINDOW), (500, 900), BACK.box),  # under none: the active one
        (Aim(Target.WINDOW), None, BACK.box),
        (Aim(Target.ACTIVE), (-500, 200), BACK.box),
        (Aim(Target.LAST), None, Box(1, 2, 3, 4)),
    ],
)
def test_every_aim_has_its_place(aim: Aim, pointer: tuple[int, int] | None, box: Box | None) -> None:
    assert place(aim, SHOTS, Surroundings(WINDOWS, pointer), Box(1, 2, 3, 4)) == box


def test_without_an_active_window_the_topmost_is_meant() -> None:
    """Ours had the keys, and has just stepped aside."""
    assert place(Aim(Target.ACTIVE), SHOTS, Surroundings((FRONT, BACK))) == FRONT.box


def test_the_only_picture_is_that_of_every_monitor() -> None:
    """Some desktops give one picture and do not say where the monitors are in it."""
    assert place(Aim(Target.MONITOR, (1920, 0)), SHOTS[:1], Surroundings()) is None


@pytest.mark.parametrize(
    ("aim", "key"),
    [
        (Aim(Target.MONITOR, (1920, 0)), "capture.monitor_gone"),
        (Aim(Target.WINDOW), "capture.no_window"),
        (Aim(Target.ACTIVE), "capture.no_window"),
        (Aim(Target.LAST), "capture.no_last"),
    ],
)
def test_what_is_not_there_is_said(aim: Aim, key: str) -> None:
    with pytest.raises(NoScreen) as caught:
        place(aim, SHOTS, Surroundings())
    assert caught.value.sentence.key == key


def test_no_monitor_is_said() -> None:
    with pytest.raises(NoScreen) as caught:
        place(Aim(Target.SCREEN), (), Surroundings())
    assert caught.value.sentence.key == "capture.no_monitor"
