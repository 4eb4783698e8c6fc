import pytest

from app.errors import CaptureError
from app.model.recordings import Take
from app.model.screens import Box, Monitor
from capture.recording.place import place, seen

LEFT, RIGHT = Monitor(Box(-1920, 100, 1920, 1080)), Monitor(Box(0, 0, 2561, 1441))


@pytest.mark.parametrize(
    ("take", "box"),
    [
        (Take(), Box(-1920, 0, 4480, 1440)),
        (Take(monitor=1), LEFT.box),
        (Take(monitor=2), Box(0, 0, 2560, 1440)),
        (Take(area=Box(10, 20, 301, 203)), Box(10, 20, 300, 202)),
        (Take(area=Box(-2000, 50, 200, 200)), Box(-1920, 50, 120, 200)),
        (Take(area=Box(2500, 1400, 500, 500)), Box(2500, 1400, 60, 40)),
        (Take(area=Box(-100, 500, 200, 100)), Box(-100, 500, 200, 100)),
    ],
)
def test_the_part_that_is_on_the_desktop_is_recorded_with_even_sides(take: Take, box: Box) -> None:
    assert place(take, (LEFT, RIGHT)) == box


@pytest.mark.parametrize(
    ("take", "key"),
    [
        (Take(area=Box(3000, 0, 100, 100)), "capture.outside"),
        (Take(area=Box(-1000, 0, 100, 100)), "capture.outside"),  # above the left one
        (Take(monitor=0), "capture.no_such_monitor"),
        (Take(monitor=3), "capture.no_such_monitor"),
        (Take(area=Box(0, 0, 15, 100)), "recording.too_small"),
        (Take(area=Box(2550, 0, 100, 100)), "recording.too_small"),
    ],
)
def test_what_is_nowhere_is_said(take: Take, key: str) -> None:
    with pytest.raises(CaptureError) as caught:
        place(take, (LEFT, RIGHT))
    assert caught.value.sentence.key == key
    with pytest.raises(CaptureError):
        place(Take(), ())


def test_how_much_of_an_area_is_on_monitors_falls_when_one_goes() -> None:
    box = Box(-100, 500, 200, 100)
    assert seen(box, (LEFT, RIGHT)) == 20_000
    assert seen(box, (RIGHT,)) == 10_000
    assert seen(box, ()) == 0
