"""Hotkeys on Windows: RegisterHotKey, on a thread that waits for their messages."""

import ctypes
import threading
from collections.abc import Callable, Mapping
from ctypes import wintypes
from typing import Any

from app.chords import FUNCTION_KEYS, KEYS, Chord
from app.errors import NotAllowed
from app.model.hotkeys import Binding, Fired
from app.model.sentences import Sentence
from capture.hotkeys.each import bind_each
from capture.hotkeys.orders import Orders

_MODIFIERS = {"alt": 0x1, "ctrl": 0x2, "shift": 0x4, "super": 0x8}
_NO_REPEAT = 0x4000

_WM_QUIT = 0x0012
_WM_HOTKEY = 0x0312
_WM_APP = 0x8000  # our own: look at the orders
_PM_NOREMOVE = 0

# Virtual-key codes; letters and digits are their own capitals.
_KEYS = (
    {key: ord(key.upper()) for key in KEYS if len(key) == 1}
    | {key: 0x70 + index for index, key in enumerate(FUNCTION_KEYS)}
    | {
        "backspace": 0x08,
        "tab": 0x09,
        "enter": 0x0D,
        "pause": 0x13,
        "escape": 0x1B,
        "space": 0x20,
        "pageup": 0x21,
        "pagedown": 0x22,
        "end": 0x23,
        "home": 0x24,
        "left": 0x25,
        "up": 0x26,
        "right": 0x27,
        "down": 0x28,
        "print": 0x2C,
        "insert": 0x2D,
        "delete": 0x2E,
        "semicolon": 0xBA,
        "equal": 0xBB,
        "comma": 0xBC,
        "minus": 0xBD,
        "period": 0xBE,
        "slash": 0xBF,
        "grave": 0xC0,
    }
)


def load() -> tuple[Any, Any]:
    """Return user32 and kernel32, their calls declared; only Windows has them."""
    # 64-bit Windows has one calling convention, so a plain CDLL is right.
    user, kernel = ctypes.CDLL("user32"), ctypes.CDLL("kernel32")
    message = ctypes.POINTER(wintypes.MSG)
    user.RegisterHotKey.argtypes = (wintypes.HWND, ctypes.c_int, wintypes.UINT, wintypes.UINT)
    user.UnregisterHotKey.argtypes = (wintypes.HWND, ctypes.c_int)
    user.GetMessageW.argtypes = (message, wintypes.HWND, wintypes.UINT, wintypes.UINT)
    user.PeekMessageW.argtypes = (message, wintypes.HWND, wintypes.UINT, wintypes.UINT, wintypes.UINT)
    user.PostThreadMessageW.argtypes = (wintypes.DWORD, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM)
    kernel.GetCurrentThreadId.restype = wintypes.DWORD
    return user, kernel


class WindowsHotkeys:
    """Speaks the `Hotkeys` port with a message queue of its own."""

    asks_user = False

    def __init__(self, libraries: Callable[[], tuple[Any, Any]] = load) -> None:
        self._user, self._kernel = libraries()
        self._orders = Orders(lambda: self._post(_WM_APP))
        self._names: dict[int, str] = {}
        self._pressed: Callable[[str], None] = lambda _name: None
        self._thread_id = 0
        ready = threading.Event()
        self._thread = threading.Thread(target=self._listen, args=(ready,), name="hotkeys", daemon=True)
        self._thread.start()
        ready.wait()

    def bind(
        self,
        chords: Mapping[str, str],
        pressed: Callable[[str], None],
        lost: Callable[[Sentence], None],  # noqa: ARG002 - nobody takes keys back here
    ) -> Mapping[str, Binding]:
        """Take these keys and no others: see `app.ports`."""
        return self._orders.give(lambda: self._hold(chords, pressed))

    def fire(self, name: str) -> Fired:  # noqa: ARG002 - the port's
        """Press nothing: Windows lets a program press keys, but not take back what they do in another."""
        return Fired.BY_HAND

    def close(self) -> None:
        """Give every key back and end the thread."""
        if self._thread.is_alive():
            self._post(_WM_QUIT)
            self._thread.join()

    def _post(self, message: int) -> None:
        self._user.PostThreadMessageW(self._thread_id, message, 0, 0)

    def _hold(self, chords: Mapping[str, str], pressed: Callable[[str], None]) -> dict[str, Binding]:
        self._release()
        self._pressed = pressed
        return bind_each(chords, self._take)

    def _take(self, name: str, chord: Chord) -> None:
        state = sum(_MODIFIERS[modifier] for modifier in chord.modifiers)
        number = len(self._names) + 1
        if not self._user.RegisterHotKey(None, number, state | _NO_REPEAT, _KEYS[chord.key]):
            raise NotAllowed("hotkeys.taken", chord=chord.label)
        self._names[number] = name

    def _release(self) -> None:
        for number in self._names:
            self._user.UnregisterHotKey(None, number)
        self._names.clear()

    def _listen(self, ready: threading.Event) -> None:
        message = wintypes.MSG()
        # The first look makes the queue; before it, what is posted is lost.
        self._user.PeekMessageW(ctypes.byref(message), None, 0, 0, _PM_NOREMOVE)
        self._thread_id = self._kernel.GetCurrentThreadId()
        ready.set()
        # 0 is the quit message, -1 a fault: both end the loop.
        while self._user.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
            if message.message == _WM_HOTKEY and message.wParam in self._names:
                self._pressed(self._names[message.wParam])
            elif message.message == _WM_APP:
                self._orders.carry_out()
        self._release()
