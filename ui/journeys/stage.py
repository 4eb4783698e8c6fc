"""The widgets that the journeys play on, as one value."""

from dataclasses import dataclass

from PySide6.QtWidgets import QApplication

from ui.composer import Composer
from ui.history_list import HistoryList
from ui.notices import Notices
from ui.shelf import Shelf
from ui.thread_view import ThreadView
from ui.window import Window


@dataclass(frozen=True, slots=True)
class Stage:
    """The window and its panes, and the application they are part of."""

    app: QApplication
    window: Window
    history: HistoryList
    thread_view: ThreadView
    composer: Composer
    shelf: Shelf
    notices: Notices
