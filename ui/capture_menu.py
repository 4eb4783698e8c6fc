"""The menu of everything that can be captured."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from app.i18n import say
from app.model.screens import Aim, Target
from ui.icons import icon

DELAYS = (3, 5, 10)  # seconds
RECALL = "Ctrl+H"


def capture_menu(
    owner: QWidget,
    capture: Callable[[Aim], None],
    recall: Callable[[], None],
    show_pointer: Callable[[bool], None],
    *,
    pointer: bool,
) -> QMenu:
    """Return a new menu that calls `capture` with what was chosen, and deletes itself when closed.

    `recall` shows what was captured before.  `show_pointer` is told when the mouse pointer is to be in the pictures
    or, as `pointer` says of now, not.
    """
    menu = QMenu(owner)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    _add_screens(menu, capture)
    menu.addSeparator()
    menu.addAction(say("capture_menu.active"), partial(capture, Aim(Target.ACTIVE)))
    menu.addAction(say("capture_menu.last"), partial(capture, Aim(Target.LAST)))
    # The key is only shown: the window listens to it.
    menu.addAction(f"{say('captures.open_list')}\t{RECALL}", recall)
    menu.addSeparator()
    for seconds in DELAYS:
        _add_delayed(menu.addMenu(say("capture_menu.after", n=seconds)), capture, seconds)
    menu.addSeparator()
    choice = menu.addAction(say("capture_menu.pointer"))
    choice.setCheckable(True)
    choice.setChecked(pointer)
    choice.toggled.connect(show_pointer)
    return menu


def _add_screens(menu: QMenu, capture: Callable[[Aim], None]) -> None:
    screens = QGuiApplication.screens()
    words = "window.all_screens" if len(screens) > 1 else "capture_menu.screen"
    menu.addAction(icon("screen"), say(words), partial(capture, Aim(Target.DESKTOP)))
    if len(screens) == 1:
        return
    for number, screen in enumerate(screens, 1):
        words = say("window.screen_number", number=number, name=screen.name())
        # By its corner: whoever takes the picture may count the screens in another order.
        corner = screen.geometry().topLeft()
        menu.addAction(words, partial(capture, Aim(Target.MONITOR, (corner.x(), corner.y()))))


def _add_delayed(menu: QMenu, capture: Callable[[Aim], None], seconds: int) -> None:
    for target in (Target.REGION, Target.WINDOW, Target.SCREEN, Target.DESKTOP):
        if target is not Target.DESKTOP or len(QGuiApplication.screens()) > 1:
            words = f"capture_menu.{target}"
            if target is Target.SCREEN and len(QGuiApplication.screens()) > 1:
                words = "capture_menu.screen_here"
            menu.addAction(say(words), partial(capture, Aim(target, delay=seconds)))
