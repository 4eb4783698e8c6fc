"""Where the page of the hotkeys and who listens to the keys meet."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from app.model.hotkeys import Binding
from app.model.sentences import Sentence


class HotkeyDesk(QObject):
    """Knows what became of each key that is wanted now, by name, and why there are none at all, if that is so.

    `tried` gives a name and a chord to try out, `answered` a name, what to say about it and its look.  While
    `attention` is on, a key does nothing but be told by `pressed`.  `left` ends all trying.
    """

    changed = Signal()
    tried = Signal(str, str)
    answered = Signal(str, object, str)
    attention = Signal(bool)
    pressed = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.bindings: Mapping[str, Binding] = {}
        self.fault: Sentence | None = None
        self.asks_user = False

    def tell(self, bindings: Mapping[str, Binding], fault: Sentence | None, *, asks_user: bool) -> None:
        """Tell how it stands; `asks_user`: the desktop has the last word about the keys."""
        self.bindings, self.fault, self.asks_user = bindings, fault, asks_user
        self.changed.emit()
