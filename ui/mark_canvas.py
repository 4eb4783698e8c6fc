"""A picture on which marks are drawn, chosen and moved, with the mouse or the keyboard."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from app.i18n import say
from app.model.marks import SPANNED, Mark, Markup, Shape
from ui import theme
from ui.arrows import ARROWS
from ui.mark_brush import Brush, extended, extent
from ui.mark_painter import drawn, outline, paint, stroke_for
from ui.mark_words import MarkWords
from ui.picture_stage import PictureStage

_LEAST = 4  # points of the screen: what is shorter was a click
_SLACK = 5  # points of the screen beside a mark that still hit it
_LEAP = 10  # pixels that an arrow key moves a mark together with Ctrl
_PLACED = 6  # a mark placed by a key is this part of the picture
_GAP = 3  # points of the screen between the chosen mark and the line around it
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_REMOVE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class MarkCanvas(PictureStage):
    """Shows a picture with its marks exactly as it will be sent.

    `changed`: the marks, or which of them is chosen.  `shape_changed`: what is drawn next; None chooses and moves.
    """

    changed = Signal()
    shape_changed = Signal()

    def __init__(self, parent: QWidget | None = None, *, still: bool = False) -> None:
        """`still`: it lies over a part of the screen, and lets through what is no mark; see `PictureStage`."""
        super().__init__(parent, still=still)
        self._plain = QImage()
        self._markup = Markup()
        self._brush = Brush()
        self._chosen: int | None = None
        self._pending: Mark | None = None
        self._lifted: Mark | None = None  # the chosen mark, as it was before it was moved
        self._from = QPointF()
        self._words = MarkWords(self)
        self._words.editingFinished.connect(self.finish)
        self._rewritten: int | None = None  # the text that is being changed
        self.speak()

    # What is on the picture

    def edit(self, image: QImage, markup: Markup) -> None:
        """Show a picture with these marks on it."""
        self._words.take()
        self._plain = image.convertToFormat(QImage.Format.Format_RGB32)
        self._brush.width = stroke_for(image.size())
        self._markup, self._chosen, self._pending = markup, None, None
        self.show_image(drawn(self._plain, markup.marks))
        self._tell()

    def markup(self) -> Markup:
        """Return the marks and what can be undone; what is just being typed is not among them: see `finish`."""
        return self._markup

    def marks(self) -> tuple[Mark, ...]:
        """Return the marks, the lowest first."""
        return self._markup.marks

    def finish(self) -> None:
        """Take what is being typed or drawn as it stands."""
        again = self.hasFocus() or self._words.hasFocus()
        if (mark := self._words.take()) is not None:
            self._keep_words(mark)
            if again:
                self.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._pending is not None:
            self._end()

    def _keep_words(self, mark: Mark) -> None:
        """Take a text, in the place of the one it was made of; one whose words were deleted is gone."""
        at, self._rewritten = self._rewritten, None
        if at is not None:
            self._take(self._markup.put(at, mark) if mark.text else self._markup.remove(at))
        elif mark.text:
            self._take(self._markup.add(mark), len(self.marks()))

    def undo(self) -> None:
        """Take the last change back."""
        self.finish()
        self._take(self._markup.undo())

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        self.finish()
        self._take(self._markup.redo())

    def can_undo(self) -> bool:
        """Tell whether there is a change to take back."""
        return bool(self._markup.past)

    def can_redo(self) -> bool:
        """Tell whether a change was taken back."""
        return bool(self._markup.future)

    # What is drawn next, and which mark is chosen

    def wants(self, event: QKeyEvent) -> bool:
        """Tell whether a key is for the chosen mark, or ends what is being drawn."""
        if event.key() == Qt.Key.Key_Escape:
            return self._pending is not None or self._chosen is not None
        return self._chosen is not None and (event.key() in ARROWS or event.key() in _REMOVE)

    def shape(self) -> Shape | None:
        """Return what is drawn next; None while marks are chosen and moved."""
        return self._brush.shape

    def use(self, shape: Shape | None) -> None:
        """Draw this next, or choose and move."""
        self.finish()
        self._brush.shape = shape
        self._choose(None)
        self._show_cursor()
        self.shape_changed.emit()

    def _show_cursor(self) -> None:
        self.setCursor(
            Qt.CursorShape.ArrowCursor if self._brush.shape is None else Qt.CursorShape.CrossCursor
        )

    def colour(self) -> str:
        """Return the colour of what is drawn next."""
        return self._brush.colour()

    def use_colour(self, colour: str) -> None:
        """Draw in this colour from now on; the chosen mark takes it too.  A redaction stays black."""
        self._brush.use_colour(colour)
        self._words.recolour(colour)
        if (mark := self.chosen()) is not None and mark.shape is not Shape.REDACTION:
            self._take(self._markup.put(self._index(), replace(mark, colour=colour)), self._chosen)
        self.shape_changed.emit()

    def chosen(self) -> Mark | None:
        """Return the mark that is chosen."""
        return None if self._chosen is None else self.marks()[self._chosen]

    def remove_chosen(self) -> None:
        """Remove the mark that is chosen."""
        if self._chosen is not None:
            self._take(self._markup.remove(self._chosen))

    def _index(self) -> int:
        if self._chosen is None:
            raise RuntimeError("no mark is chosen")
        return self._chosen

    def _choose(self, index: int | None) -> None:
        self._chosen = index
        self.update()
        self.changed.emit()

    def _take(self, markup: Markup, chosen: int | None = None) -> None:
        self._markup, self._chosen = markup, chosen
        self.replace_image(drawn(self._plain, markup.marks))
        self._tell()

    def _tell(self) -> None:
        self.setAccessibleDescription(say("marks.count", n=len(self.marks())))
        self.changed.emit()

    def is_at(self, point: QPointF) -> bool:
        """Tell whether there is a mark at a point of the widget."""
        return self._at(point) is not None

    def _at(self, point: QPointF) -> int | None:
        """Return the highest mark at a point of the widget."""
        slack = _SLACK / self.scale()
        at = self.image_point(point)
        around = QRectF(at.x() - slack, at.y() - slack, 2 * slack, 2 * slack)
        hit = (i for i, mark in reversed(list(enumerate(self.marks()))) if outline(mark).intersects(around))
        return next(hit, None)

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a mark, take hold of one, or of the picture."""
        self.finish()
        self._from = self.image_point(event.position())
        if event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
        elif self._brush.shape is None:
            self._choose(self._at(event.position()))
            if (mark := self.chosen()) is None:
                super().mousePressEvent(event)
            else:
                self._lifted = mark
        elif self._brush.shape is Shape.TEXT:
            event.accept()  # the field opens when the button is let go: before, the press would take its focus
        else:
            self._begin(self._from)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw or move to here."""
        here = self.image_point(event.position())
        if self._pending is not None:
            self._pending = extended(self._pending, here)
            self.update()
        elif self._lifted is not None:
            way = here - self._from
            moved = self._lifted.moved(way.x(), way.y())
            self._show_lifted(moved)
        else:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of what was drawn or moved."""
        left = event.button() is Qt.MouseButton.LeftButton
        if left and self._brush.shape is Shape.TEXT:
            self._write_at(event.position())
        elif left and self._pending is not None:
            self._end()
        elif left and self._lifted is not None:
            way = self.image_point(event.position()) - self._from
            moved, self._lifted = self._lifted.moved(way.x(), way.y()), None
            self._take(self._markup.put(self._index(), moved), self._chosen)
        else:
            super().mouseReleaseEvent(event)
        self._show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Change the words of a text; elsewhere as a press: whoever draws quickly draws twice."""
        found = self._at(event.position())
        if self._brush.shape is None and found is not None and self.marks()[found].shape is Shape.TEXT:
            self._rewrite(found)
        elif self._brush.shape is None and found is None:
            super().mouseDoubleClickEvent(event)
        else:
            self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer; what is being typed is taken first, because its place moves."""
        self.finish()
        super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Go on showing the whole picture; what is being typed is taken first."""
        self.finish()
        super().resizeEvent(event)

    # Drawing

    def _begin(self, at: QPointF) -> None:
        self._pending = self._brush.begun(at)
        self._choose(None)

    def _end(self) -> None:
        mark, self._pending = self._pending, None
        if mark is None:
            return
        if mark.shape is Shape.STEP or extent(mark) * self.scale() >= _LEAST:
            self._take(self._markup.add(mark), len(self.marks()))
        else:
            self.update()

    def _show_lifted(self, moved: Mark) -> None:
        others = self._markup.put(self._index(), moved).marks
        self.replace_image(drawn(self._plain, others))
        self.changed.emit()

    def draw_over(self, painter: QPainter) -> None:
        """Draw the mark that is being drawn, and a line around the one that is chosen."""
        if self._pending is not None:
            steps = sum(mark.shape is Shape.STEP for mark in self.marks())
            paint(painter, (self._pending,), self._plain.size(), steps + 1)
        # Aids, which are not sent: where something is hidden, black on black too, and which mark is chosen.
        for mark in self.marks():
            if mark.shape is Shape.REDACTION:
                self._frame(painter, mark, Qt.PenStyle.SolidLine, 0)
        chosen = self.chosen()
        if chosen is not None and self._lifted is None:
            self._frame(painter, chosen, Qt.PenStyle.DashLine, _GAP / self.scale())

    @staticmethod
    def _frame(painter: QPainter, mark: Mark, line: Qt.PenStyle, gap: float) -> None:
        pen = QPen(QColor(theme.current().focus), 1, line)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(outline(mark).boundingRect().adjusted(-gap, -gap, gap, gap))

    # Words, typed in place

    def writing(self) -> QWidget | None:
        """Return the field in which words are being typed; None while there is none."""
        return self._words if self._words.is_open() else None

    def _write_at(self, point: QPointF) -> None:
        found = self._at(point)
        if found is not None and self.marks()[found].shape is Shape.TEXT:
            self._rewrite(found)
        else:
            self._write(self._brush.mark(self.image_point(point)))

    def _rewrite(self, index: int) -> None:
        mark = self.marks()[index]
        self._choose(None)
        self._rewritten = index
        self.replace_image(drawn(self._plain, self._markup.remove(index).marks))
        self._write(mark)

    def _write(self, mark: Mark) -> None:
        at = self.widget_point(QPointF(*mark.points[0])).toPoint()
        self._words.open(mark, at, self.scale())

    # The keyboard

    def event(self, event: QEvent) -> bool:
        """Keep the keys that move and remove a mark from becoming shortcuts of the window."""
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self.wants(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Place with Enter what is drawn, or choose the next mark; move it with the arrows, with Shift its end."""
        key = event.key()
        mark = self.chosen()
        if key in _ENTER:
            self._place() if self._brush.shape is not None else self._choose_next()
        elif mark is not None and key in ARROWS:
            self._nudge(mark, event)
        elif mark is not None and key in _REMOVE:
            self.remove_chosen()
        elif key == Qt.Key.Key_Escape and self._pending is not None:
            self._pending = None
            self.update()
        elif key == Qt.Key.Key_Escape and mark is not None:
            self._choose(None)
        else:
            super().keyPressEvent(event)

    def _choose_next(self) -> None:
        if self.marks():
            self._choose(0 if self._chosen is None else (self._chosen + 1) % len(self.marks()))

    def _place(self) -> None:
        middle = self.image_point(QRectF(self.rect()).center())
        reach = QPointF(self._plain.width() / _PLACED / 2, self._plain.height() / _PLACED / 2)
        if self._brush.shape is Shape.TEXT:
            self._write(self._brush.mark(middle))
        elif self._brush.shape is Shape.STEP:
            self._take(self._markup.add(self._brush.mark(middle)), len(self.marks()))
        else:
            self._take(self._markup.add(self._brush.mark(middle - reach, middle + reach)), len(self.marks()))

    def _nudge(self, mark: Mark, event: QKeyEvent) -> None:
        dx, dy = ARROWS[event.key()]
        held = event.modifiers()
        leap = _LEAP if held & Qt.KeyboardModifier.ControlModifier else 1
        if held & Qt.KeyboardModifier.ShiftModifier and (mark.shape in SPANNED or mark.shape is Shape.ARROW):
            x, y = mark.points[-1]
            mark = replace(mark, points=(*mark.points[:-1], (x + leap * dx, y + leap * dy)))
        else:
            mark = mark.moved(leap * dx, leap * dy)
        self._take(self._markup.put(self._index(), mark), self._chosen)

    def speak(self) -> None:
        """Say everything in the language of now."""
        self.setAccessibleName(say("marks.canvas"))
        self._words.setAccessibleName(say("marks.words"))
        self.setAccessibleDescription(say("marks.count", n=len(self.marks())))
