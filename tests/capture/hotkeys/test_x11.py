import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.errors import NoScreen, NotAllowed
from app.model.hotkeys import Binding
from app.model.sentences import Sentence
from capture.hotkeys.x11 import X11Hotkeys


class Presses:
    """Counts, on whichever thread."""

    def __init__(self) -> None:
        self.count = 0
        self.threads: set[str] = set()
        self._more = threading.Condition()

    def __call__(self, _name: str = "") -> None:
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


def nothing(_name: str) -> None:
    pass


def take(hotkeys: X11Hotkeys, chord: str, pressed: Callable[[str], None] = nothing) -> Binding:
    return hotkeys.bind({"it": chord}, pressed, print)["it"]


def refusal(binding: Binding) -> Sentence:
    assert binding.fault is not None
    return binding.fault


def settle(hotkeys: X11Hotkeys) -> None:
    """Let the listener hear everything the server has sent so far."""
    for _ in range(3):
        hotkeys._orders.give(lambda: None)
        time.sleep(0.05)


@pytest.mark.parametrize(
    "chord", ["ctrl+shift+a", "ctrl+alt+9", "print", "f9", "super+space", "alt+grave", "shift+f2"]
)
def test_a_chord_fires_with_no_window_at_all(
    desktop: Any, hotkeys: X11Hotkeys, presses: Presses, chord: str
) -> None:
    take(hotkeys, chord, presses)
    for _ in range(5):
        desktop.run("xdotool", "key", chord.replace("print", "Print").replace("f9", "F9").replace("f2", "F2"))
    presses.wait(5)
    assert presses.threads == {"hotkeys"}


def test_the_focused_application_never_sees_the_key(
    desktop: Any, hotkeys: X11Hotkeys, presses: Presses
) -> None:
    desktop.manage_windows()
    take(hotkeys, "ctrl+shift+a", presses)
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
    take(hotkeys, "ctrl+shift+a", presses)
    for lock in locks:
        desktop.run("xdotool", "key", lock)
    state = desktop.run("xset", "q").decode()
    for lock in locks:
        assert f"{lock.replace('_', ' ')}:    on" in state.replace(":   on", ":    on")
    desktop.run("xdotool", "key", "ctrl+shift+a")
    presses.wait(1)


def test_other_modifiers_are_another_chord(desktop: Any, hotkeys: X11Hotkeys, presses: Presses) -> None:
    take(hotkeys, "ctrl+shift+a", presses)
    for other in ("a", "ctrl+a", "ctrl+alt+shift+a", "super+ctrl+shift+a"):
        desktop.run("xdotool", "key", other)
    desktop.run("xdotool", "key", "ctrl+shift+a")
    presses.wait(1)
    settle(hotkeys)
    assert presses.count == 1


def test_a_key_that_is_held_fires_once(desktop: Any, hotkeys: X11Hotkeys, presses: Presses) -> None:
    take(hotkeys, "ctrl+shift+a", presses)
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
    take(first, "ctrl+shift+a")
    fault = refusal(take(second, "ctrl+shift+a", presses))
    assert fault.key == "hotkeys.taken"
    assert dict(fault.args) == {"chord": "Ctrl+Shift+A"}
    first.close()
    take(second, "ctrl+shift+a", presses)
    desktop.run("xdotool", "key", "ctrl+shift+a")
    presses.wait(1)


def test_a_refused_chord_takes_nothing(desktop: Any, make_hotkeys: Callable[[], X11Hotkeys]) -> None:
    """The other application has it under Caps Lock only: what we got before we noticed is given back."""
    first, second, third = make_hotkeys(), make_hotkeys(), make_hotkeys()
    first._grabs._keyboard.locks = (first._grabs._keyboard.locks[1],)
    take(first, "ctrl+shift+a")
    assert refusal(take(second, "ctrl+shift+a")).key == "hotkeys.taken"
    first.close()
    assert take(third, "ctrl+shift+a").fault is None


def test_the_chord_moves_with_the_keyboard_layout(
    desktop: Any, hotkeys: X11Hotkeys, presses: Presses
) -> None:
    take(hotkeys, "ctrl+shift+a", presses)
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


@pytest.mark.parametrize("layout", ["ru", "us,ru", "ru,us", "cn", "gr"])
def test_a_layout_of_another_script_does_not_matter(
    desktop: Any, hotkeys: X11Hotkeys, presses: Presses, layout: str
) -> None:
    desktop.run("setxkbmap", "-layout", layout)
    take(hotkeys, "ctrl+shift+a", presses)
    settle(hotkeys)
    desktop.run("xdotool", "keydown", "37", "keydown", "50", "key", "38", "keyup", "50", "keyup", "37")
    presses.wait(1)


def test_each_key_has_its_name_and_only_the_last_ones_count(desktop: Any, hotkeys: X11Hotkeys) -> None:
    heard: queue.Queue[str] = queue.Queue()
    hotkeys.bind({"region": "ctrl+shift+a", "old": "ctrl+shift+o"}, heard.put, print)
    bindings = hotkeys.bind(
        {"region": "ctrl+shift+a", "screen": "f9", "none": "ctrl+ctrl", "no": "f24"}, heard.put, print
    )
    assert {name: refusal(bindings[name]).key for name in ("none", "no")} == {
        "none": "hotkeys.nonsense",
        "no": "hotkeys.no_key",
    }
    assert bindings["region"] == Binding("Ctrl+Shift+A")
    desktop.run("xdotool", "key", "ctrl+shift+o", "key", "F9", "key", "ctrl+shift+a")
    assert [heard.get(timeout=5), heard.get(timeout=5)] == ["screen", "region"]


def test_a_key_the_keyboard_lacks_is_named(desktop: Any, hotkeys: X11Hotkeys) -> None:
    fault = refusal(take(hotkeys, "f24"))
    assert fault.key == "hotkeys.no_key"


def test_a_server_that_dies_is_said_once_and_closing_still_works(
    desktop: Any, hotkeys: X11Hotkeys, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("capture.hotkeys.orders._PATIENCE", 0.2)
    desktop.kill_server()
    hotkeys._thread.join(5)
    assert caplog.messages == ["the X server is gone, and the hotkeys with it"]
    with pytest.raises(NotAllowed) as caught:
        take(hotkeys, "ctrl+shift+a")
    assert caught.value.sentence.key == "hotkeys.gone"
    hotkeys.close()
    hotkeys.close()


def test_no_server_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":987654")
    with pytest.raises(NoScreen):
        X11Hotkeys()
