"""The window, as fast as it can be there: what must be seen first is imported here, the house behind it later."""

import builtins
import gc
import os
import sys
from importlib import import_module

from PySide6.QtWidgets import QApplication

# PySide6 reads the source of every module that is imported after it, looking for `__feature__`; we have none.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)

from app import __version__, i18n, paths, settings
from app.i18n import say
from app.settings import Settings
from ui import first_paint, icons, theme
from ui.composer import Composer
from ui.early import Early
from ui.empty_page import EmptyPage
from ui.history_pane import HistoryPane
from ui.window import Window


def main(arguments: list[str]) -> int:
    """Show the window until it is closed, and return the exit code."""
    where = paths.find()
    where.make()
    chosen, notice = settings.load(where.settings)
    i18n.use(chosen.language)
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        sys.stderr.write(f"glimpse: {say('window.no_display')}\n")
        return 1
    app = _application(chosen)
    window = _window(chosen)
    early = Early(window)
    first_paint.show(window)
    _collect_garbage()
    if notice is not None:
        window.notices.tell(notice, tone="warning")
    import_module("app.house").run(app, window, early, where, chosen, capture="--capture" in arguments)
    return 0


def _application(chosen: Settings) -> QApplication:
    if os.environ.get("QT_IM_MODULE") == "fcitx":
        # Qt's wheel has no plugin for fcitx, but fcitx speaks ibus too.
        os.environ.setdefault("QT_IM_MODULES", "fcitx;ibus")
    app = QApplication(["glimpse", *theme.ARGUMENTS])
    app.setApplicationName("Glimpse")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("glimpse")
    app.setWindowIcon(icons.app_icon())
    # While a picture is taken no window is visible; only the user ends the app.
    app.setQuitOnLastWindowClosed(False)
    theme.apply(app, chosen.theme)
    return app


def _window(chosen: Settings) -> Window:
    page = EmptyPage()
    window = Window(page, Composer(), HistoryPane())
    page.try_region.connect(window.capture_region_requested)
    page.try_file.connect(window.composer.choose_files)
    window.place(chosen.window)
    window.set_history_open(chosen.history_open)
    window.show_profiles(chosen.profiles, chosen.profile)
    return window


def _collect_garbage() -> None:
    """Look for garbage from now on, and not in what the start has made: that stays."""
    gc.freeze()
    gc.enable()
