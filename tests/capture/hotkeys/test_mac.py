# ruff: noqa: N802 - Carbon names its calls
"""The macOS hotkeys with Carbon's calls faked; structures and callbacks are the real ctypes ones."""

import ctypes
import queue
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from app.chords import KEYS
from app.model.hotkeys import Fired
from capture.hotkeys.mac import _KEYS, HotKeyId, MacHotkeys

COMMAND, SHIFT, OPTION, CONTROL = 0x100, 0x200, 0x800, 0x1000


class Carbon:
    def __init__(self) -> None:
        self.keys: dict[int, tuple[int, int, int]] = {}
        self.handler: Any = None
        self.threads: set[str] = set()
        self.refusal = 0
        self._event = HotKeyId()

    def GetApplicationEventTarget(self) -> int:
        return 7

    def InstallEventHandler(
        self, target: int, handler: Any, count: int, _kinds: Any, _data: None, out: Any
    ) -> int:
        assert (target, count, self.handler) == (7, 1, None)
        self.handler = handler
        out._obj.value = 70
        return 0

    def RegisterEventHotKey(
        self, key: int, state: int, identity: HotKeyId, target: int, options: int, out: Any
    ) -> int:
        assert (target, options) == (7, 0)
        self.threads.add(threading.current_thread().name)
        if self.refusal:
            return self.refusal
        out._obj.value = 100 + identity.id
        self.keys[out._obj.value] = (key, state, identity.id)
        return 0

    def GetEventParameter(
        self, event: int, name: int, kind: int, _: None, size: int, __: None, out: Any
    ) -> int:
        assert (name.to_bytes(4, "big"), kind.to_bytes(4, "big"), size) == (b"----", b"hkid", 8)
        out._obj.id = event
        return 0

    def UnregisterEventHotKey(self, key: ctypes.c_void_p) -> int:
        assert key.value is not None
        del self.keys[key.value]
        return 0

    def RemoveEventHandler(self, handler: ctypes.c_void_p) -> int:
        assert handler.value == 70
        self.handler = None
        return 0

    def press(self, key: int, state: int) -> None:
        number = next(number for code, mods, number in self.keys.values() if (code, mods) == (key, state))
        assert self.handler(None, number, None) == 0


class System:
    """The main thread's queue: the test drains it as macOS' event loop would."""

    def __init__(self) -> None:
        self.work: queue.Queue[tuple[Any, threading.Event]] = queue.Queue()

    def dispatch_sync_f(self, _queue: int, context: None, work: Any) -> None:
        done = threading.Event()
        self.work.put((lambda: work(context), done))
        assert done.wait(5)

    def turn(self) -> None:
        work, done = self.work.get(timeout=5)
        work()
        done.set()


@pytest.fixture
def carbon() -> Carbon:
    return Carbon()


@pytest.fixture
def system() -> System:
    return System()


@pytest.fixture
def hotkeys(carbon: Carbon, system: System) -> Iterator[MacHotkeys]:
    made = MacHotkeys(lambda: (carbon, system))
    yield made
    made.close()


def test_each_chord_calls_its_own(carbon: Carbon, hotkeys: MacHotkeys) -> None:
    heard: list[str] = []
    hotkeys.bind({"region": "cmd+shift+a", "screen": "ctrl+option+f5"}, heard.append, print)
    carbon.press(96, CONTROL | OPTION)
    carbon.press(0, COMMAND | SHIFT)
    assert heard == ["screen", "region"]


def test_an_event_of_somebody_else_is_passed_over(carbon: Carbon, hotkeys: MacHotkeys) -> None:
    hotkeys.bind({"it": "cmd+shift+a"}, lambda _name: pytest.fail("not ours"), print)
    assert carbon.handler(None, 99, None) == 0


def test_from_another_thread_the_main_one_does_it(
    carbon: Carbon, system: System, hotkeys: MacHotkeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The symbol is macOS' own; any address will do for the fake.
    monkeypatch.setattr(ctypes.c_void_p, "in_dll", lambda *_: ctypes.c_void_p(), raising=False)
    wanted = {"it": "cmd+shift+a"}
    other = threading.Thread(target=hotkeys.bind, args=(wanted, lambda _name: None, print), name="other")
    other.start()
    system.turn()
    other.join(5)
    assert carbon.threads == {threading.current_thread().name}
    assert len(carbon.keys) == 1


@pytest.mark.parametrize(
    ("chord", "refusal", "key"),
    [
        ("cmd+shift+a", -9878, "hotkeys.taken"),
        ("print", 0, "hotkeys.no_key"),  # which no Mac has
        ("f24", 0, "hotkeys.no_key"),
    ],
)
def test_a_refused_key_is_said(
    carbon: Carbon, hotkeys: MacHotkeys, chord: str, refusal: int, key: str
) -> None:
    carbon.refusal = refusal
    fault = hotkeys.bind({"it": chord}, lambda _name: None, print)["it"].fault
    assert fault is not None
    assert fault.key == key
    assert carbon.keys == {}


def test_the_keys_before_are_given_back(carbon: Carbon, hotkeys: MacHotkeys) -> None:
    hotkeys.bind({"it": "cmd+shift+a", "old": "cmd+shift+o"}, lambda _name: None, print)
    hotkeys.bind({"it": "cmd+shift+b"}, lambda _name: None, print)
    assert [(code, state) for code, state, _ in carbon.keys.values()] == [(11, COMMAND | SHIFT)]


def test_only_the_user_presses_keys_here(hotkeys: MacHotkeys) -> None:
    hotkeys.bind({"it": "cmd+shift+a"}, lambda _name: None, print)
    assert hotkeys.fire("it") is Fired.BY_HAND


def test_closing_gives_everything_back(carbon: Carbon, hotkeys: MacHotkeys) -> None:
    hotkeys.bind({"it": "cmd+shift+a"}, lambda _name: None, print)
    hotkeys.close()
    hotkeys.close()
    assert (carbon.keys, carbon.handler) == ({}, None)
    hotkeys.bind({"it": "cmd+shift+b"}, lambda _name: None, print)
    assert len(carbon.keys) == 1


def test_every_key_of_a_mac_has_its_code() -> None:
    assert set(KEYS) - set(_KEYS) == {"print", "pause", "f21", "f22", "f23", "f24"}
    assert set(_KEYS) <= set(KEYS)
    assert len(set(_KEYS.values())) == len(_KEYS)
