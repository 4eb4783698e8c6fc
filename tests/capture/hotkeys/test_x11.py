import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.errors import NoScreen, NotAllowed
from capture.hotkeys.x11 import X11Hotkeys


class Presses:
    """Counts, on whichever thread."""

    def __init__(self) -> None:
        self.count = 0
        self.threads: set[str] = set()
        self._more = threading.Condition()

    def __call__(self) -> None:
        with self._more:
            self.count += 1
            self.threads.add(threading.current_thread().name)
            self._more.notify()

    def wait(self, count: int) -> None:
        with self._more:
            assert self._more.wait_for(lambda: self.count >= count, 5), f"{self.count} presses of {count}"


@pytest.fixture
def presses() -> Presses:
    return Presses()


@pytest.fixture
def make_hotkeys(desktop: Any) -> Iterator[Callable[[], X11Hotkeys]]:
    made = []

    def make() -> X11Hotkeys:
        made.append(X11Hotkeys())
        return made[-1]

    yield make
    for hotkeys in made:
        hotkeys.close()


@pytest.fixture
def hotkeys(make_hotkeys: Callable[[], X11Hotkeys]) -> X11Hotkeys:
    return make_hotkeys()


def settle(hotkeys: X11Hotkeys) -> None:
    """Let the listener hear everything the server has sent so far."""
    for _ in range(3):
        hotkeys.register("ctrl+alt+f12", lambda: None)
        time.sleep(0.05)


@pytest.mark.parametrize(
    "chord", ["ctrl+shift+a", "ctrl+alt+9", "print", "f9", "super+space", "alt+grave", "shift+f2"]
)
def test_a_chord_fires_with_no_window_at_all(
    desktop: Any, hotkeys: X11Hotkeys, presses: Presses, chord: str
) -> None:
    hotkeys.register(chord, presses)
    for _ in range(5):
        desktop.run("xdotool", "key", chord.replace("print", "Print").replace("f9", "F9").replace("f2", "F2"))
    presses.wait(5)
    assert presses.threads == {"hotkeys"}


def test_the_focused_application_never_sees_the_key(
    desktop: Any, hotkeys: X11Hotkeys, presses: Presses
) -> None:
    desktop.manage_windows()
    hotkeys.register("ctrl+shift+a", presses)
    watcher = desktop.start("xev", "-event", "keyboard", "-name", "watcher")
    window = (
        desktop.run("xdotool", "search", "--sync", "--onlyvisible", "--name", "^watcher$").split()[0].decode()
    )
    desktop.run("xdotool", "windowfocus", "--sync", window)
    desktop.run("xdotool", "key", "ctrl+shift+a")
    presses.wait(1)
    desktop.run("xdotool", "key", "b")
    desktop.run("xdotool", "key", "ctrl+shift+a")
    presses.wait(2)
    desktop.run("xdotool", "windowkill", window)
    seen = watcher.stdout.read().decode()
    assert "keysym 0x62, b" in seen
    assert "keysym 0x41, A" not in seen
    assert "keysym 0x61, a" not in seen


@pytest.mark.parametrize("locks", [["Num_Lock"], ["Caps_Lock"], ["Num_Lock", "Caps_Lock"]])
def test_the_locks_do_not_matter(
    desktop: Any, hotkeys: X11Hotkeys, presses: Presses, locks: list[str]
) -> None:
    hotkeys.register("ctrl+shift+a", presses)
    for lock in locks:
        desktop.run("xdotool", "key", lock)
    state = desktop.run("xset", "q").decode()
    for lock in locks:
        assert f"{lock.replace('_', ' ')}:    on" in state.replace(":   on", ":    on")
    desktop.run("xdotool", "key", "ctrl+shift+a")
    presses.wait(1)


def test_other_modifiers_are_another_chord(desktop: Any, hotkeys: X11Hotkeys, presses: Presses) -> None:
    hotkeys.register("ctrl+shift+a", presses)
    for other in ("a", "ctrl+a", "ctrl+alt+shift+a", "super+ctrl+shift+a"):
        desktop.run("xdotool", "key", other)
    desktop.run("xdotool", "key", "ctrl+shift+a")
    presses.wait(1)
    settle(hotkeys)
    assert presses.count == 1


def test_a_key_that_is_held_fires_once(desktop: Any, hotkeys: X11Hotkeys, presses: Presses) -> None:
    hotkeys.register("ctrl+shift+a", presses)
    desktop.run("xset", "r", "rate", "100", "50")
    for count in (1, 2):
        desktop.run("xdotool", "keydown", "ctrl", "keydown", "shift", "keydown", "a")
        time.sleep(0.5)
        desktop.run("xdotool", "keyup", "a", "keyup", "shift", "keyup", "ctrl")
        presses.wait(count)
        settle(hotkeys)
        assert presses.count == count


def test_a_chord_of_somebody_else_is_refused_and_comes_free_with_them(
    desktop: Any, make_hotkeys: Callable[[], X11Hotkeys], presses: Presses
) -> None:
    first, second = make_hotkeys(), make_hotkeys()
    first.register("ctrl+shift+a", lambda: None)
    with pytest.raises(NotAllowed) as caught:
        second.register("ctrl+shift+a", presses)
    assert caught.value.sentence.key == "hotkeys.taken"
    assert dict(caught.value.sentence.args) == {"chord": "Ctrl+Shift+A"}
    first.close()
    second.register("ctrl+shift+a", presses)
    desktop.run("xdotool", "key", "ctrl+shift+a")
    presses.wait(1)


def test_a_refused_chord_takes_nothing(desktop: Any, make_hotkeys: Callable[[], X11Hotkeys]) -> None:
    """The other application has it under Caps Lock only: what we got before we noticed is given back."""
    first, second, third = make_hotkeys(), make_hotkeys(), make_hotkeys()
    first._grabs._keyboard.locks = (first._grabs._keyboard.locks[1],)
    first.register("ctrl+shift+a", lambda: None)
    with pytest.raises(NotAllowed):
        second.register("ctrl+shift+a", lambda: None)
    first.close()
    third.register("ctrl+shift+a", lambda: None)


def test_the_chord_moves_with_the_keyboard_layout(
    desktop: Any, hotkeys: X11Hotkeys, presses: Presses
) -> None:
    hotkeys.register("ctrl+shift+a", presses)
    a_on_qwerty, a_on_azerty = "38", "24"
    desktop.run("xdotool", "key", "--clearmodifiers", "ctrl+shift+a")
    presses.wait(1)
    desktop.run("setxkbmap", "fr")
    settle(hotkeys)
    for keycode in (a_on_azerty, a_on_qwerty):
        desktop.run("xdotool", "key", f"ctrl+shift+{keycode}")
    presses.wait(2)
    settle(hotkeys)
    assert presses.count == 2


def test_a_key_the_keyboard_lacks_is_named(desktop: Any, hotkeys: X11Hotkeys) -> None:
    with pytest.raises(NotAllowed) as caught:
        hotkeys.register("f24", lambda: None)
    assert caught.value.sentence.key == "hotkeys.no_key"


def test_a_server_that_dies_is_said_once_and_closing_still_works(
    desktop: Any, hotkeys: X11Hotkeys, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("capture.hotkeys.orders._PATIENCE", 0.2)
    desktop.kill_server()
    hotkeys._thread.join(5)
    assert caplog.messages == ["the X server is gone, and the hotkeys with it"]
    with pytest.raises(NotAllowed) as caught:
        hotkeys.register("ctrl+shift+a", lambda: None)
    assert caught.value.sentence.key == "hotkeys.gone"
    hotkeys.close()
    hotkeys.close()


def test_no_server_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":987654")
    with pytest.raises(NoScreen):
        X11Hotkeys()
