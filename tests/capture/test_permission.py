from collections.abc import Callable
from typing import Any

import pytest

from app.i18n import LANGUAGES, say, use
from capture.permission import permissions
from capture.session import Session


@pytest.fixture(autouse=True)
def _without_grim(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capture.grim.find", lambda: None)


def keys() -> list[tuple[bool, str, bool]]:
    return [(found.works, found.sentence.key, found.needed) for found in permissions()]


def test_under_x11_everything_works(desktop: Any) -> None:
    desktop.split("A=400/100x600/150+0+0", "B=400/100x600/150+400+0")
    assert keys() == [(True, "capture.doctor_x11", True), (True, "hotkeys.doctor_works", False)]
    assert dict(permissions()[0].sentence.args) == {"display": desktop.display, "n": 2}


def test_an_x_server_that_does_not_answer_is_said(desktop: Any) -> None:
    desktop.kill_server()
    assert keys() == [(False, "capture.no_server", True)]


def test_a_whole_portal(portal: Callable[..., None]) -> None:
    portal()
    assert keys() == [
        (True, "capture.doctor_portal", True),
        (True, "capture.doctor_screencast", False),
        (True, "hotkeys.doctor_portal", False),
    ]


def test_a_portal_without_hotkeys_and_recordings(portal: Callable[..., None]) -> None:
    portal("without=GlobalShortcuts", "without=ScreenCast")
    assert keys() == [
        (True, "capture.doctor_portal", True),
        (False, "capture.no_screencast", False),
        (False, "hotkeys.no_portal", False),
    ]


def test_a_portal_that_does_not_answer_is_said(
    portal: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.portal.PATIENCE", 0.5)
    portal("mute=Get")
    assert keys() == [(False, "capture.portal_silent", True), (False, "hotkeys.no_portal", False)]


def test_no_portal(bus: str) -> None:
    assert keys() == [(False, "capture.portal_absent", True), (False, "hotkeys.no_portal", False)]


def test_grim_sees_what_no_portal_shows(bus: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capture.grim.find", lambda: "/usr/bin/grim")
    assert keys() == [(True, "capture.doctor_grim", True), (False, "hotkeys.no_portal", False)]


@pytest.mark.parametrize("session", [Session.NONE, Session.WINDOWS, Session.MAC])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_can_be_said(monkeypatch: pytest.MonkeyPatch, session: Session, language: str) -> None:
    monkeypatch.setattr("capture.permission.find_session", lambda: session)
    monkeypatch.setattr("capture.permission.mac_access.screen_allowed", lambda: False)
    use(language)
    try:
        said = [say(found.sentence) for found in permissions()]
    finally:
        use("en")
    assert all("." in words or "。" in words for words in said), said
    assert not any(words.startswith(("capture.", "hotkeys.")) for words in said)
