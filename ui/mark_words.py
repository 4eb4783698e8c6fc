"""The field in which the words of a mark are typed, where they will stand."""

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.model.marks import Mark
from ui import theme
from ui.mark_painter import ground_for, text_font

_SMALLEST = 11  # points of the screen: letters that are typed
_NARROWEST = 80
_LONGEST = 500  # letters of one text


class MarkWords(QLineEdit):
    """Shows one text mark as it will look; Enter and Esc take it as it is, and so does whatever gets the focus."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._mark: Mark | None = None
        self._scale = 1.0
        self.setMaxLength(_LONGEST)
        self.hide()
        self.textChanged.connect(self._fit)

    def open(self, mark: Mark, at: QPoint, scale: float) -> None:
        """Let the words of a mark be typed at a point of the parent; `scale` is that of the picture."""
        self._mark, self._scale = mark, scale
        self.move(at)
        self.setText(mark.text)
        self._fit()
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def is_open(self) -> bool:
        """Tell whether words are being typed."""
        return self._mark is not None

    def recolour(self, colour: str) -> None:
        """Show the words in another colour."""
        if self._mark is not None:
            self._mark = replace(self._mark, colour=colour)
            self._fit()

    def take(self) -> Mark | None:
        """Close the field and return the mark with what was typed; None when it was closed already."""
        if self._mark is None:
            return None
        # First forgotten: hiding the field tells once more that it is finished.
        mark, self._mark = replace(self._mark, text=self.text().strip()), None
        self.hide()
        self.clear()
        return mark

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep Enter and Esc from the window, which would close."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.editingFinished.emit()
        else:
            super().keyPressEvent(event)

    def _fit(self) -> None:
        if self._mark is None:
            return
        font = QFont(text_font(self._mark))
        font.setPixelSize(max(round(font.pixelSize() * self._scale), _SMALLEST))
        self.setStyleSheet(
            f"QLineEdit, QLineEdit:focus {{ background: {ground_for(self._mark.colour)};"
            f" color: {self._mark.colour}; border: 1px solid {theme.current().focus}; border-radius: 4px;"
            " padding: 0 4px; min-height: 0;"
            f" font-size: {font.pixelSize()}px; font-weight: {font.weight().value}; }}"
        )
        metrics = QFontMetrics(font)
        wide = metrics.horizontalAdvance(self.text() + "国国") + 16
        canvas = self.parentWidget()
        most = max(canvas.width() - self.x() if canvas else 0, _NARROWEST)
        self.resize(min(wide, most), metrics.height() + 6)
