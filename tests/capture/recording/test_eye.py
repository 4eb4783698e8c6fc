"""What counts as a change of the screen."""

from contextlib import closing
from typing import Any

from app.model.recordings import Take
from app.model.screens import Box
from capture.recording.eyes import open_eye

WHOLE = Box(0, 0, 800, 600)


def test_only_what_has_changed_is_a_picture(desktop: Any) -> None:
    desktop.paint(WHOLE, (0, 128, 64))
    desktop.run("xdotool", "mousemove", "300", "200")
    with closing(open_eye(Take(pointer=True))) as eye:
        assert eye.box == WHOLE
        first = eye.look()
        assert first is not None
        there = first[190:210, 290:310].copy()
        assert eye.look() is None, "the pointer that we drew is no change"
        assert eye.look() is None
        desktop.run("xdotool", "mousemove", "500", "400")
        moved = eye.look()
        assert moved is not None
        assert (moved[190:210, 290:310, :3] == (64, 128, 0)).all()
        assert (there[..., :3] != (64, 128, 0)).any()
        assert eye.look() is None
        desktop.paint(Box(799, 599, 1, 1), (255, 255, 255))
        assert eye.look() is not None
        assert eye.look() is None
