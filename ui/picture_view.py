"""A picture, page or capture at its full size: zoom, move, next and previous, and marks where they are allowed."""

from collections.abc import Callable

from PySide6 import QtWidgets
from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from app.i18n import say
from app.model.attachments import Attachment, Kind, Picture
from app.model.marks import Markup
from app.model.sentences import Sentence, sentence
from ui.icons import IconButton
from ui.layout import column, frame, label, row
from ui.mark_editor import MarkEditor
from ui.picture_stage import STEP, PictureStage
from ui.theme import SPACE
from ui.thumbnails import LARGEST, Decoder, Loader

_LOSSY = "image/jpeg"
_BUTTONS = ("left", "right", "mark", "more", "save", "minus", "plus", "fit", "close")


class PictureView(QDialog):
    """Shows the pictures of an attachment one at a time.

    `save_requested`: the user wants a copy of the file as it came, this `Blob`, whatever was made of it for models.
    `marked`: index and marks, which are to become part of that picture; then `show_attachment` shows it.
    `text_requested`, `codes_requested`: the user wants what is written in the `Picture`, or in its QR codes.
    `pin_requested`: the `Picture` is to stay on the screen.
    """

    save_requested = Signal(object)
    marked = Signal(int, object)
    text_requested = Signal(object)
    codes_requested = Signal(object)
    pin_requested = Signal(object)

    def __init__(
        self, attachment: Attachment, index: int, load: Loader, parent: QWidget | None = None
    ) -> None:
        """`index` counts from 0 in ``attachment.pictures``; out of range means the nearest."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._pictures = attachment.pictures
        self._kind, self._source = attachment.kind, attachment.source
        self._name = attachment.name
        self._decoder = Decoder(load, LARGEST, self)
        self._index = -1
        self._stage = PictureStage()
        self._image = QImage()
        self._editor = MarkEditor()
        self._foot = frame("foot")
        self._done, self._discard = QPushButton(), QPushButton()
        self._where = label()
        self._buttons = {name: IconButton(name) for name in _BUTTONS}
        self._more = QtWidgets.QMenu(self)
        self._copy_text = self._more.addAction("")
        self._copy_codes = self._more.addAction("")
        self._pin = self._more.addAction("")
        for action in (self._copy_text, self._copy_codes, self._pin):
            action.setVisible(False)
        self._lay_out()
        self._connect()
        self._speak()
        self.resize(960, 720)
        self.show_picture(index)
        self._stage.setFocus()

    def _lay_out(self) -> None:
        bar = frame("bar")
        tools = row(bar, gap=4, margins=(SPACE, SPACE, SPACE, SPACE))
        tools.addWidget(self._buttons["left"])
        tools.addWidget(self._buttons["right"])
        tools.addSpacing(SPACE)
        tools.addWidget(self._where, 1)
        for name in _BUTTONS[2:]:
            tools.addWidget(self._buttons[name])
        stage = frame("stage")
        inside = column(stage, margins=(SPACE, SPACE, SPACE, SPACE))
        inside.addWidget(self._stage)
        inside.addWidget(self._editor)
        ends = row(self._foot, margins=(SPACE, SPACE, SPACE, SPACE))
        ends.addStretch()
        for button in (self._discard, self._done):
            button.setAutoDefault(False)  # else Enter, which takes a text, would press it
            ends.addWidget(button)
        self._done.setProperty("look", "primary")
        whole = column(self, gap=0)
        whole.addWidget(bar)
        whole.addWidget(stage, 1)
        whole.addWidget(self._foot)
        self._buttons["more"].setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)
        self._buttons["more"].setMenu(self._more)
        self._buttons["mark"].hide()
        self._buttons["more"].hide()
        self._show_mode()

    def _connect(self) -> None:
        self._decoder.decoded.connect(self._show_image)
        actions: dict[str, tuple[Callable[[], None], tuple[str, ...]]] = {
            "left": (lambda: self._turn(-1), ("Left", "PgUp")),
            "right": (lambda: self._turn(1), ("Right", "PgDown", "Space")),
            "mark": (self._begin_marking, ("M",)),
            "save": (self._save, ("Ctrl+S",)),
            "minus": (lambda: self._zoom(1 / STEP), ("-", "Ctrl+-")),
            "plus": (lambda: self._zoom(STEP), ("+", "=", "Ctrl++", "Ctrl+=")),
            "fit": (self._fit, ("0", "Ctrl+0")),
            "close": (self.close_view, ("Ctrl+W",)),
        }
        for name, (act, keys) in actions.items():
            self._buttons[name].clicked.connect(act)
            for key in keys:
                QShortcut(QKeySequence(key), self, act)
        self._done.clicked.connect(self._finish_marking)
        self._discard.clicked.connect(self._leave_marking)
        self._copy_text.triggered.connect(lambda: self.text_requested.emit(self._pictures[self._index]))
        self._copy_codes.triggered.connect(lambda: self.codes_requested.emit(self._pictures[self._index]))
        self._pin.setShortcut(QKeySequence("P"))
        self._pin.triggered.connect(lambda: self.pin_requested.emit(self._pictures[self._index]))

    # Marking

    def allow_marking(self) -> None:
        """Offer to mark the pictures, because they have not been sent."""
        self._buttons["mark"].show()

    def offer_copying(self) -> None:
        """Offer to copy what is written in a picture."""
        self._offer(self._copy_text, self._copy_codes)

    def offer_pinning(self) -> None:
        """Offer to pin a picture on top of the screen."""
        self._offer(self._pin)

    def _offer(self, *actions: QAction) -> None:
        for action in actions:
            action.setVisible(True)
        self._buttons["more"].show()

    def show_attachment(self, attachment: Attachment) -> None:
        """Show the attachment as it is now, at the same picture."""
        self._pictures, self._source = attachment.pictures, attachment.source
        index, self._index = self._index, -1
        self.show_picture(index)
        self._show_mode()

    def _is_marking(self) -> bool:
        return not self._editor.isHidden()

    def _begin_marking(self) -> None:
        if self._buttons["mark"].isHidden() or self._is_marking() or self._image.isNull():
            return
        self._editor.edit(self._image, Markup())
        self._show_mode(marking=True)
        self._editor.setFocus()

    def _finish_marking(self) -> None:
        """Have the marks become part of the picture: whoever has drawn them wants them, however they leave."""
        marks = self._editor.markup().marks
        self._leave_marking()
        if marks:
            self._image = QImage()
            self._stage.wait_for(self._stage.image_size())
            self.marked.emit(self._index, marks)

    def _leave_marking(self) -> None:
        self._show_mode()
        self._stage.setFocus()

    def _show_mode(self, *, marking: bool = False) -> None:
        self._stage.setVisible(not marking)
        self._editor.setVisible(marking)
        self._foot.setVisible(marking)
        for name in ("left", "right"):
            self._buttons[name].setVisible(len(self._pictures) > 1 and not marking)
        self._buttons["save"].setVisible(self._source is not None and not marking)
        for name in ("mark", "more"):
            self._buttons[name].setEnabled(not marking)
        self._pin.setEnabled(not marking)

    def reject(self) -> None:
        """Leave the marking first, with what was drawn; then close."""
        if self._is_marking():
            self._finish_marking()
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close, with what was drawn."""
        if self._is_marking():
            self._finish_marking()
        super().closeEvent(event)

    def tell(self, words: Sentence) -> None:
        """Say something where the size of the picture stands, until it says that again."""
        self._where.setText(say(words))

    def _save(self) -> None:
        if self._source is not None:
            self.save_requested.emit(self._source)

    def close_view(self) -> None:
        """Close the window."""
        self.close()

    def _turn(self, by: int) -> None:
        if not self._is_marking():
            self.show_picture(self._index + by)

    def show_picture(self, index: int) -> None:
        """Show the picture with this index, or the nearest."""
        index = min(max(index, 0), len(self._pictures) - 1)
        if index == self._index or not self._pictures:
            return
        self._index = index
        picture = self._pictures[index]
        self._image = QImage()
        self._stage.wait_for(QSize(picture.width, picture.height))
        # Whoever leafs through quickly wants to see where it ends, not every page on the way.
        self._decoder.forget()
        self._decoder.want(picture.blob)
        self._buttons["left"].setEnabled(index > 0)
        self._buttons["right"].setEnabled(index < len(self._pictures) - 1)
        self._say_where()

    def _show_image(self, digest: str, image: QImage) -> None:
        if digest == self._pictures[self._index].blob.digest:
            self._image = image
            self._stage.show_image(image)

    def index(self) -> int:
        """Return which picture is shown, counted from 0."""
        return self._index

    def _shown(self) -> PictureStage:
        return self._editor.canvas() if self._is_marking() else self._stage

    def _zoom(self, factor: float) -> None:
        self._shown().zoom_by(factor)
        self._say_where()

    def _fit(self) -> None:
        self._shown().fit()
        self._say_where()

    def _say_where(self) -> None:
        picture = self._pictures[self._index]
        size = say("window.size", width=picture.width, height=picture.height)
        if len(self._pictures) > 1:
            size = (
                say("window.page_of", page=picture.number or self._index + 1, total=len(self._pictures))
                + " · "
                + size
            )
        if (made := self._made_smaller(picture)) is not None:
            size += " · " + say(made)
        self._where.setText(size)

    def _made_smaller(self, picture: Picture) -> Sentence | None:
        """Say how what is shown, and sent, differs from the picture as it came; None where it does not."""
        if picture.whole is not None:
            width, height = picture.whole
            return sentence("window.scaled_down", width=width, height=height)
        heavy = self._kind is Kind.PICTURE and picture.blob.mime == _LOSSY
        if heavy and self._source is not None and self._source.mime != _LOSSY:
            return sentence("window.compressed")
        return None

    def _speak(self) -> None:
        self.setWindowTitle(self._name)
        keys = {
            "left": "←",
            "right": "→",
            "save": "Ctrl+S",
            "mark": "M",
            "more": "",
            "minus": "−",
            "plus": "+",
            "fit": "0",
            "close": "Esc",
        }
        for name, button in self._buttons.items():
            button.call(say(f"window.view_{name}"), keys[name])
        self._stage.setAccessibleName(self._name)
        self._done.setText(say("marks.done"))
        self._discard.setText(say("marks.discard"))
        self._copy_text.setText(say("window.copy_text"))
        self._copy_codes.setText(say("window.copy_codes"))
        self._pin.setText(say("pin.pin"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._speak()
            self._say_where()
