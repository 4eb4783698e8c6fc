"""The tools with which a picture is marked: what to draw, in which colour, undo and redo."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QFrame, QToolButton, QWidget

from app.i18n import say
from app.model.marks import Shape
from ui import theme
from ui.flow import FlowLayout
from ui.icons import IconButton
from ui.layout import set_tip
from ui.mark_brush import COLOURS
from ui.mark_canvas import MarkCanvas

# The icon and the key of each tool; None chooses and moves.
_TOOLS: tuple[tuple[Shape | None, str, str], ...] = (
    (None, "pointer", "V"),
    (Shape.ARROW, "arrow_mark", "A"),
    (Shape.BOX, "box", "R"),
    (Shape.STEP, "step", "N"),
    (Shape.PEN, "pen", "D"),
    (Shape.TEXT, "text", "T"),
    (Shape.HIGHLIGHT, "highlight", "H"),
    (Shape.REDACTION, "redaction", "B"),
)
_RIM = 4  # points around tools that float
_DISC = 9  # points: the radius of a colour


class Swatch(QToolButton):
    """A button that shows one colour."""

    def __init__(self, colour: str) -> None:
        super().__init__()
        self._colour = colour
        self.setCheckable(True)
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedSize(QSize(28, theme.BUTTON))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the colour over the button, ringed while it is the one in use."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        now = theme.current()
        middle = QPointF(self.width() / 2, self.height() / 2)
        painter.setBrush(QColor(self._colour))
        painter.setPen(QPen(QColor(now.edge), 1))
        painter.drawEllipse(middle, _DISC - 2, _DISC - 2)
        if self.isChecked():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(now.focus), 2))
            painter.drawEllipse(middle, _DISC + 1, _DISC + 1)


class MarkTools(QFrame):
    """The tools of one canvas, wherever both are shown: in a window, or over the screen."""

    def __init__(
        self, canvas: MarkCanvas, scope: QWidget | None = None, parent: QWidget | None = None
    ) -> None:
        """Make the tools of this canvas.

        Their keys work while the focus is in `scope`; without one `take` is to be told of them, and they float over
        what their `parent` shows.
        """
        super().__init__(parent)
        self._rim = _RIM if scope is None else 0
        self.setProperty("look", "floating" if scope is None else "")
        self.setObjectName("tools")
        self._canvas = canvas
        self._scope = scope
        self._keys: dict[str, Callable[[], None]] = {}
        self._shapes: dict[Shape | None, IconButton] = {}
        self._swatches: dict[str, Swatch] = {}
        self._acts = {name: IconButton(name) for name in ("undo", "redo", "remove")}
        # Not its own layout: a window would be as high as the tools are when they are one below the other.
        self._inside = QWidget(self)
        self._flow = FlowLayout(self._inside)
        self._lay_out()
        self._connect()
        self.speak()
        self._show()

    def _lay_out(self) -> None:
        flow = self._flow
        flow.setSpacing(2)
        for shape, icon, _ in _TOOLS:
            button = self._shapes[shape] = IconButton(icon)
            button.setCheckable(True)
            flow.addWidget(button)
        for name, colour in COLOURS.items():
            self._swatches[name] = Swatch(colour)
            flow.addWidget(self._swatches[name])
        for button in self._acts.values():
            flow.addWidget(button)

    def _connect(self) -> None:
        canvas = self._canvas
        for shape, _, key in _TOOLS:
            self._on(self._shapes[shape], lambda *_, shape=shape: self._use(shape), key)
        for name, colour in COLOURS.items():
            self._on(self._swatches[name], lambda *_, colour=colour: canvas.use_colour(colour))
        self._on(self._acts["undo"], canvas.undo, "Ctrl+Z")
        self._on(self._acts["redo"], canvas.redo, "Ctrl+Shift+Z", "Ctrl+Y")
        self._on(self._acts["remove"], canvas.remove_chosen)
        canvas.changed.connect(self._show)
        canvas.shape_changed.connect(self._show)

    def _on(self, button: QToolButton, act: Callable[..., None], *keys: str) -> None:
        button.clicked.connect(act)
        button.clicked.connect(self._show)  # a button that is pressed while it is in use stays pressed
        for key in keys:
            self._keys[key] = act
            if self._scope is not None:
                shortcut = QShortcut(QKeySequence(key), self._scope, act)
                shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def take(self, event: QKeyEvent) -> bool:
        """Do what a key is for; tell whether it was for any of the tools."""
        act = self._keys.get(QKeySequence(event.keyCombination()).toString())
        if act is not None:
            act()
        return act is not None

    def breadth(self) -> int:
        """Return how wide it is when everything is in one row, in logical pixels."""
        items = [self._flow.itemAt(index) for index in range(self._flow.count())]
        widths = [item.sizeHint().width() for item in items if item is not None]
        return sum(widths) + self._flow.spacing() * (len(widths) - 1) + 2 * self._rim

    def _use(self, shape: Shape | None) -> None:
        self._canvas.use(shape)
        self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self) -> None:
        """Show what is in use and what can be done."""
        for shape, button in self._shapes.items():
            button.setChecked(shape is self._canvas.shape())
        for name, swatch in self._swatches.items():
            swatch.setChecked(COLOURS[name] == self._canvas.colour())
            swatch.setEnabled(self._canvas.shape() is not Shape.REDACTION)
        self._acts["undo"].setEnabled(self._canvas.can_undo())
        self._acts["redo"].setEnabled(self._canvas.can_redo())
        self._acts["remove"].setEnabled(self._canvas.chosen() is not None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the tools anew."""
        super().resizeEvent(event)
        rim, width = self._rim, self.width() - 2 * self._rim
        height = self._flow.heightForWidth(width)
        self._inside.setGeometry(rim, rim, width, height)
        self.setFixedHeight(height + 2 * rim)

    def speak(self) -> None:
        """Say everything in the language of now."""
        for shape, _, key in _TOOLS:
            self._shapes[shape].call(say(f"marks.{shape or 'choose'}"), key)
        for name, swatch in self._swatches.items():
            swatch.setAccessibleName(say(f"marks.{name}"))
            set_tip(swatch, say(f"marks.{name}"))
        for name, key in (("undo", "Ctrl+Z"), ("redo", "Ctrl+Shift+Z"), ("remove", "Del")):
            self._acts[name].call(say(f"marks.{name}"), key)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.speak()
