"""The window, as fast as it can be there: what must be seen first is imported here, the house behind it later."""

import asyncio
import builtins
import os
import sys
from importlib import import_module
from typing import Any

from PySide6.QtWidgets import QApplication

# PySide6 reads the source of every module that is imported after it, looking for `__feature__`; we have none.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)

from qasync import QEventLoop

from app import __version__, i18n, paths, settings
from app.blobs import BlobStore
from app.i18n import say
from app.model import Sentence
from app.paths import Paths
from app.settings import Settings
from ui import icons, theme
from ui.composer import Composer
from ui.empty_page import EmptyPage
from ui.first_paint import FirstPaint
from ui.history_list import HistoryList
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
    if os.environ.get("QT_IM_MODULE") == "fcitx":
        # Qt's wheel has no plugin for fcitx, but fcitx speaks ibus too.
        os.environ.setdefault("QT_IM_MODULES", "fcitx;ibus")
    app = QApplication(["glimpse"])
    app.setApplicationName("Glimpse")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("glimpse")
    app.setWindowIcon(icons.app_icon())
    # While a picture is taken no window is visible; only the user ends the app.
    app.setQuitOnLastWindowClosed(False)
    theme.apply(app, chosen.theme)
    with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
        runner.run(_live(app, where, chosen, notice, capture="--capture" in arguments))
    return 0


async def _live(
    app: QApplication, where: Paths, chosen: Settings, notice: Sentence | None, *, capture: bool
) -> None:
    blobs = BlobStore(where.blobs)
    window = Window(EmptyPage(), Composer(blobs.read), HistoryList())
    window.place(chosen.window)
    window.set_history_open(chosen.history_open)
    painted = FirstPaint(window)
    window.show()
    await painted.seen.wait()
    if notice is not None:
        window.notices.tell(notice, tone="warning")
    house: Any = import_module("app.house")
    await house.live(app, window, blobs, where, chosen, capture=capture)
