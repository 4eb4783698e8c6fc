"""Marking one picture: the tools over the picture."""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from app.model.marks import Markup, Shape
from ui.layout import column
from ui.mark_canvas import MarkCanvas
from ui.mark_tools import MarkTools


class MarkEditor(QWidget):
    """Shows a picture with its tools; `changed` when the marks are others, or another is chosen."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = MarkCanvas()
        self._tools = MarkTools(self._canvas, self)
        whole = column(self)
        whole.addWidget(self._tools)
        whole.addWidget(self._canvas, 1)
        self.setFocusProxy(self._canvas)
        self._canvas.changed.connect(self.changed)

    def edit(self, image: QImage, markup: Markup, shape: Shape | None = Shape.ARROW) -> None:
        """Show a picture with these marks; `shape` is drawn first, None chooses and moves."""
        self._canvas.edit(image, markup)
        self._canvas.use(shape)

    def canvas(self) -> MarkCanvas:
        """Return the picture that is being marked."""
        return self._canvas

    def markup(self) -> Markup:
        """Return the marks, what is just being typed among them, and what can be undone."""
        self._canvas.finish()
        return self._canvas.markup()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._canvas.speak()
