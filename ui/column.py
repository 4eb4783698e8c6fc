"""Views under one another, in the middle of what is there."""

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtWidgets import QWidget

from ui.theme import SPACE

WIDTH = 780  # the most a line of text should be wide, with its margins
GAP = 3 * SPACE
MARGIN = 3 * SPACE


class Column(QWidget):
    """Places views by hand, so that placing and scrolling happen in one go and nothing is seen to jump.

    `grown` is emitted when a view has asked for another height.
    """

    grown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Opaque, so that scrolling moves what is painted already instead of painting it again.
        self.setAutoFillBackground(True)
        self.setAttribute(Qt.WidgetAttribute.WA_StaticContents)
        self._views: list[QWidget] = []
        self._heights: dict[QWidget, int] = {}
        self._width = 0

    @property
    def views(self) -> tuple[QWidget, ...]:
        """Return the views from top to bottom."""
        return tuple(self._views)

    def insert(self, at: int, view: QWidget) -> None:
        """Put a view before the one that is at `at`; it is placed with the next `place`."""
        view.setParent(self)
        view.installEventFilter(self)
        self._views.insert(at, view)
        view.show()

    def clear(self) -> None:
        """Let go of all views."""
        for view in self._views:
            view.removeEventFilter(self)
            view.hide()
            view.deleteLater()
        self._views, self._heights = [], {}

    def place(self, room: int, least: int) -> None:
        """Place the views in a `room` of so many pixels and be at least `least` high."""
        width = max(min(room, WIDTH) - 2 * MARGIN, 1)
        if width != self._width:
            self._heights, self._width = {}, width
        x, y = (room - width) // 2, MARGIN
        for view in self._views:
            height = self._heights.get(view)
            if height is None:
                height = self._heights[view] = view.heightForWidth(width)
            view.setGeometry(QRect(x, y, width, height))
            y += height + GAP
        self.resize(room, max(y - GAP + MARGIN, least))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hear of a view that has another height now."""
        if event.type() == QEvent.Type.LayoutRequest and isinstance(watched, QWidget):
            self._heights.pop(watched, None)
            self.grown.emit()
        return super().eventFilter(watched, event)
