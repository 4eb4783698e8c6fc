import queue
import subprocess
import threading
from collections.abc import Callable, Iterator

import pytest

from app.chords import parse
from app.errors import NotAllowed
from app.model.hotkeys import Binding, Fired
from app.model.sentences import Sentence, sentence
from capture.hotkeys.portal import PortalHotkeys, trigger

Portal = Callable[..., "subprocess.Popen[bytes]"]

WANTED = {"capture_region": "ctrl+shift+a", "capture_screen": "super+print"}
BOUND = {name: Binding(f"Press {name}") for name in WANTED}


@pytest.fixture
def hotkeys(bus: str) -> Iterator[PortalHotkeys]:
    made = PortalHotkeys()
    yield made
    made.close()


@pytest.fixture
def heard() -> "queue.Queue[str]":
    return queue.Queue()


def nothing(_name: str) -> None:
    pass


def refusal(hotkeys: PortalHotkeys) -> str:
    with pytest.raises(NotAllowed) as caught:
        hotkeys.bind(WANTED, nothing, print)
    return caught.value.sentence.key


def test_all_keys_are_asked_for_at_once_by_what_they_are_for(portal: Portal, hotkeys: PortalHotkeys) -> None:
    desktop = portal()
    assert hotkeys.bind(WANTED, nothing, print) == BOUND
    assert desktop.stdout is not None
    assert [desktop.stdout.readline().decode() for _ in WANTED] == [
        "capture_region CTRL+SHIFT+a = Capture a region\n",
        "capture_screen LOGO+Print = Capture the screen\n",
    ]


def test_granted_keys_are_heard_by_name_on_the_listeners_thread(
    portal: Portal, hotkeys: PortalHotkeys, heard: "queue.Queue[str]"
) -> None:
    portal()
    hotkeys.bind(WANTED, lambda name: heard.put(f"{name} on {threading.current_thread().name}"), print)
    assert [heard.get(timeout=5) for _ in WANTED] == [f"{name} on hotkeys" for name in WANTED]


@pytest.mark.parametrize("word", ["early", "elsewhere", "without=Registry", "version=1"])
def test_portals_of_every_kind_serve(
    portal: Portal, hotkeys: PortalHotkeys, heard: "queue.Queue[str]", word: str
) -> None:
    portal(word)
    assert hotkeys.bind(WANTED, heard.put, print) == BOUND
    assert heard.get(timeout=5) == "capture_region"


def test_a_key_that_the_user_left_out_is_said_and_the_other_works(
    portal: Portal, hotkeys: PortalHotkeys, heard: "queue.Queue[str]"
) -> None:
    portal("only=capture_screen")
    bindings = hotkeys.bind(WANTED, heard.put, print)
    assert bindings["capture_region"].fault is not None
    assert bindings["capture_region"].fault.key == "hotkeys.denied"
    assert bindings["capture_screen"] == BOUND["capture_screen"]
    assert heard.get(timeout=5) == "capture_screen"


def test_new_keys_take_the_place_of_the_old(
    portal: Portal, hotkeys: PortalHotkeys, heard: "queue.Queue[str]"
) -> None:
    portal()
    hotkeys.bind({"capture_last": "ctrl+shift+l"}, heard.put, print)
    assert hotkeys.bind(WANTED, heard.put, print) == BOUND
    # The fake presses the old ones too, a moment later, in their session.
    assert [heard.get(timeout=5) for _ in WANTED] == list(WANTED)
    assert hotkeys.bind({}, heard.put, print) == {}


def test_a_desktop_that_takes_the_keys_back_says_so_and_is_asked_anew_the_next_time(
    portal: Portal, hotkeys: PortalHotkeys, caplog: pytest.LogCaptureFixture
) -> None:
    portal("takes_back")
    lost: queue.Queue[Sentence] = queue.Queue()
    assert hotkeys.bind(WANTED, lambda _name: pytest.fail("not ours any more"), lost.put) == BOUND
    assert lost.get(timeout=5) == sentence("hotkeys.taken_back")
    assert caplog.messages == ["the desktop has taken the hotkeys back"]
    assert hotkeys.bind(WANTED, nothing, lost.put) == BOUND


def test_what_becomes_of_keys_that_were_given_back_costs_no_new_one(
    portal: Portal, hotkeys: PortalHotkeys, heard: "queue.Queue[str]"
) -> None:
    portal()
    hotkeys.bind(WANTED, heard.put, lambda _why: pytest.fail("still ours"))
    hotkeys._lose("/org/freedesktop/portal/desktop/session/of_before", [])
    assert heard.get(timeout=5) == "capture_region"


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (("deny",), "hotkeys.all_denied"),
        (("cancel",), "hotkeys.all_denied"),
        (("without=GlobalShortcuts",), "hotkeys.no_portal"),
        (("without=GlobalShortcuts", "without=Registry"), "hotkeys.no_portal"),
    ],
)
def test_a_refusal_says_why(portal: Portal, hotkeys: PortalHotkeys, words: tuple[str, ...], key: str) -> None:
    portal(*words)
    assert refusal(hotkeys) == key
    assert refusal(hotkeys) == key  # and the next try is as good as the first


def test_silence_ends_after_the_patience(
    portal: Portal, hotkeys: PortalHotkeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.hotkeys.portal.PATIENCE", 0.3)
    portal("silent")
    assert refusal(hotkeys) == "hotkeys.silent"


def test_without_a_portal_the_sentence_says_what_to_bind(hotkeys: PortalHotkeys) -> None:
    assert refusal(hotkeys) == "hotkeys.no_portal"


def test_somebody_else_on_the_bus_cannot_press_the_key(
    portal: Portal, hotkeys: PortalHotkeys, heard: "queue.Queue[str]"
) -> None:
    portal("impostor")
    hotkeys.bind(WANTED, heard.put, print)
    with pytest.raises(queue.Empty):
        heard.get(timeout=0.5)


def test_nonsense_costs_no_other_key(portal: Portal, hotkeys: PortalHotkeys) -> None:
    portal()
    bindings = hotkeys.bind({"capture_last": "ctrl+ctrl", **WANTED}, nothing, print)
    assert bindings["capture_last"].fault is not None
    assert bindings["capture_last"].fault.key == "hotkeys.nonsense"
    assert bindings["capture_region"] == BOUND["capture_region"]


def test_only_the_user_presses_keys_here(portal: Portal, hotkeys: PortalHotkeys) -> None:
    portal()
    hotkeys.bind(WANTED, nothing, print)
    assert hotkeys.fire("capture_region") is Fired.BY_HAND


def test_closing_twice_is_closing(portal: Portal, hotkeys: PortalHotkeys) -> None:
    portal()
    hotkeys.bind(WANTED, nothing, print)
    hotkeys.close()
    hotkeys.close()


@pytest.mark.parametrize(
    ("chord", "written"),
    [("ctrl+shift+a", "CTRL+SHIFT+a"), ("super+alt+print", "ALT+LOGO+Print"), ("f9", "F9")],
)
def test_a_chord_is_written_as_portals_read_it(chord: str, written: str) -> None:
    assert trigger(parse(chord)) == written
