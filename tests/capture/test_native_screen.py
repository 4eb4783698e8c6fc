"""The screens of Windows and macOS with mss and CoreGraphics faked."""

from types import SimpleNamespace
from typing import Any, Self

import pytest
from mss.exception import ScreenShotError

from app.errors import NoScreen, NotAllowed
from app.model.screens import Box
from app.workers import Workers
from capture import mac_access
from capture.native_screen import MacScreen, WindowsScreen


class Camera:
    """What mss gives on Windows: the whole desktop first, then each monitor, left of the origin too."""

    opened = 0
    fails = False
    fill = 9

    def __init__(self) -> None:
        Camera.opened += 1
        self.monitors = [
            {"left": -20, "top": 0, "width": 50, "height": 10},
            {"left": -20, "top": 0, "width": 20, "height": 10, "is_primary": False, "name": "DELL"},
            {"left": 0, "top": 0, "width": 30, "height": 8, "is_primary": True, "name": "LG"},
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        Camera.opened -= 1

    def grab(self, box: dict[str, int]) -> Any:
        if self.fails:
            raise ScreenShotError("BitBlt")
        width, height = box["width"], box["height"]
        return SimpleNamespace(width=width, height=height, raw=bytearray([self.fill] * (width * height * 4)))


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch) -> type[Camera]:
    monkeypatch.setattr(Camera, "opened", 0)
    return Camera


async def test_each_monitor_is_a_shot_and_the_camera_is_given_back(
    workers: Workers, camera: type[Camera]
) -> None:
    screen = WindowsScreen(workers, camera)
    left, right = await screen.grab()
    assert (left.monitor.box, left.monitor.name, left.monitor.primary) == (Box(-20, 0, 20, 10), "DELL", False)
    assert (right.monitor.box, right.monitor.name, right.monitor.primary) == (Box(0, 0, 30, 8), "LG", True)
    assert len(right.pixels) == 30 * 8 * 4
    assert camera.opened == 0


async def test_a_locked_desktop_is_an_error(
    workers: Workers, camera: type[Camera], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera, "fails", True)
    with pytest.raises(NoScreen) as caught:
        await WindowsScreen(workers, camera).grab()
    assert caught.value.sentence.key == "capture.no_monitor"
    assert camera.opened == 0


async def test_a_black_desktop_is_an_error(
    workers: Workers, camera: type[Camera], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera, "fill", 0)
    with pytest.raises(NoScreen) as caught:
        await WindowsScreen(workers, camera).grab()
    assert caught.value.sentence.key == "capture.black"


class CoreGraphics:
    def __init__(self, allowed: bool) -> None:
        self.asked = 0
        self.CGPreflightScreenCaptureAccess = self._answer(allowed)
        self.CGRequestScreenCaptureAccess = self._answer(allowed)

    def _answer(self, allowed: bool) -> Any:
        class Question:
            restype: object = None

            def __call__(question) -> bool:  # noqa: N805
                assert question.restype is not None
                self.asked += 1
                return allowed

        return Question()


async def test_a_mac_that_allows_it_is_photographed(
    workers: Workers, camera: type[Camera], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mac_access, "load", lambda: CoreGraphics(allowed=True))
    assert len(await MacScreen(workers, camera).grab()) == 2


async def test_a_mac_that_does_not_is_asked_and_never_photographed(
    workers: Workers, camera: type[Camera], monkeypatch: pytest.MonkeyPatch
) -> None:
    graphics = CoreGraphics(allowed=False)
    monkeypatch.setattr(mac_access, "load", lambda: graphics)
    monkeypatch.setattr(camera, "fails", True)
    with pytest.raises(NotAllowed) as caught:
        await MacScreen(workers, camera).grab()
    assert caught.value.sentence.key == "capture.mac_permission"
    assert graphics.asked == 2


def test_a_mac_too_old_to_have_the_question_allows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mac_access, "load", object)
    assert mac_access.screen_allowed()
