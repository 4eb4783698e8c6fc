"""Hotkeys on macOS: Carbon's, which need no permission.

They belong to the main thread, whose event loop (Qt's) delivers them; so `pressed` is called there.
"""

import ctypes
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from app.chords import Chord
from app.errors import NotAllowed
from app.model.hotkeys import Binding, Fired
from app.model.sentences import Sentence
from capture.hotkeys.each import bind_each

T = TypeVar("T")

_MODIFIERS = {"super": 1 << 8, "shift": 1 << 9, "alt": 1 << 11, "ctrl": 1 << 12}

# Virtual key codes: places on an ANSI keyboard.  F21 to F24, Print and Pause are on no Mac.
_KEYS = {
    key: code
    for codes in (
        dict(zip("asdfhgzxcv", range(10), strict=True)),
        dict(zip("bqweryt123465", range(11, 24), strict=True)),
        {"equal": 24, "9": 25, "7": 26, "minus": 27, "8": 28, "0": 29, "o": 31, "u": 32, "i": 34, "p": 35},
        {"enter": 36, "l": 37, "j": 38, "k": 40, "semicolon": 41, "comma": 43, "slash": 44, "n": 45, "m": 46},
        {"period": 47, "tab": 48, "space": 49, "grave": 50, "backspace": 51, "escape": 53},
        {"f17": 64, "f18": 79, "f19": 80, "f20": 90, "f5": 96, "f6": 97, "f7": 98, "f3": 99, "f8": 100},
        {"f9": 101, "f11": 103, "f13": 105, "f16": 106, "f14": 107, "f10": 109, "f12": 111, "f15": 113},
        {"insert": 114, "home": 115, "pageup": 116, "delete": 117, "f4": 118, "end": 119, "f2": 120},
        {"pagedown": 121, "f1": 122, "left": 123, "right": 124, "down": 125, "up": 126},
    )
    for key, code in codes.items()
}


def _code(text: str) -> int:
    """Return Apple's four-character code as a number."""
    return int.from_bytes(text.encode("ascii"), "big")


_SIGNATURE = _code("Glmp")
_KEYBOARD_CLASS = _code("keyb")
_HOTKEY_PRESSED = 5
_DIRECT_OBJECT = _code("----")
_HOTKEY_ID_TYPE = _code("hkid")


class HotKeyId(ctypes.Structure):
    """EventHotKeyID."""

    _fields_ = (("signature", ctypes.c_uint32), ("id", ctypes.c_uint32))


class _EventType(ctypes.Structure):
    """EventTypeSpec."""

    _fields_ = (("event_class", ctypes.c_uint32), ("event_kind", ctypes.c_uint32))


Handler = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
Work = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


def load() -> tuple[Any, Any]:
    """Return Carbon and the system library, their calls declared; only macOS has them."""
    carbon = ctypes.CDLL("/System/Library/Frameworks/Carbon.framework/Carbon")
    system = ctypes.CDLL("/usr/lib/libSystem.dylib")
    pointer, number = ctypes.c_void_p, ctypes.c_uint32
    carbon.GetApplicationEventTarget.restype = pointer
    carbon.InstallEventHandler.argtypes = (pointer, Handler, ctypes.c_ulong, pointer, pointer, pointer)
    carbon.RegisterEventHotKey.argtypes = (number, number, HotKeyId, pointer, number, pointer)
    carbon.UnregisterEventHotKey.argtypes = (pointer,)
    carbon.RemoveEventHandler.argtypes = (pointer,)
    carbon.GetEventParameter.argtypes = (pointer, number, number, pointer, ctypes.c_ulong, pointer, pointer)
    system.dispatch_sync_f.argtypes = (pointer, pointer, Work)
    return carbon, system


class MacHotkeys:
    """Speaks the `Hotkeys` port with Carbon's event hot keys."""

    asks_user = False

    def __init__(self, libraries: Callable[[], tuple[Any, Any]] = load) -> None:
        self._carbon, self._system = libraries()
        self._handler = Handler(self._hear)  # kept: Carbon holds only its address
        self._installed = ctypes.c_void_p()
        self._keys: list[ctypes.c_void_p] = []
        self._names: dict[int, str] = {}
        self._pressed: Callable[[str], None] = lambda _name: None

    def bind(
        self,
        chords: Mapping[str, str],
        pressed: Callable[[str], None],
        lost: Callable[[Sentence], None],  # noqa: ARG002 - nobody takes keys back here
    ) -> Mapping[str, Binding]:
        """Take these keys and no others: see `app.ports`."""

        def hold() -> dict[str, Binding]:
            self._release()
            self._pressed = pressed
            return bind_each(chords, self._take)

        return self._on_main_thread(hold)

    def fire(self, name: str) -> Fired:  # noqa: ARG002 - the port's
        """Press nothing: macOS lets only programs press keys that the user has made its master (Accessibility)."""
        return Fired.BY_HAND

    def close(self) -> None:
        """Give every key back."""
        self._on_main_thread(self._release)

    def _take(self, name: str, chord: Chord) -> None:
        if chord.key not in _KEYS:
            raise NotAllowed("hotkeys.no_key", chord=chord.label)
        target = self._carbon.GetApplicationEventTarget()
        if self._installed.value is None:
            kind = _EventType(_KEYBOARD_CLASS, _HOTKEY_PRESSED)
            out = ctypes.byref(self._installed)
            status = self._carbon.InstallEventHandler(target, self._handler, 1, ctypes.byref(kind), None, out)
            if status != 0:
                raise NotAllowed("hotkeys.gone")
        state = sum(_MODIFIERS[modifier] for modifier in chord.modifiers)
        number = len(self._keys) + 1
        key = ctypes.c_void_p()
        identity = HotKeyId(_SIGNATURE, number)
        out = ctypes.byref(key)
        if self._carbon.RegisterEventHotKey(_KEYS[chord.key], state, identity, target, 0, out) != 0:
            raise NotAllowed("hotkeys.taken", chord=chord.label)
        self._keys.append(key)
        self._names[number] = name

    def _hear(self, _call: int | None, event: int | None, _data: int | None) -> int:
        """Receive Carbon's event; 0 says it was taken."""
        identity = HotKeyId()
        self._carbon.GetEventParameter(
            event,
            _DIRECT_OBJECT,
            _HOTKEY_ID_TYPE,
            None,
            ctypes.sizeof(identity),
            None,
            ctypes.byref(identity),
        )
        name = self._names.get(identity.id)
        if name is not None:
            self._pressed(name)
        return 0

    def _release(self) -> None:
        for key in self._keys:
            self._carbon.UnregisterEventHotKey(key)
        self._keys.clear()
        self._names.clear()
        if self._installed.value is not None:
            self._carbon.RemoveEventHandler(self._installed)
            self._installed = ctypes.c_void_p()

    def _on_main_thread(self, call: Callable[[], T]) -> T:
        """Make the call where Carbon wants it and return its result; the main thread's loop must be running."""
        if threading.current_thread() is threading.main_thread():
            return call()
        results: list[T] = []
        work = Work(lambda _context: results.append(call()))
        # What C calls dispatch_get_main_queue() is the address of this variable.
        queue = ctypes.addressof(ctypes.c_void_p.in_dll(self._system, "_dispatch_main_q"))
        self._system.dispatch_sync_f(queue, None, work)
        return results[0]
