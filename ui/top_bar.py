"""The bar over the conversation: new, capture, attach; who answers, and whether it thinks."""

from PySide6.QtCore import QEvent, QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget

from app.i18n import say
from app.model.profiles import Profile, Thinking
from ui.choice import Choice
from ui.icons import IconButton
from ui.layout import row
from ui.profile_name import name_of
from ui.theme import SPACE

_MANAGE = "\0manage"  # no profile is called so
_LABELLED = ("region", "capture", "attach")
_ICONS = {"capture": "screen"}


class TopBar(QFrame):
    """Buttons fold to their icons when the bar is narrow.

    `capture_menu_requested` gives the point on the screen to open the menu at.
    """

    history_toggled = Signal()
    new_requested = Signal()
    capture_region_requested = Signal()
    capture_menu_requested = Signal(QPoint)
    attach_requested = Signal()
    settings_requested = Signal()
    profile_chosen = Signal(str)
    profiles_requested = Signal()
    thinking_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self._profile = ""
        names = ("history", "new", "region", "capture", "attach", "thinking", "settings")
        self._buttons = {name: IconButton(_ICONS.get(name, name)) for name in names}
        self._profiles = Choice()
        self._profiles.setProperty("look", "quiet")
        self._profiles.setMinimumWidth(96)
        self._profiles.setMaximumWidth(220)
        self._profiles.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._profiles.setMinimumContentsLength(14)
        thinking = self._buttons["thinking"]
        thinking.setCheckable(True)
        thinking.hide()
        self._lay_out()
        self._connect()
        self.speak()

    def _lay_out(self) -> None:
        line = row(self, gap=4, margins=(SPACE, SPACE, SPACE, SPACE))
        for name in ("history", "new", "region", "capture", "attach"):
            line.addWidget(self._buttons[name])
        line.addStretch(1)
        line.addWidget(self._profiles, 100)  # the room is first of all for the name
        line.addWidget(self._buttons["thinking"])
        line.addWidget(self._buttons["settings"])

    def _connect(self) -> None:
        button = self._buttons
        button["history"].clicked.connect(self.history_toggled)
        button["new"].clicked.connect(self.new_requested)
        button["region"].clicked.connect(self.capture_region_requested)
        button["capture"].clicked.connect(self._ask_capture_menu)
        button["attach"].clicked.connect(self.attach_requested)
        button["settings"].clicked.connect(self.settings_requested)
        button["thinking"].clicked.connect(self._think)
        self._profiles.currentIndexChanged.connect(self._choose)

    def show_profiles(self, profiles: tuple[Profile, ...], chosen: str) -> None:
        """Offer these profiles and show which is in use."""
        self._profile = chosen
        entries = tuple((profile.id, name_of(profile)) for profile in profiles)
        self._profiles.offer((*entries, (_MANAGE, say("window.manage"))), chosen)

    def show_new(self, shown: bool) -> None:
        """Offer a new conversation, or leave that to the history."""
        self._buttons["new"].setVisible(shown)
        self._fold()

    def show_thinking(self, thinking: Thinking | None) -> None:
        """Show whether the model is asked to reason; None where there is nothing to choose."""
        button = self._buttons["thinking"]
        button.setVisible(thinking is not None)
        button.setEnabled(thinking is not Thinking.ALWAYS)
        button.setChecked(thinking in (Thinking.ON, Thinking.ALWAYS))
        self._speak_thinking()

    def _think(self) -> None:
        self._speak_thinking()
        self.thinking_changed.emit(Thinking.ON if self._buttons["thinking"].isChecked() else Thinking.OFF)

    def _choose(self) -> None:
        value = self._profiles.value()
        if value != _MANAGE:
            self._profile = value
            self.profile_chosen.emit(value)
            return
        with QSignalBlocker(self._profiles):
            self._profiles.setCurrentIndex(self._profiles.findData(self._profile))
        self.profiles_requested.emit()

    def _ask_capture_menu(self) -> None:
        button = self._buttons["capture"]
        self.capture_menu_requested.emit(button.mapToGlobal(QPoint(0, button.height())))

    def speak(self) -> None:
        """Say everything in the language of now."""
        hints = {"history": "Ctrl+B", "new": "Ctrl+N", "attach": "Ctrl+O", "settings": "Ctrl+,"}
        for name, button in self._buttons.items():
            button.call(say(f"window.{name}"), hints.get(name, ""))
        self._profiles.setAccessibleName(say("window.profile"))
        self._profiles.setToolTip(say("window.profile"))
        self._speak_thinking()
        self._fold()

    def _speak_thinking(self) -> None:
        button = self._buttons["thinking"]
        state = "always" if not button.isEnabled() else "on" if button.isChecked() else "off"
        button.setToolTip(say(f"window.thinking_{state}"))
        button.setAccessibleDescription(say(f"window.thinking_{state}"))

    def _fold(self) -> None:
        for style in (Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly):
            for name in _LABELLED:
                self._buttons[name].setToolButtonStyle(style)
            if self._needed() <= self.width():
                return

    def _needed(self) -> int:
        shown = [button for button in self._buttons.values() if not button.isHidden()]
        return sum(button.sizeHint().width() + 4 for button in shown) + 200 + 2 * SPACE

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show words only where there is room for them."""
        super().resizeEvent(event)
        self._fold()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.speak()
