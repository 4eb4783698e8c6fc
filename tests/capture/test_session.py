import pytest

from capture.session import Session, find_session


@pytest.mark.parametrize(
    ("environment", "platform", "session"),
    [
        ({"DISPLAY": ":0"}, "linux", Session.X11),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "x11"}, "linux", Session.X11),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", Session.WAYLAND),
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "linux", Session.WAYLAND),
        ({"XDG_SESSION_TYPE": "wayland", "DISPLAY": ":0"}, "linux", Session.WAYLAND),
        ({"WAYLAND_DISPLAY": "", "DISPLAY": ""}, "linux", Session.NONE),
        ({}, "linux", Session.NONE),
        ({"DISPLAY": ":0"}, "win32", Session.WINDOWS),
        ({"DISPLAY": ":0"}, "darwin", Session.MAC),
    ],
)
def test_the_session_is_told_by_its_environment(
    environment: dict[str, str], platform: str, session: Session
) -> None:
    assert find_session(environment, platform) is session
