import subprocess
import sys

import pytest

from app.errors import NoScreen
from app.workers import Workers
from capture.native_screen import MacScreen, WindowsScreen
from capture.screen import make_screen
from capture.session import Session
from capture.wayland_screen import WaylandScreen
from capture.x11_screen import X11Screen


@pytest.mark.parametrize(
    ("session", "kind"),
    [
        (Session.X11, X11Screen),
        (Session.WAYLAND, WaylandScreen),
        (Session.WINDOWS, WindowsScreen),
        (Session.MAC, MacScreen),
    ],
)
def test_every_session_has_its_screen(
    monkeypatch: pytest.MonkeyPatch, workers: Workers, session: Session, kind: type
) -> None:
    monkeypatch.setattr("capture.screen.find_session", lambda: session)
    assert type(make_screen(workers)) is kind


def test_xwayland_is_never_photographed(monkeypatch: pytest.MonkeyPatch, workers: Workers) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert type(make_screen(workers)) is WaylandScreen


def test_without_a_desktop_it_says_so(monkeypatch: pytest.MonkeyPatch, workers: Workers) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(NoScreen) as caught:
        make_screen(workers)
    assert caught.value.sentence.key == "capture.no_desktop"


@pytest.mark.parametrize(
    ("environment", "absent"),
    [
        ({"DISPLAY": ":0"}, ("dbus_fast", "PIL", "cv2", "numpy")),
        ({"WAYLAND_DISPLAY": "w"}, ("mss", "xcffib", "cv2", "numpy")),
    ],
)
def test_a_screen_brings_only_the_libraries_of_its_desktop(
    environment: dict[str, str], absent: tuple[str, ...]
) -> None:
    code = (
        "import sys; from app.workers import Workers; from capture.screen import make_screen;"
        "workers = Workers(); make_screen(workers); workers.close();"
        f"print([name for name in {absent!r} if name in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, timeout=60
    )
    assert said.stdout == b"[]\n"
