"""Where a question is written and things are put beside it."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QWidget

from app.i18n import say
from app.model import Attachment, Draft, Progress, Sentence, sentence
from ui import offers
from ui.chip import THUMB, Chip
from ui.flow import FlowLayout
from ui.icons import IconButton
from ui.layout import column, frame, label, row, scrolling, set_look
from ui.page_picker import PagePicker
from ui.question_edit import QuestionEdit
from ui.theme import SPACE
from ui.thumbnails import Loader, Thumbnails

_CHIPS_LOWEST, _CHIPS_SHARE = 132, 0.4  # of the window's height
_COLUMN = 860


class Composer(QFrame):
    """Holds one `Draft`.

    After `submitted` it is busy until `set_busy(False)`, and keeps the draft until it is given
    another: a question that could not be stored is still there.
    """

    submitted = Signal(object)
    stop_requested = Signal()
    capture_requested = Signal()
    files_offered = Signal(object)
    picture_pasted = Signal(object)
    draft_changed = Signal(object)
    attachment_opened = Signal(object, int)
    attachment_removed = Signal(str)
    pages_chosen = Signal(str, object)
    refused = Signal(object)

    def __init__(self, load: Loader, parent: QWidget | None = None) -> None:
        """`load` gives the bytes of a stored picture."""
        super().__init__(parent)
        self.setObjectName("composer")
        self._load = load
        self._draft = Draft()
        self._chips: dict[str, Chip] = {}
        self._busy = self._problem = False
        self._estimate: Sentence | None = None
        self._thumbnails = Thumbnails(load, THUMB, self.devicePixelRatioF(), self)
        self._edit = QuestionEdit()
        self._hint = label("small", wrap=True)
        self._attach, self._capture = IconButton("attach"), IconButton("region")
        self._send = IconButton("send", look="primary", tone="on_accent")
        self._lay_out()
        self._edit.textChanged.connect(self._read_text)
        self._edit.sent.connect(self._submit)
        self._edit.pasted.connect(self._take)
        self._edit.focused.connect(self._show_focus)
        self._attach.clicked.connect(self.choose_files)
        self._capture.clicked.connect(self.capture_requested)
        self._send.clicked.connect(self._press)
        self._speak()

    def _lay_out(self) -> None:
        self._box = frame("question")
        self._shelf = QWidget()
        self._flow = FlowLayout(self._shelf)
        self._scroll = scrolling(self._shelf)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.hide()
        self._send.setFixedSize(32, 32)
        tools = row(gap=4)
        tools.addWidget(self._attach)
        tools.addWidget(self._capture)
        tools.addSpacing(4)
        tools.addWidget(self._hint, 1)
        tools.addWidget(self._send, 0, Qt.AlignmentFlag.AlignBottom)
        inside = column(self._box, margins=(SPACE, SPACE, SPACE, SPACE))
        inside.addWidget(self._scroll)
        inside.addWidget(self._edit)
        inside.addLayout(tools)
        self._box.setMaximumWidth(_COLUMN)
        whole = row(self, margins=(2 * SPACE, SPACE, 2 * SPACE, 2 * SPACE))
        whole.addWidget(self._box)

    # The draft

    def draft(self) -> Draft:
        """Return the question as it stands."""
        return self._draft

    def set_draft(self, draft: Draft) -> None:
        """Show another draft, without a `draft_changed`."""
        for chip_id in tuple(self._chips):
            self._drop_chip(chip_id)
        self._draft = draft
        self._edit.blockSignals(True)
        self._edit.setPlainText(draft.text)
        self._edit.blockSignals(False)
        self._edit.moveCursor(self._edit.textCursor().MoveOperation.End)
        self._edit.refit()
        for attachment in draft.attachments:
            self._show_chip(attachment)
        self.set_estimate(None)
        self._fit_chips()

    def put_attachment(self, attachment: Attachment) -> None:
        """Add an attachment, or show what has become of it."""
        ids = [known.id for known in self._draft.attachments]
        kept = list(self._draft.attachments)
        if attachment.id in ids:
            kept[ids.index(attachment.id)] = attachment
        else:
            kept.append(attachment)
        self._show_chip(attachment)
        self._change(replace(self._draft, attachments=tuple(kept)))
        self._fit_chips()

    def remove_attachment(self, attachment_id: str) -> None:
        """Take an attachment out, without an `attachment_removed`."""
        kept = tuple(known for known in self._draft.attachments if known.id != attachment_id)
        if attachment_id not in self._chips:
            return
        self._drop_chip(attachment_id)
        self._change(replace(self._draft, attachments=kept))
        self._fit_chips()

    # What the app knows of it

    def set_busy(self, busy: bool) -> None:
        """Offer to stop instead of to send while a reply is being written."""
        self._busy = busy
        self._speak()

    def set_estimate(self, estimate: Sentence | None, *, problem: bool = False) -> None:
        """Show what the request will cost; with `problem`, why it cannot be sent as it is."""
        self._estimate, self._problem = estimate, problem
        self._say_hint(estimate, self._look())
        self._refresh()

    def set_tokens(self, attachment_id: str, tokens: Sentence | None) -> None:
        """Show on its chip what an attachment will cost."""
        if attachment_id in self._chips:
            self._chips[attachment_id].set_tokens(tokens)

    def focus_text(self) -> None:
        """Let the next key write into the question."""
        self._edit.setFocus(Qt.FocusReason.OtherFocusReason)

    # What the user offers

    def take(self, mime: QMimeData) -> None:
        """Take what was dropped or pasted somewhere else in the window."""
        offer = offers.read(mime)
        if offer.text:
            self._edit.textCursor().insertText(offer.text)
        self._take(offer)

    def choose_files(self) -> None:
        """Let the user choose files; returns at once."""
        dialog = QFileDialog(self.window(), say("composer.choose_files"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([say("composer.files_readable"), say("composer.files_all")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: self.files_offered.emit(tuple(map(Path, names))))
        dialog.open()

    def _take(self, offer: offers.Offer) -> None:
        if offer.paths:
            self.files_offered.emit(offer.paths)
        elif offer.picture:
            self.picture_pasted.emit(offer.picture)
        elif offer.fault is not None:
            self.refused.emit(offer.fault)

    # Sending

    def _obstacle(self) -> Sentence | None:
        for attachment in self._draft.attachments:
            if attachment.progress is Progress.READING:
                return sentence("composer.still_reading", name=attachment.name)
            if attachment.progress is Progress.FAILED:
                return sentence("composer.remove_first", name=attachment.name)
        return self._estimate if self._problem else None

    def _is_empty(self) -> bool:
        return not self._draft.text.strip() and not self._draft.attachments

    def _submit(self) -> None:
        if self._is_empty():
            return
        obstacle = sentence("composer.wait_for_reply") if self._busy else self._obstacle()
        if obstacle is not None:
            self._say_hint(obstacle, "danger" if self._look() == "danger" else "warning")
            return
        # Busy before the signal: a second Enter must not send the same question again.
        self.set_busy(True)
        self.submitted.emit(self._draft)

    def _press(self) -> None:
        if self._busy:
            self.stop_requested.emit()
        else:
            self._submit()

    # Inside

    def _read_text(self) -> None:
        self._change(replace(self._draft, text=self._edit.toPlainText()))

    def _change(self, draft: Draft) -> None:
        if draft == self._draft:
            return
        self._draft = draft
        self._say_hint(self._estimate, self._look())
        self._refresh()
        self.draft_changed.emit(draft)

    def _refresh(self) -> None:
        self._send.setEnabled(self._busy or not (self._is_empty() or self._problem))

    def _look(self) -> str:
        """Return how to show the estimate: what is still being read is nothing to worry about."""
        reading = any(one.progress is Progress.READING for one in self._draft.attachments)
        return "danger" if self._problem and not reading else "small"

    def _say_hint(self, what: Sentence | None, look: str) -> None:
        self._hint.setText(say(what) if what is not None else "")
        set_look(self._hint, "look", look)

    def _show_chip(self, attachment: Attachment) -> None:
        if (chip := self._chips.get(attachment.id)) is not None:
            chip.show_attachment(attachment)
            return
        chip = Chip(attachment, self._thumbnails)
        chip.set_room(self._room())
        chip.opened.connect(lambda: self.attachment_opened.emit(chip.attachment(), 0))
        chip.removed.connect(lambda: self._remove_by_hand(attachment.id))
        chip.pages_wanted.connect(lambda: self._choose_pages(attachment.id))
        self._chips[attachment.id] = chip
        self._flow.addWidget(chip)
        chip.show()  # else it counts for nothing until the loop comes round

    def _drop_chip(self, chip_id: str) -> None:
        chip = self._chips.pop(chip_id)
        self._flow.removeWidget(chip)
        chip.hide()
        chip.deleteLater()

    def _remove_by_hand(self, attachment_id: str) -> None:
        self.remove_attachment(attachment_id)
        self.focus_text()
        self.attachment_removed.emit(attachment_id)

    def _choose_pages(self, attachment_id: str) -> None:
        picker = PagePicker(self._chips[attachment_id].attachment(), self._load, self.window())
        picker.chosen.connect(lambda pages: self.pages_chosen.emit(attachment_id, pages))
        picker.open()

    def _room(self) -> int:
        return max(self._box.contentsRect().width() - 2 * SPACE, 200)

    def _fit_chips(self) -> None:
        for chip in self._chips.values():
            chip.set_room(self._room())
        self._scroll.setVisible(bool(self._chips))
        self._flow.invalidate()
        height = self._flow.heightForWidth(self._room())
        most = max(_CHIPS_LOWEST, round(_CHIPS_SHARE * self.window().height()))
        self._scroll.setFixedHeight(min(height, most))
        self._scroll.ensureVisible(0, height)

    def _show_focus(self, focused: bool) -> None:
        set_look(self._box, "focused", focused)

    def _speak(self) -> None:
        self._edit.setPlaceholderText(say("composer.placeholder"))
        self._edit.setAccessibleName(say("composer.question"))
        self._attach.call(say("composer.attach"), "Ctrl+O")
        self._capture.call(say("composer.capture"))
        self._send.show_icon("stop" if self._busy else "send")
        self._send.call(
            say("composer.stop" if self._busy else "composer.send"), "Esc" if self._busy else "Enter"
        )
        self._say_hint(self._estimate, self._look())
        self._refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the chips anew."""
        super().resizeEvent(event)
        self._fit_chips()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._speak()
