"""Where keys and modifiers are on the keyboard of an X server."""

from typing import Any

import xcffib.xproto
from xcffib import keysymdef

from app.chords import PLACES, Chord
from capture.hotkeys.keysyms import KEYSYMS

# Where a modifier is, when the server does not say: the places everybody uses.
_CUSTOMARY = {
    "alt": xcffib.xproto.ModMask._1,  # noqa: SLF001 - xcffib's name for Mod1
    "super": xcffib.xproto.ModMask._4,  # noqa: SLF001 - and for Mod4
}


# Every X server numbers the keys as the kernel does, from here on.
_FIRST_PLACE = 8


class Keyboard:
    """A reading of the server's keyboard; after a change of layout, read again.

    `locks` are the states that Caps Lock and Num Lock can add to any chord.
    """

    def __init__(self, server: Any) -> None:
        first, last = server.setup.min_keycode, server.setup.max_keycode
        mapping = server.core.GetKeyboardMapping(first, last - first + 1).reply()
        width = mapping.keysyms_per_keycode
        keysyms = list(mapping.keysyms)
        self._keys = {
            first + index: tuple(keysyms[index * width : (index + 1) * width])
            for index in range(last - first + 1)
        }
        self._modifiers = self._read_modifiers(server)
        caps, numbers = xcffib.xproto.ModMask.Lock, self._mask("Num_Lock")
        self.locks = tuple(sorted({0, caps, numbers, caps | numbers}))

    def places(self, chord: Chord) -> tuple[tuple[int, int], ...]:
        """Return the keycodes and states that make the chord; none when the keyboard lacks the key."""
        state = 0
        for modifier in chord.modifiers:
            state |= self._modifier(modifier)
        wanted = getattr(keysymdef, f"XK_{KEYSYMS[chord.key]}")
        # Keys that make it without Shift; else, on a layout of another script, those that can make it.
        plain = [code for code, made in self._keys.items() if made[0] == wanted]
        codes = plain or [code for code, made in self._keys.items() if wanted in made]
        if not codes and chord.key in PLACES:  # nothing here writes it: Russian alone, Greek, Arabic
            codes = [PLACES[chord.key] + _FIRST_PLACE]
        return tuple((code, state) for code in codes)

    def modifier_keys(self, state: int) -> tuple[int, ...]:
        """Return a key for each modifier of a state; none for one that no key makes."""
        codes = (
            next(filter(None, keys), 0) for index, keys in enumerate(self._modifiers) if state & 1 << index
        )
        return tuple(code for code in codes if code)

    def without_locks(self, state: int) -> int:
        """Return the modifiers of an event's state, without the locks and the mouse buttons."""
        return state & 0xFF & ~int(self.locks[-1])

    def _modifier(self, name: str) -> int:
        if name == "ctrl":
            return int(xcffib.xproto.ModMask.Control)
        if name == "shift":
            return int(xcffib.xproto.ModMask.Shift)
        return self._mask(f"{name.capitalize()}_L") or int(_CUSTOMARY[name])

    def _mask(self, keysym: str) -> int:
        """Return the modifier this key is, 0 when it is none."""
        wanted = getattr(keysymdef, f"XK_{keysym}")
        for index, codes in enumerate(self._modifiers):
            if any(wanted in self._keys.get(code, ()) for code in codes):
                return 1 << index
        return 0

    @staticmethod
    def _read_modifiers(server: Any) -> tuple[tuple[int, ...], ...]:
        reply = server.core.GetModifierMapping().reply()
        width, codes = reply.keycodes_per_modifier, list(reply.keycodes)
        return tuple(tuple(codes[index * width : (index + 1) * width]) for index in range(8))
