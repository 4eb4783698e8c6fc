"""What is attached to the question, as chips over its text."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.model.attachments import Attachment
from app.model.sentences import Sentence
from ui.chip import THUMB, Chip
from ui.composer import Composer
from ui.flow import FlowLayout
from ui.layout import column, scrolling
from ui.page_picker import PagePicker
from ui.thumbnails import Loader, Thumbnails

_LOWEST, _SHARE = 132, 0.4  # of the window's height


class Shelf(QWidget):
    """Shows the attachments of the composer's draft, and is not seen while there are none."""

    attachment_opened = Signal(object, int)
    pages_chosen = Signal(str, object)
    strip_wanted = Signal(object)

    def __init__(self, composer: Composer, load: Loader) -> None:
        """`load` gives the bytes of a stored picture."""
        super().__init__()
        self._composer = composer
        self._load = load
        self._chips: dict[str, Chip] = {}
        self._thumbnails = Thumbnails(load, THUMB, composer.devicePixelRatioF(), self)
        self._inside = QWidget()
        self._flow = FlowLayout(self._inside)
        self._area = scrolling(self._inside)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column(self).addWidget(self._area)
        composer.put_shelf(self)
        composer.attachments_changed.connect(self._show)
        self._show(composer.draft().attachments)

    def set_tokens(self, attachment_id: str, tokens: Sentence | None) -> None:
        """Show on its chip what an attachment will cost."""
        if attachment_id in self._chips:
            self._chips[attachment_id].set_tokens(tokens)

    def _show(self, attachments: tuple[Attachment, ...]) -> None:
        wanted = {attachment.id for attachment in attachments}
        for gone in self._chips.keys() - wanted:
            self._drop(gone)
        for attachment in attachments:
            self._put(attachment)
        self._fit()

    def _put(self, attachment: Attachment) -> None:
        if (chip := self._chips.get(attachment.id)) is not None:
            chip.show_attachment(attachment)
            return
        chip = Chip(attachment, self._thumbnails)
        chip.set_room(self._composer.room())
        chip.opened.connect(lambda: self.attachment_opened.emit(chip.attachment(), 0))
        chip.removed.connect(partial(self._composer.take_out, attachment.id))
        chip.pages_wanted.connect(partial(self._choose_pages, chip))
        chip.strip_wanted.connect(lambda: self.strip_wanted.emit(chip.attachment()))
        self._chips[attachment.id] = chip
        self._flow.addWidget(chip)
        chip.show()  # else it counts for nothing until the loop comes round

    def _drop(self, chip_id: str) -> None:
        chip = self._chips.pop(chip_id)
        self._flow.removeWidget(chip)
        chip.hide()
        chip.deleteLater()

    def _choose_pages(self, chip: Chip) -> None:
        picker = PagePicker(chip.attachment(), self._load, self.window())
        picker.chosen.connect(partial(self.pages_chosen.emit, chip.attachment().id))
        picker.open()

    def _fit(self) -> None:
        room = self._composer.room()
        for chip in self._chips.values():
            chip.set_room(room)
        self.setVisible(bool(self._chips))
        self._flow.invalidate()
        height = self._flow.heightForWidth(room)
        most = max(_LOWEST, round(_SHARE * self.window().height()))
        # Not its own: the layout would not hear of a height that it has not asked for.
        self._area.setFixedHeight(min(height, most))
        self._area.ensureVisible(0, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the chips anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()
