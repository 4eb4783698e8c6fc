"""The window: places the panes and passes on what they say.  It holds no logic of its own."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QFrame, QMainWindow, QWidget

from app.i18n import say
from app.model.profiles import Profile, Thinking
from ui import offers, tab_order
from ui.composer import Composer
from ui.history_pane import HistoryPane
from ui.layout import column, label, row
from ui.notices import Notices
from ui.theme import SPACE
from ui.top_bar import TopBar

_NARROW = 720
_HISTORY = 264


class Window(QMainWindow):
    """History on the left; bar, conversation and composer on the right.

    In a narrow window the history takes the place of the conversation while it is open.
    `capture_menu_requested` gives the point on the screen to open the menu at.
    """

    new_requested = Signal()
    capture_region_requested = Signal()
    capture_menu_requested = Signal(QPoint)
    captures_requested = Signal()
    settings_requested = Signal()
    profiles_requested = Signal()
    profile_chosen = Signal(str)
    thinking_changed = Signal(object)
    stop_requested = Signal()
    history_toggled = Signal(bool)
    closed = Signal()
    quit_requested = Signal()

    def __init__(self, conversation: QWidget, composer: Composer, history: HistoryPane) -> None:
        """`conversation` is what is seen above the composer until `put` brings another."""
        super().__init__()
        self.composer, self.history = composer, history
        self._bar = TopBar()
        self._conversation = conversation
        self._open, self._over = True, False
        self._lay_out()
        self.notices = Notices(self._whole, composer)
        self._veil = DropVeil(self._centre)
        self._connect()
        self._add_keys()
        self._speak()
        self.setAcceptDrops(True)
        self.setMinimumSize(420, 480)
        self.resize(1080, 760)
        composer.focus_text()

    def _lay_out(self) -> None:
        # From the outside in: whenever a widget gets a parent, all that is in it is styled again.
        self._whole, self._centre = QWidget(), QWidget()
        self.setCentralWidget(self._whole)
        panes = row(self._whole, gap=0)
        panes.addWidget(self.history)
        panes.addWidget(self._centre, 1)
        self._column = column(self._centre, gap=0)
        self._column.addWidget(self._bar)
        self._column.addWidget(self._conversation, 1)
        self._column.addWidget(self.composer)

    def _connect(self) -> None:
        bar = self._bar
        bar.history_toggled.connect(self.toggle_history)
        bar.attach_requested.connect(self.composer.choose_files)
        for name in (
            "new_requested",
            "capture_region_requested",
            "capture_menu_requested",
            "settings_requested",
            "profiles_requested",
            "profile_chosen",
            "thinking_changed",
        ):
            getattr(bar, name).connect(getattr(self, name))
        self.history.new_requested.connect(self.new_requested)
        self.composer.capture_requested.connect(self.capture_region_requested)
        for signal in (self.history.left, self.new_requested):
            signal.connect(self._leave_history)

    def _add_keys(self) -> None:
        keys: dict[str, Callable[[], object]] = {
            "Ctrl+N": self.new_requested.emit,
            "Ctrl+O": self.composer.choose_files,
            "Ctrl+K": self._search,
            "Ctrl+F": self._search,
            "Ctrl+,": self.settings_requested.emit,
            "Ctrl+B": self.toggle_history,
            "Ctrl+H": self.captures_requested.emit,
            "Ctrl+Q": self.quit_requested.emit,
            "Ctrl+L": self.composer.focus_text,
            "Esc": self.stop_requested.emit,
            "F11": self._toggle_full_screen,
        }
        for key, act in keys.items():
            QShortcut(QKeySequence(key), self, act)

    # What is shown

    def put(self, conversation: QWidget) -> None:
        """Show this above the composer, in the place of what was there."""
        before, self._conversation = self._conversation, conversation
        self._column.replaceWidget(before, conversation)
        before.deleteLater()
        self._speak()

    def show_profiles(self, profiles: tuple[Profile, ...], chosen: str) -> None:
        """Offer these profiles and show which is in use."""
        self._bar.show_profiles(profiles, chosen)

    def show_thinking(self, thinking: Thinking | None) -> None:
        """Show whether the model is asked to reason; None where there is nothing to choose."""
        self._bar.show_thinking(thinking)

    def set_history_open(self, open_: bool) -> None:
        """Show or hide the history, silently."""
        self._open = open_
        self._over = False
        self._arrange()

    def toggle_history(self) -> None:
        """Show or hide the history."""
        if self._is_narrow():
            self._over = not self._over
            self._arrange()
            # What had the focus is hidden now.
            (self.history.focus_list if self._over else self.composer.focus_text)()
        else:
            self._open = not self._open
            self._arrange()
            self.history_toggled.emit(self._open)

    # Where it is

    def place(self, frame: tuple[int, int, int, int] | None) -> None:
        """Take this place (left, top, width, height); the middle of a screen when it is on none."""
        if frame is None:
            return
        wanted = QRect(*frame)
        screen = QGuiApplication.screenAt(wanted.center()) or next(
            (s for s in QGuiApplication.screens() if s.geometry().intersects(wanted)), None
        )
        room = (screen or QGuiApplication.primaryScreen()).availableGeometry()
        wanted.setSize(wanted.size().expandedTo(self.minimumSize()).boundedTo(room.size()))
        if screen is None:
            wanted.moveCenter(room.center())
        wanted.moveLeft(min(max(wanted.left(), room.left()), room.right() - wanted.width() + 1))
        wanted.moveTop(min(max(wanted.top(), room.top()), room.bottom() - wanted.height() + 1))
        self.setGeometry(wanted)

    def frame(self) -> tuple[int, int, int, int]:
        """Return the place to take the next time, in logical pixels."""
        at = self.normalGeometry() if self.isMaximized() or self.isFullScreen() else self.geometry()
        return at.x(), at.y(), at.width(), at.height()

    def bring_up(self) -> None:
        """Show the window above the others and let it have the keys."""
        if self.isMinimized():
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()
        self.composer.focus_text()

    # Inside

    def _is_narrow(self) -> bool:
        return self.width() < _NARROW

    def _leave_history(self) -> None:
        if self._over:
            self.toggle_history()

    def _arrange(self) -> None:
        if self._is_narrow():
            self._centre.setVisible(not self._over)
            self.history.setVisible(self._over)
            self.history.setMinimumWidth(0)
            self.history.setMaximumWidth(16_777_215)
        else:
            self._over = False
            self._centre.setVisible(True)
            self.history.setFixedWidth(_HISTORY)
            self.history.setVisible(self._open)
        self.history.show_back(self._over)
        # The history has a button of its own for a new conversation.
        self._bar.show_new(self.history.isHidden())

    def _search(self) -> None:
        if self.history.isHidden():
            self.toggle_history()
        self.history.focus_search()

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _speak(self) -> None:
        self.setWindowTitle("Glimpse")
        self._conversation.setAccessibleName(say("window.conversation"))
        self._veil.speak()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the history step aside in a narrow window."""
        super().resizeEvent(event)
        self._arrange()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Let Tab go as one reads."""
        return tab_order.move(self, forward=forward) or super().focusNextPrevChild(forward)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and pictures anywhere in the window."""
        if offers.is_welcome(event.mimeData()):
            event.acceptProposedAction()
            self._veil.cover()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Forget what was held over the window."""
        self._veil.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Attach what was let go."""
        self._veil.hide()
        # Copied, whatever was proposed: a file manager told "moved" would delete the original.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.composer.take(event.mimeData())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say that the window goes."""
        super().closeEvent(event)
        self.closed.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._speak()


class DropVeil(QFrame):
    """What lies over the conversation while something is held above it."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self.setObjectName("veil")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._words = label("title", wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column(self).addWidget(self._words)
        self.hide()

    def cover(self) -> None:
        """Lie over the whole of the parent."""
        self.setGeometry(self._host.rect().adjusted(SPACE, SPACE, -SPACE, -SPACE))
        self.show()
        self.raise_()

    def speak(self) -> None:
        """Say everything in the language of now."""
        self._words.setText(say("window.drop_here"))
