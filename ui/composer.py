"""Where a question is written and things are put beside it."""

from dataclasses import replace
from pathlib import Path

from PySide6 import QtWidgets
from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from app.i18n import say
from app.model.attachments import Attachment, Draft, Progress
from app.model.sentences import Sentence, sentence
from ui import offers
from ui.icons import IconButton
from ui.layout import column, frame, label, row, set_look
from ui.question_edit import QuestionEdit
from ui.theme import SPACE

_COLUMN, _NARROWEST = 860, 200


class Composer(QFrame):
    """Holds one `Draft`.

    After `submitted` it is busy until `set_busy(False)`, and keeps the draft until it is given
    another: a question that could not be stored is still there.  What is attached is shown by a `Shelf`.
    `offer_taken`: what was offered beside a problem is wanted.
    """

    submitted = Signal(object)
    stop_requested = Signal()
    capture_requested = Signal()
    files_offered = Signal(object)
    picture_pasted = Signal(object)
    draft_changed = Signal(object)
    attachments_changed = Signal(object)
    attachment_removed = Signal(str)
    refused = Signal(object)
    offer_taken = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer")
        self._draft = Draft()
        self._busy = self._problem = False
        self._estimate: Sentence | None = None
        self._also: Sentence | None = None
        self._offered: Sentence | None = None
        self._edit = QuestionEdit()
        self._hint = label("small", wrap=True)
        self._offer = QPushButton()
        self._offer.hide()
        self._attach, self._capture = IconButton("attach"), IconButton("region")
        self._send = IconButton("send", look="primary", tone="on_accent")
        self._lay_out()
        self._edit.textChanged.connect(self._read_text)
        self._edit.sent.connect(self.submit)
        self._edit.pasted.connect(self._take)
        self._edit.focused.connect(self._show_focus)
        self._attach.clicked.connect(self.choose_files)
        self._capture.clicked.connect(self.capture_requested)
        self._send.clicked.connect(self._press)
        self._offer.clicked.connect(self._take_offer)
        self._speak()

    def _lay_out(self) -> None:
        self._box = frame("question")
        self._box.setMaximumWidth(_COLUMN)
        row(self, margins=(2 * SPACE, SPACE, 2 * SPACE, 2 * SPACE)).addWidget(self._box)
        self._send.setFixedSize(32, 32)
        tools = row(gap=4)
        tools.addWidget(self._attach)
        tools.addWidget(self._capture)
        tools.addSpacing(4)
        tools.addWidget(self._hint, 1)
        tools.addWidget(self._send, 0, Qt.AlignmentFlag.AlignBottom)
        self._inside = column(self._box, margins=(SPACE, SPACE, SPACE, SPACE))
        self._inside.addWidget(self._edit)
        self._inside.addLayout(tools)
        self._inside.addWidget(self._offer, 0, Qt.AlignmentFlag.AlignRight)

    def put_shelf(self, shelf: QWidget) -> None:
        """Show this over the text: it has what is attached."""
        self._inside.insertWidget(0, shelf)

    def room(self) -> int:
        """Return how wide the shelf may be, in logical pixels."""
        return max(self._box.contentsRect().width() - 2 * SPACE, _NARROWEST)

    # The draft

    def draft(self) -> Draft:
        """Return the question as it stands."""
        return self._draft

    def set_draft(self, draft: Draft) -> None:
        """Show another draft, without a `draft_changed`."""
        self._draft = draft
        self._edit.blockSignals(True)
        self._edit.setPlainText(draft.text)
        self._edit.blockSignals(False)
        self._edit.moveCursor(self._edit.textCursor().MoveOperation.End)
        self._edit.refit()
        self.attachments_changed.emit(draft.attachments)
        self.set_estimate(None)

    def put_attachment(self, attachment: Attachment) -> None:
        """Add an attachment, or show what has become of it."""
        ids = [known.id for known in self._draft.attachments]
        kept = list(self._draft.attachments)
        if attachment.id in ids:
            kept[ids.index(attachment.id)] = attachment
        else:
            kept.append(attachment)
        self._change(replace(self._draft, attachments=tuple(kept)))

    def remove_attachment(self, attachment_id: str) -> None:
        """Take an attachment out, without an `attachment_removed`."""
        kept = tuple(known for known in self._draft.attachments if known.id != attachment_id)
        self._change(replace(self._draft, attachments=kept))

    def take_out(self, attachment_id: str) -> None:
        """Take an attachment out because the user wants it so."""
        self.remove_attachment(attachment_id)
        self.focus_text()
        self.attachment_removed.emit(attachment_id)

    # What the app knows of it

    def set_busy(self, busy: bool) -> None:
        """Offer to stop instead of to send while a reply is being written."""
        self._busy = busy
        self._speak()

    def set_estimate(
        self,
        estimate: Sentence | None,
        *,
        problem: bool = False,
        also: Sentence | None = None,
        offer: Sentence | None = None,
    ) -> None:
        """Show what the request will cost, and `also` what follows; with `problem`, why it cannot be sent as it is.

        `offer` is what can be done about a problem.
        """
        self._estimate, self._problem = estimate, problem
        self._also, self._offered = also, offer
        self._say_hint(estimate, self._look())
        self._refresh()

    def has_problem(self) -> bool:
        """Tell whether the draft cannot be sent as it is."""
        return self._problem

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
        dialog = QtWidgets.QFileDialog(self.window(), say("composer.choose_files"))
        dialog.setFileMode(dialog.FileMode.ExistingFiles)
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

    def _take_offer(self) -> None:
        # The button will be gone, and the focus would wander off.
        self.focus_text()
        self.offer_taken.emit()

    def _obstacle(self) -> Sentence | None:
        if self._busy:
            return sentence("composer.wait_for_reply")
        return self._estimate if self._problem else None

    def _is_empty(self) -> bool:
        return not self._draft.text.strip() and not self._draft.attachments

    def submit(self) -> None:
        """Send the draft, unless there is nothing in it or something in its way."""
        if self._is_empty():
            return
        if (obstacle := self._obstacle()) is not None:
            self._say_hint(obstacle, "danger" if self._look() == "danger" else "warning")
            return
        # Busy before the signal: a second Enter must not send the same question again.
        self.set_busy(True)
        self.submitted.emit(self._draft)

    def _press(self) -> None:
        if self._busy:
            self.stop_requested.emit()
        else:
            self.submit()

    # Inside

    def _read_text(self) -> None:
        self._change(replace(self._draft, text=self._edit.toPlainText()))

    def _change(self, draft: Draft) -> None:
        if draft == self._draft:
            return
        before, self._draft = self._draft, draft
        if draft.attachments != before.attachments:
            self.attachments_changed.emit(draft.attachments)
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
        also = self._also if what is self._estimate else None
        self._hint.setText(" · ".join(say(one) for one in (what, also) if one is not None))
        self._offer.setVisible(self._offered is not None and not self._busy)
        self._offer.setText(say(self._offered) if self._offered is not None else "")
        set_look(self._hint, "look", look)

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

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._speak()
