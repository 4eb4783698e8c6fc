import pytest

from app.errors import NotAllowed
from capture.hotkeys.door import make_hotkeys


def test_under_x11_the_server_keeps_the_keys(desktop: object) -> None:
    hotkeys = make_hotkeys()
    assert type(hotkeys).__name__ == "X11Hotkeys"
    hotkeys.close()


def test_under_wayland_the_portal_does(bus: str) -> None:
    hotkeys = make_hotkeys()
    assert type(hotkeys).__name__ == "PortalHotkeys"
    hotkeys.close()


def test_without_a_desktop_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(NotAllowed) as caught:
        make_hotkeys()
    assert caught.value.sentence.key == "hotkeys.no_desktop"
