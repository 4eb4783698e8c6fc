"""A field that takes down the keys that are pressed in it."""

import sys

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.chords import FUNCTION_KEYS, KEYS, MODIFIERS, PLACES, label
from app.i18n import say

_Mod = Qt.KeyboardModifier
# What Qt calls Control is Command on a Mac, and the other way round.
_MODIFIERS = {
    "ctrl": _Mod.MetaModifier if sys.platform == "darwin" else _Mod.ControlModifier,
    "alt": _Mod.AltModifier,
    "shift": _Mod.ShiftModifier,
    "super": _Mod.ControlModifier if sys.platform == "darwin" else _Mod.MetaModifier,
}
_OWN_NAMES = {
    "enter": "Key_Return",
    "pageup": "Key_PageUp",
    "pagedown": "Key_PageDown",
    "grave": "Key_QuoteLeft",
}
_KEYS = {
    getattr(
        Qt.Key, _OWN_NAMES.get(key, f"Key_{key.upper() if key in FUNCTION_KEYS else key.capitalize()}")
    ): key
    for key in KEYS
} | {Qt.Key.Key_SysReq: "print"}
_MODIFIER_KEYS = (
    *(Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta),
    *(Qt.Key.Key_Super_L, Qt.Key.Key_Super_R, Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock),
)
_CLEARING = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)
_AROUND = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_FIRST_PLACE = 0 if sys.platform == "win32" else 8  # of what Qt calls the native scan code
_PLACES = {number: key for key, number in PLACES.items()}


class ChordField(QLineEdit):
    """Shows one chord, '' for none; `recorded` when the user has pressed another.

    Alone, Tab, Enter and Escape do what they do in every dialog, Backspace and Delete clear the field.
    """

    recorded = Signal()
    listening = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._chord = ""

    def chord(self) -> str:
        """Return the chord that is shown."""
        return self._chord

    def set_chord(self, chord: str) -> None:
        """Show a chord."""
        self._chord = chord
        self.setText(label(chord))

    def speak(self) -> None:
        """Say everything in the language of now."""
        self.setPlaceholderText(say("hotkeys.press_keys" if self.hasFocus() else "hotkeys.none"))

    def event(self, event: QEvent) -> bool:
        """Take every key before a shortcut of the window does."""
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if (
            isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.KeyPress
            and not self._is_plain(event)
        ):
            self.keyPressEvent(event)  # Ctrl+Tab, which would move the focus
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take down what is pressed."""
        if event.key() in _AROUND and self._is_plain(event):
            event.ignore()
            return
        if event.key() in _CLEARING and self._is_plain(event):
            self._record("")
        elif event.key() in _MODIFIER_KEYS:
            held = _held(event)
            self.setText("".join(f"{label(modifier)}+" for modifier in held))
        elif (key := _key(event)) is not None:
            self._record("+".join((*_held(event), key)))

    def keyReleaseEvent(self, _event: QKeyEvent) -> None:
        """Show the chord again when modifiers alone were pressed."""
        self.set_chord(self._chord)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Ask for the keys."""
        super().focusInEvent(event)
        self.speak()
        self.listening.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Stop listening."""
        super().focusOutEvent(event)
        self.set_chord(self._chord)
        self.speak()
        self.listening.emit(False)

    def _record(self, chord: str) -> None:
        self.set_chord(chord)
        self.recorded.emit()

    @staticmethod
    def _is_plain(event: QKeyEvent) -> bool:
        return not event.modifiers() & ~_Mod.ShiftModifier & ~_Mod.KeypadModifier


def _held(event: QKeyEvent) -> tuple[str, ...]:
    return tuple(name for name in MODIFIERS if event.modifiers() & _MODIFIERS[name])


def _key(event: QKeyEvent) -> str | None:
    """Return the key by what it writes, or by its place where that is of another script, or made by Shift."""
    named = _KEYS.get(Qt.Key(event.key()))
    return named or _PLACES.get(event.nativeScanCode() - _FIRST_PLACE)
