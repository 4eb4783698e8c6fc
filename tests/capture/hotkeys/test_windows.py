# ruff: noqa: N802 - Windows names its calls
"""The Windows listener with the system's calls faked, down to the message queue."""

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.errors import NotAllowed
from capture.hotkeys.chord import KEYSYMS
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

    def hear(name: str) -> Callable[[], None]:
        return lambda: heard.put(f"{name} on {threading.current_thread().name}")

    hotkeys.register("ctrl+shift+a", hear("region"))
    hotkeys.register("alt+super+f13", hear("screen"))
    system.press(ALT | WIN, 0x7C)
    system.press(CTRL | SHIFT, ord("A"))
    assert [heard.get(timeout=5), heard.get(timeout=5)] == ["screen on hotkeys", "region on hotkeys"]


def test_a_taken_key_is_refused_and_the_next_still_works(system: System, hotkeys: WindowsHotkeys) -> None:
    system.taken[NO_REPEAT, 0x2C] = 99
    with pytest.raises(NotAllowed) as caught:
        hotkeys.register("print", lambda: None)
    assert caught.value.sentence.key == "hotkeys.taken"
    hotkeys.register("ctrl+print", lambda: None)
    assert (CTRL | NO_REPEAT, 0x2C) in system.taken


def test_a_message_for_a_key_we_do_not_have_is_passed_over(system: System, hotkeys: WindowsHotkeys) -> None:
    hotkeys.register("ctrl+a", lambda: None)
    system.PostThreadMessageW(42, WM_HOTKEY, 77, 0)
    system.PostThreadMessageW(42, 0x100, 1, 0)
    hotkeys.register("ctrl+b", lambda: None)
    assert len(system.taken) == 2


def test_closing_gives_every_key_back_on_the_thread_that_took_it(
    system: System, hotkeys: WindowsHotkeys
) -> None:
    hotkeys.register("ctrl+shift+a", lambda: None)
    hotkeys.register("ctrl+alt+b", lambda: None)
    hotkeys.close()
    hotkeys.close()
    assert system.taken == {}
    assert system.threads == {"hotkeys"}


def test_every_key_has_its_code() -> None:
    assert set(_KEYS) == set(KEYSYMS)
    assert len(set(_KEYS.values())) == len(_KEYS)
    assert (_KEYS["a"], _KEYS["0"], _KEYS["f1"], _KEYS["f24"]) == (0x41, 0x30, 0x70, 0x87)
