"""Where Tab goes: as one reads, from top to bottom and each row from left to right.

Qt's own order is that in which the widgets were made, and most of a window is made late: messages, chips, the
buttons on code.
"""

from collections.abc import Iterable, Iterator

from PySide6 import QtWidgets
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def stops(widget: QWidget) -> Iterator[QWidget]:
    """Yield all that Tab stops at in `widget`, in order."""
    children = (child for child in widget.children() if isinstance(child, QWidget))
    for child in as_read(child for child in children if child.isVisible() and not child.isWindow()):
        takes_tab = bool(child.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if takes_tab and child.isEnabled() and child.focusProxy() is None:
            yield child
        yield from stops(child)


def as_read(siblings: Iterable[QWidget]) -> list[QWidget]:
    """Return them row by row: a row goes on as long as the next one begins above its lower edge."""
    rows: list[list[QWidget]] = []
    bottom = 0
    for each in sorted(siblings, key=QWidget.y):
        if not rows or each.y() > bottom:
            rows.append([])
            bottom = each.geometry().bottom()
        rows[-1].append(each)
        bottom = max(bottom, each.geometry().bottom())
    return [each for row in rows for each in sorted(row, key=QWidget.x)]


def move(window: QWidget, *, forward: bool) -> bool:
    """Give the focus to the next stop of a window, or the one before; return whether there was one to leave."""
    found, now = list(stops(window)), window.focusWidget()
    if now not in found:
        return False
    target = found[(found.index(now) + (1 if forward else -1)) % len(found)]
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    target.setFocus(reason)
    around = target.parentWidget()
    while around is not None and around is not window:
        if isinstance(around, QtWidgets.QScrollArea):
            around.ensureWidgetVisible(target, 0, 0)
        around = around.parentWidget()
    return True
