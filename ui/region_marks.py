"""Marks drawn on the frozen screen, before what is selected there is taken."""

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from app.boxes import holds
from app.model.marks import Mark, Markup
from app.model.screens import Box
from ui.mark_canvas import MarkCanvas
from ui.mark_tools import MarkTools
from ui.region_overlay import Overlay
from ui.region_picker import RegionPicker
from ui.theme import SPACE


class RegionMarks(QObject):
    """Puts the tools below a finished selection, and a canvas on it.

    The marks keep their places on the desktop when the selection is moved or sized, so that what is hidden stays so;
    they go when it is given up.  Without a tool the mouse goes through to the selection, but where a mark is.
    """

    def __init__(self, picker: RegionPicker) -> None:
        super().__init__(picker)
        self._picker = picker
        self._overlay: Overlay | None = None
        self._canvas: MarkCanvas | None = None
        self._tools: MarkTools | None = None
        self._box: Box | None = None
        self._has_mouse = False  # a mark was taken hold of
        self._markup = Markup()  # in pixels of the desktop
        picker.held.connect(self._place)

    def begin(self) -> None:
        """Forget what was drawn before."""
        self._markup, self._box = Markup(), None

    def of(self, box: Box | None) -> tuple[Mark, ...]:
        """Return the marks in the pixels of what was selected, whatever is being done with it; None is the desktop."""
        self._collect()
        return _moved(self._markup, box, -1).marks if box is not None else ()

    def _collect(self) -> None:
        if self._canvas is not None and self._box is not None:
            self._canvas.finish()
            self._markup = _moved(self._canvas.markup(), self._box, 1)

    def _place(self, overlay: Overlay | None, _: QRect | None) -> None:
        """Follow the selection."""
        self._collect()
        box = self._picker.held_box()
        if overlay is None or box is None or not _lies_on(overlay, box):
            self._clear()
            if self._picker.is_open() and self._picker.region() is None:
                self.begin()  # it was given up
            return
        if overlay is not self._overlay or self._canvas is None or self._tools is None:
            self._clear()
            self._open(overlay)
        self._show(overlay, box)

    def _open(self, overlay: Overlay) -> None:
        self._overlay = overlay
        self._canvas = MarkCanvas(overlay, still=True)
        self._canvas.shape_changed.connect(self._let_through)
        self._tools = MarkTools(self._canvas, parent=overlay)
        self._tools.setCursor(Qt.CursorShape.ArrowCursor)
        overlay.installEventFilter(self)

    def _show(self, overlay: Overlay, box: Box) -> None:
        canvas, tools, frame = self._canvas, self._tools, overlay.frame()
        if canvas is None or tools is None or frame is None:
            return
        self._box = box
        shape = canvas.shape()
        rect = frame.logical(box).toAlignedRect()
        canvas.setGeometry(rect)
        canvas.edit(overlay.cut(box), _moved(self._markup, box, -1))
        canvas.use(shape)
        canvas.show()
        tools.resize(min(tools.breadth(), overlay.width() - 2 * SPACE), tools.height())
        tools.show()
        tools.move(_beside(rect, tools.rect(), overlay.rect()))

    def _let_through(self) -> None:
        if self._canvas is not None:
            through = self._canvas.shape() is None
            self._canvas.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, through)

    def _clear(self) -> None:
        if self._overlay is not None:
            self._overlay.removeEventFilter(self)
        for widget in (self._canvas, self._tools):
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._overlay = self._canvas = self._tools = self._box = None
        self._has_mouse = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take of the overlay's events what is for the marks; it has grabbed all keys."""
        canvas, tools = self._canvas, self._tools
        if canvas is None or tools is None:
            return False
        if isinstance(event, QMouseEvent):
            return self._take_mouse(canvas, event)
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._take_key(canvas, tools, event)
        return False

    def _take_mouse(self, canvas: MarkCanvas, event: QMouseEvent) -> bool:
        at = event.position() - QPointF(canvas.pos())
        if event.type() is QEvent.Type.MouseButtonPress and event.button() is Qt.MouseButton.LeftButton:
            inside = QRectF(canvas.rect()).contains(at)
            self._has_mouse = canvas.shape() is None and inside and canvas.is_at(at)
        if not self._has_mouse:
            return False
        for kind, handle in (
            (QEvent.Type.MouseButtonPress, canvas.mousePressEvent),
            (QEvent.Type.MouseMove, canvas.mouseMoveEvent),
            (QEvent.Type.MouseButtonRelease, canvas.mouseReleaseEvent),
        ):
            if event.type() is kind:
                button, buttons, held = event.button(), event.buttons(), event.modifiers()
                handle(QMouseEvent(kind, at, event.globalPosition(), button, buttons, held))
        self._has_mouse = event.type() is not QEvent.Type.MouseButtonRelease
        return True

    @staticmethod
    def _take_key(canvas: MarkCanvas, tools: MarkTools, event: QKeyEvent) -> bool:
        if (field := canvas.writing()) is not None:
            QApplication.sendEvent(field, event)
            return True
        if canvas.wants(event):
            canvas.keyPressEvent(event)
            return True
        return tools.take(event)


def _lies_on(overlay: Overlay, box: Box) -> bool:
    """Tell whether a box lies on one screen, whole."""
    frame = overlay.frame()
    right, bottom = box.left + box.width - 1, box.top + box.height - 1
    return frame is not None and holds(frame.box, box.left, box.top) and holds(frame.box, right, bottom)


def _moved(markup: Markup, box: Box | None, way: int) -> Markup:
    """Return marks in pixels of the desktop (`way` 1) or of a box on it (-1), with all that can be undone."""
    if box is None:
        return markup
    dx, dy = way * box.left, way * box.top

    def move(marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
        return tuple(mark.moved(dx, dy) for mark in marks)

    return Markup(move(markup.marks), tuple(map(move, markup.past)), tuple(map(move, markup.future)))


def _beside(region: QRect, tools: QRect, room: QRect) -> QPoint:
    """Return where the tools stand: below the region at its right end, else above it, else inside."""
    room = room.adjusted(SPACE, SPACE, -SPACE, -SPACE)
    left = max(min(region.right() - tools.width(), room.right() - tools.width()), room.left())
    for top in (
        region.bottom() + SPACE,
        region.top() - tools.height() - 5 * SPACE,
    ):  # above it its size is told
        if room.top() <= top <= room.bottom() - tools.height():
            return QPoint(left, top)
    return QPoint(left, min(region.bottom(), room.bottom()) - tools.height() - SPACE)
