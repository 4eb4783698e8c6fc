"""Hotkeys on macOS: Carbon's, which need no permission.

They belong to the main thread, whose event loop (Qt's) delivers them; so `pressed` is called there.
"""

import ctypes
import threading
from collections.abc import Callable
from typing import Any

from app.errors import NotAllowed
from capture.hotkeys.chord import Chord, parse

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

    def __init__(self, libraries: Callable[[], tuple[Any, Any]] = load) -> None:
        self._carbon, self._system = libraries()
        self._handler = Handler(self._hear)  # kept: Carbon holds only its address
        self._installed = ctypes.c_void_p()
        self._keys: list[ctypes.c_void_p] = []
        self._pressed: dict[int, Callable[[], None]] = {}

    def register(self, chord: str, pressed: Callable[[], None]) -> None:
        """Take the key: see `app.ports`.  Raises `NotAllowed` when macOS refuses it."""
        wanted = parse(chord)
        if wanted.key not in _KEYS:
            raise NotAllowed("hotkeys.no_key", chord=wanted.label)
        if self._on_main_thread(lambda: self._take(wanted, pressed)) != 0:
            raise NotAllowed("hotkeys.taken", chord=wanted.label)

    def close(self) -> None:
        """Give every key back."""
        self._on_main_thread(self._release)

    def _take(self, chord: Chord, pressed: Callable[[], None]) -> int:
        """Register one key and return Carbon's status, 0 when it worked."""
        target = self._carbon.GetApplicationEventTarget()
        if self._installed.value is None:
            kind = _EventType(_KEYBOARD_CLASS, _HOTKEY_PRESSED)
            status = int(
                self._carbon.InstallEventHandler(
                    target, self._handler, 1, ctypes.byref(kind), None, ctypes.byref(self._installed)
                )
            )
            if status != 0:
                return status
        state = sum(_MODIFIERS[modifier] for modifier in chord.modifiers)
        number = len(self._keys) + 1
        key = ctypes.c_void_p()
        identity = HotKeyId(_SIGNATURE, number)
        status = int(
            self._carbon.RegisterEventHotKey(_KEYS[chord.key], state, identity, target, 0, ctypes.byref(key))
        )
        if status == 0:
            self._keys.append(key)
            self._pressed[number] = pressed
        return status

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
        pressed = self._pressed.get(identity.id)
        if pressed is not None:
            pressed()
        return 0

    def _release(self) -> int:
        for key in self._keys:
            self._carbon.UnregisterEventHotKey(key)
        self._keys.clear()
        self._pressed.clear()
        if self._installed.value is not None:
            self._carbon.RemoveEventHandler(self._installed)
            self._installed = ctypes.c_void_p()
        return 0

    def _on_main_thread(self, call: Callable[[], int]) -> int:
        """Make the call where Carbon wants it and return its result; the main thread's loop must be running."""
        if threading.current_thread() is threading.main_thread():
            return call()
        results: list[int] = []
        work = Work(lambda _context: results.append(call()))
        # What C calls dispatch_get_main_queue() is the address of this variable.
        queue = ctypes.addressof(ctypes.c_void_p.in_dll(self._system, "_dispatch_main_q"))
        self._system.dispatch_sync_f(queue, None, work)
        return results[0]
