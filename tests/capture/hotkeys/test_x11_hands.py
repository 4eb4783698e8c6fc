"""Keys that are pressed to try them: where they go, and what nobody may notice of it."""

from collections.abc import Iterator
from typing import Any

import pytest
import xcffib
import xcffib.xinput
import xcffib.xproto

from app.errors import NotAllowed
from app.model.hotkeys import Fired
from capture.hotkeys.keyboard import Keyboard
from capture.hotkeys.x11 import X11Hotkeys

A, ALL_MASTERS, XI_KEY, KEY_PRESS, KEY_RELEASE = 38, 1, 1, 2, 3
CTRL, SHIFT = 4, 1


def fail(name: str) -> None:
    pytest.fail(f"{name} was done")


@pytest.fixture
def hotkeys(desktop: Any) -> Iterator[X11Hotkeys]:
    made = X11Hotkeys()
    yield made
    made.close()


@pytest.fixture
def stranger(desktop: Any) -> Iterator[Any]:
    """Another program on the same server."""
    server = xcffib.connect(desktop.display)
    yield server
    server.disconnect()


def swallow(server: Any, keycode: int, state: int) -> Any:
    """Take a key with the newer kind of grab, which the older kind is not told of."""
    devices = server(xcffib.xinput.key)
    devices.XIQueryVersion(2, 2).reply()
    root = server.setup.roots[0].root
    events = (1 << KEY_PRESS) | (1 << KEY_RELEASE)
    mode = xcffib.xproto.GrabMode.Async
    refused = devices.XIPassiveGrabDevice(
        0, root, 0, keycode, ALL_MASTERS, 1, 1, XI_KEY, mode, mode, 1, [events], [state]
    ).reply()
    assert refused.num_modifiers == 0
    return devices


@pytest.mark.parametrize(
    "chord", ["ctrl+shift+a", "ctrl+alt+shift+super+f5", "print", "alt+space", "super+1"]
)
def test_a_key_that_is_free_is_heard_and_does_nothing(hotkeys: X11Hotkeys, chord: str) -> None:
    assert hotkeys.bind({"it": chord}, fail, print)["it"].fault is None
    assert hotkeys.fire("it") is Fired.HEARD
    assert hotkeys.fire("it") is Fired.HEARD


def test_the_focused_application_sees_neither_the_key_nor_its_modifiers(
    desktop: Any, hotkeys: X11Hotkeys
) -> None:
    desktop.manage_windows()
    hotkeys.bind({"it": "ctrl+alt+shift+super+a"}, fail, print)
    watcher = desktop.start("xev", "-event", "keyboard", "-name", "watcher")
    window = desktop.run("xdotool", "search", "--sync", "--onlyvisible", "--name", "^watcher$").split()[0]
    desktop.run("xdotool", "windowfocus", "--sync", window.decode())
    assert hotkeys.fire("it") is Fired.HEARD
    desktop.run("xdotool", "key", "b")
    desktop.run("xdotool", "windowkill", window.decode())
    seen = watcher.stdout.read().decode()
    assert "keysym 0x62, b" in seen
    assert seen.count("KeyPress event") == 1
    assert "Control_L" not in seen
    assert "Alt_L" not in seen


def test_after_a_trial_the_key_works_and_nothing_is_down(
    desktop: Any, hotkeys: X11Hotkeys, stranger: Any
) -> None:
    heard: list[str] = []
    hotkeys.bind({"it": "ctrl+shift+a"}, heard.append, print)
    assert hotkeys.fire("it") is Fired.HEARD
    assert not any(stranger.core.QueryKeymap().reply().keys)
    desktop.run("xdotool", "key", "ctrl+shift+a")
    desktop.wait(lambda: heard == ["it"])


@pytest.mark.parametrize("lock", ["Num_Lock", "Caps_Lock"])
def test_locks_do_not_matter_and_stay(desktop: Any, hotkeys: X11Hotkeys, lock: str) -> None:
    hotkeys.bind({"it": "ctrl+shift+a"}, fail, print)
    desktop.run("xdotool", "key", lock)
    before = desktop.run("xset", "q")
    assert hotkeys.fire("it") is Fired.HEARD
    assert desktop.run("xset", "q") == before


@pytest.mark.parametrize("layout", ["ru", "us,ru", "fr", "cn"])
def test_other_layouts_do_not_matter(desktop: Any, hotkeys: X11Hotkeys, layout: str) -> None:
    desktop.run("setxkbmap", "-layout", layout)
    hotkeys.bind({"it": "ctrl+shift+a"}, fail, print)
    assert hotkeys.fire("it") is Fired.HEARD


def test_a_key_that_another_program_swallows_is_found_although_the_server_gave_it_to_us(
    hotkeys: X11Hotkeys, stranger: Any
) -> None:
    assert hotkeys.bind({"it": "ctrl+shift+a"}, fail, print)["it"].fault is None
    swallow(stranger, A, CTRL | SHIFT)
    assert hotkeys.fire("it") is Fired.SWALLOWED
    assert not any(stranger.core.QueryKeymap().reply().keys)


def test_a_program_that_has_the_whole_keyboard_is_not_typed_into(
    desktop: Any, hotkeys: X11Hotkeys, stranger: Any
) -> None:
    hotkeys.bind({"it": "ctrl+shift+a"}, fail, print)
    mode = xcffib.xproto.GrabMode.Async
    root = stranger.setup.roots[0].root
    assert stranger.core.GrabKeyboard(False, root, xcffib.CurrentTime, mode, mode).reply().status == 0
    assert hotkeys.fire("it") is Fired.BUSY
    stranger.core.GetInputFocus().reply()
    assert stranger.poll_for_event() is None
    stranger.core.UngrabKeyboard(xcffib.CurrentTime)
    stranger.core.GetInputFocus().reply()
    assert hotkeys.fire("it") is Fired.HEARD


def test_keys_that_are_held_are_waited_for(
    desktop: Any, hotkeys: X11Hotkeys, stranger: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.hotkeys.x11_hands._PATIENCE", 0.2)
    hotkeys.bind({"it": "ctrl+shift+a"}, fail, print)
    desktop.run("xdotool", "keydown", "ctrl")
    assert hotkeys.fire("it") is Fired.HELD
    assert any(stranger.core.QueryKeymap().reply().keys), "the user's key was let go"
    desktop.run("xdotool", "keyup", "ctrl")
    assert hotkeys.fire("it") is Fired.HEARD


def test_a_key_that_is_not_held_cannot_be_tried(hotkeys: X11Hotkeys) -> None:
    hotkeys.bind({"it": "ctrl+shift+a"}, fail, print)
    with pytest.raises(NotAllowed) as caught:
        hotkeys.fire("other")
    assert caught.value.sentence.key == "hotkeys.not_held"


def test_a_server_without_xtest_leaves_it_to_the_user(
    hotkeys: X11Hotkeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hotkeys._grabs._hands, "_test", None)
    hotkeys.bind({"it": "ctrl+shift+a"}, fail, print)
    assert hotkeys.fire("it") is Fired.BY_HAND


def test_a_state_names_its_keys(stranger: Any) -> None:
    assert len(Keyboard(stranger).modifier_keys(CTRL | SHIFT)) == 2
    assert Keyboard(stranger).modifier_keys(0) == ()
