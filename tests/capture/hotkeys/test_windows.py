# ruff: noqa: N802 - Windows names its calls
"""The Windows listener with the system's calls faked, down to the message queue."""

import queue
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from app.chords import KEYS
from app.model.hotkeys import Fired
from capture.hotkeys.windows import _KEYS, WindowsHotkeys

WM_QUIT, WM_HOTKEY = 0x12, 0x312
ALT, CTRL, SHIFT, WIN, NO_REPEAT = 1, 2, 4, 8, 0x4000


class System:
    """user32 and kernel32: keys belong to the thread that took them, messages to a thread's queue."""

    def __init__(self) -> None:
        self.taken: dict[tuple[int, int], int] = {}
        self.threads: set[str] = set()
        self._messages: queue.Queue[tuple[int, int]] = queue.Queue()
        self._has_queue = False

    def GetCurrentThreadId(self) -> int:
        return 42

    def PeekMessageW(self, *_: Any) -> int:
        self._has_queue = True
        return 0

    def PostThreadMessageW(self, thread: int, message: int, word: int, _long: int) -> int:
        assert (thread, self._has_queue) == (42, True), "posted into the void"
        self._messages.put((message, word))
        return 1

    def GetMessageW(self, message: Any, *_: Any) -> int:
        message._obj.message, message._obj.wParam = self._messages.get(timeout=5)
        return int(message._obj.message != WM_QUIT)

    def RegisterHotKey(self, _window: None, number: int, state: int, key: int) -> int:
        self.threads.add(threading.current_thread().name)
        if (state, key) in self.taken:
            return 0
        self.taken[state, key] = number
        return 1

    def UnregisterHotKey(self, _window: None, number: int) -> int:
        self.threads.add(threading.current_thread().name)
        self.taken = {key: taken for key, taken in self.taken.items() if taken != number}
        return 1

    def press(self, state: int, key: int) -> None:
        self._messages.put((WM_HOTKEY, self.taken[state | NO_REPEAT, key]))


@pytest.fixture
def system() -> System:
    return System()


@pytest.fixture
def hotkeys(system: System) -> Iterator[WindowsHotkeys]:
    made = WindowsHotkeys(lambda: (system, system))
    yield made
    made.close()


def test_each_chord_calls_its_own(system: System, hotkeys: WindowsHotkeys) -> None:
    heard: queue.Queue[str] = queue.Queue()
    wanted = {"region": "ctrl+shift+a", "screen": "alt+super+f13"}
    bindings = hotkeys.bind(
        wanted, lambda name: heard.put(f"{name} on {threading.current_thread().name}"), print
    )
    assert all(binding.fault is None and binding.keys for binding in bindings.values())
    system.press(ALT | WIN, 0x7C)
    system.press(CTRL | SHIFT, ord("A"))
    assert [heard.get(timeout=5), heard.get(timeout=5)] == ["screen on hotkeys", "region on hotkeys"]


def test_a_taken_key_is_refused_and_the_others_still_work(system: System, hotkeys: WindowsHotkeys) -> None:
    system.taken[NO_REPEAT, 0x2C] = 99
    bindings = hotkeys.bind({"it": "print", "other": "ctrl+print"}, lambda _name: None, print)
    assert bindings["it"].fault is not None
    assert bindings["it"].fault.key == "hotkeys.taken"
    assert bindings["other"].fault is None
    assert (CTRL | NO_REPEAT, 0x2C) in system.taken


def test_the_keys_before_are_given_back(system: System, hotkeys: WindowsHotkeys) -> None:
    hotkeys.bind({"it": "ctrl+a", "old": "ctrl+o"}, lambda _name: None, print)
    hotkeys.bind({"it": "ctrl+b"}, lambda _name: None, print)
    assert set(system.taken) == {(CTRL | NO_REPEAT, ord("B"))}


def test_only_the_user_presses_keys_here(hotkeys: WindowsHotkeys) -> None:
    hotkeys.bind({"it": "ctrl+a"}, lambda _name: None, print)
    assert hotkeys.fire("it") is Fired.BY_HAND


def test_a_message_for_a_key_we_do_not_have_is_passed_over(system: System, hotkeys: WindowsHotkeys) -> None:
    hotkeys.bind({"it": "ctrl+a"}, lambda _name: pytest.fail("not pressed"), print)
    system.PostThreadMessageW(42, WM_HOTKEY, 77, 0)
    assert hotkeys.bind({"it": "ctrl+b"}, lambda _name: None, print)["it"].fault is None


def test_closing_gives_every_key_back_on_the_thread_that_took_it(
    system: System, hotkeys: WindowsHotkeys
) -> None:
    hotkeys.bind({"it": "ctrl+shift+a", "other": "ctrl+alt+b"}, lambda _name: None, print)
    hotkeys.close()
    hotkeys.close()
    assert system.taken == {}
    assert system.threads == {"hotkeys"}


def test_every_key_has_its_code() -> None:
    assert set(_KEYS) == set(KEYS)
    assert len(set(_KEYS.values())) == len(_KEYS)
