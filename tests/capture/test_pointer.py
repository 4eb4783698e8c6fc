import numpy as np
import pytest

from app.errors import NotAllowed
from app.model.screens import Box, Monitor, Shot
from app.workers import Workers
from capture.pointer import Pointer, draw
from capture.x11_screen import X11Screen

RED, HALF, NOTHING = bytes((0, 0, 255, 255)), bytes((0, 0, 128, 128)), bytes(4)


def shot(left: int = 0, top: int = 0, size: tuple[int, int] = (4, 3), grey: int = 100) -> Shot:
    width, height = size
    return Shot(
        Monitor(Box(left, top, width, height)), width, height, bytes((grey, grey, grey, 0)) * width * height
    )


def colour(seen: Shot, x: int, y: int) -> tuple[int, ...]:
    return tuple(seen.pixels[(y * seen.width + x) * 4 :][:3])


def test_it_is_blended_into_what_lies_below() -> None:
    seen = draw(Pointer(1, 1, 3, 1, RED + HALF + NOTHING), shot())
    assert [colour(seen, x, 1) for x in range(4)] == [
        (100, 100, 100),
        (0, 0, 255),
        (50, 50, 178),
        (100, 100, 100),
    ]
    assert colour(seen, 1, 0) == colour(seen, 1, 2) == (100, 100, 100)


@pytest.mark.parametrize(("left", "top"), [(-1, -1), (3, 2), (-1, 2), (3, -1)])
def test_at_the_edge_the_part_on_the_monitor_is_drawn(left: int, top: int) -> None:
    before = shot(left=-50, top=20)
    seen = draw(Pointer(left - 50, top + 20, 2, 2, RED * 4), before)
    reds = [(x, y) for y in range(3) for x in range(4) if colour(seen, x, y) == (0, 0, 255)]
    assert reds == [(max(left, 0), max(top, 0))]


def test_the_shot_of_another_monitor_stays_the_same() -> None:
    before = shot(left=100)
    assert draw(Pointer(0, 0, 1, 1, RED), before) is before


async def test_the_real_pointer_is_in_the_picture_only_when_wanted(desktop: object, workers: Workers) -> None:
    desktop.paint(Box(0, 0, 800, 600), (10, 200, 30))  # type: ignore[attr-defined]
    desktop.run("xsetroot", "-cursor_name", "left_ptr")  # type: ignore[attr-defined]
    desktop.run("xdotool", "mousemove", "400", "300")  # type: ignore[attr-defined]
    screen = X11Screen(workers)
    (without,), (with_it,) = await screen.grab(), await screen.grab(pointer=True)
    plain, drawn = (
        np.frombuffer(one.pixels, np.uint8).reshape(600, 800, 4)[:, :, :3] for one in (without, with_it)
    )
    assert (plain == plain[0, 0]).all()
    rows, columns = np.nonzero((plain != drawn).any(axis=2))
    assert len(rows) > 30
    assert 390 <= columns.min() <= 401 <= columns.max() <= 440
    assert 290 <= rows.min() <= 301 <= rows.max() <= 340


async def test_a_server_that_does_not_show_it_says_so(
    desktop: object, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.x11_pointer.has_extension", lambda *_: False)
    with pytest.raises(NotAllowed) as caught:
        await X11Screen(workers).grab(pointer=True)
    assert caught.value.sentence.key == "capture.no_pointer"
