import threading
from collections.abc import Callable, Iterator

import pytest

from app.errors import NotAllowed
from capture.hotkeys.chord import parse
from capture.hotkeys.portal import PortalHotkeys, trigger

Portal = Callable[..., None]


@pytest.fixture
def hotkeys(bus: str) -> Iterator[PortalHotkeys]:
    made = PortalHotkeys()
    yield made
    made.close()


def refusal(hotkeys: PortalHotkeys) -> str:
    with pytest.raises(NotAllowed) as caught:
        hotkeys.register("ctrl+shift+a", lambda: None)
    return caught.value.sentence.key


def test_a_granted_key_is_heard_on_the_listeners_thread(portal: Portal, hotkeys: PortalHotkeys) -> None:
    portal()
    heard = threading.Event()
    threads = []

    def pressed() -> None:
        threads.append(threading.current_thread().name)
        heard.set()

    hotkeys.register("ctrl+shift+a", pressed)
    assert heard.wait(5)
    assert threads == ["hotkeys"]


def test_each_chord_calls_its_own(portal: Portal, hotkeys: PortalHotkeys) -> None:
    portal()
    events = {chord: threading.Event() for chord in ("ctrl+shift+a", "super+print")}
    for chord, event in events.items():
        hotkeys.register(chord, event.set)
        assert event.wait(5)
        event.clear()
    assert not any(event.wait(0.2) for event in events.values())


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (("deny",), "hotkeys.denied"),
        (("cancel",), "hotkeys.denied"),
        (("without=GlobalShortcuts",), "hotkeys.no_portal"),
        (("without=GlobalShortcuts", "without=Registry"), "hotkeys.no_portal"),
    ],
)
def test_every_refusal_has_its_sentence(
    portal: Portal, hotkeys: PortalHotkeys, words: tuple[str, ...], key: str
) -> None:
    portal(*words)
    assert refusal(hotkeys) == key
    assert refusal(hotkeys) == key  # and the next try is as good as the first


def test_a_portal_without_the_registry_is_tolerated(portal: Portal, hotkeys: PortalHotkeys) -> None:
    portal("without=Registry")
    heard = threading.Event()
    hotkeys.register("ctrl+shift+a", heard.set)
    assert heard.wait(5)


def test_a_silent_desktop_is_said(
    portal: Portal, hotkeys: PortalHotkeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.hotkeys.portal.PATIENCE", 0.3)
    portal("silent")
    assert refusal(hotkeys) == "hotkeys.silent"


def test_without_a_portal_the_sentence_says_what_to_bind(hotkeys: PortalHotkeys) -> None:
    assert refusal(hotkeys) == "hotkeys.no_portal"


def test_somebody_else_on_the_bus_cannot_press_the_key(portal: Portal, hotkeys: PortalHotkeys) -> None:
    portal("impostor")
    heard = threading.Event()
    hotkeys.register("ctrl+shift+a", heard.set)
    assert not heard.wait(0.5)


def test_nonsense_is_refused_before_the_desktop_is_asked(hotkeys: PortalHotkeys) -> None:
    with pytest.raises(NotAllowed) as caught:
        hotkeys.register("ctrl+ctrl", lambda: None)
    assert caught.value.sentence.key == "hotkeys.nonsense"


def test_closing_twice_is_closing(portal: Portal, hotkeys: PortalHotkeys) -> None:
    portal()
    hotkeys.register("ctrl+shift+a", lambda: None)
    hotkeys.close()
    hotkeys.close()


@pytest.mark.parametrize(
    ("chord", "written"),
    [("ctrl+shift+a", "CTRL+SHIFT+a"), ("super+alt+print", "ALT+LOGO+Print"), ("f9", "F9")],
)
def test_a_chord_is_written_as_portals_read_it(chord: str, written: str) -> None:
    assert trigger(parse(chord)) == written
