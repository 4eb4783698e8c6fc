"""One attachment in the composer: what it is, what will be sent of it, and what is wrong with it."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QLabel, QProgressBar, QWidget

from app.excerpt import bounds
from app.i18n import say
from app.model.attachments import Attachment, Clip, Excerpt, Kind, Progress
from app.model.sentences import Sentence
from app.page_range import text_of
from ui.icons import IconButton, IconLabel, pixmap
from ui.layout import column, label, row, set_look, set_tip
from ui.theme import current
from ui.thumbnails import Thumbnails, edged

THUMB = 44
_NARROWEST, _WIDEST = 184, 368
_LONGEST_NAME = 224
_EDGE = 7  # its padding and border

ICONS = {Kind.PICTURE: "picture", Kind.DOCUMENT: "document", Kind.DECK: "deck", Kind.CLIP: "clip"}
_PAGED = (Kind.DOCUMENT, Kind.DECK)


class Chip(QFrame):
    """Shows an `Attachment`; Enter opens it, Delete removes it."""

    opened = Signal()
    removed = Signal()
    pages_wanted = Signal()
    strip_wanted = Signal()

    def __init__(self, attachment: Attachment, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chip")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._attachment = attachment
        self._thumbnails = thumbnails
        self._tokens: Sentence | None = None
        self._room = _WIDEST
        self._thumb = QLabel()
        self._thumb.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._thumb.setFixedSize(THUMB, THUMB)
        self._name, self._detail, self._note = label(), label("small"), label(wrap=True)
        self._mark = IconLabel(size=16)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._pages = IconButton("pages", self, look="small")
        self._trim = IconButton("trim", self, look="small")
        self._close = IconButton("close", self, look="small")
        self._lay_out()
        self._pages.clicked.connect(self.pages_wanted)
        self._trim.clicked.connect(self.strip_wanted)
        self._close.clicked.connect(self.removed)
        thumbnails.ready.connect(self._show_thumbnail)
        self.show_attachment(attachment)

    def _lay_out(self) -> None:
        words = column(gap=2)
        words.addStretch()
        for widget in (self._name, self._detail, self._bar):
            words.addWidget(widget)
        words.addStretch()
        top = row(gap=4)
        top.addWidget(self._thumb)
        top.addLayout(words, 1)
        top.addWidget(self._pages)
        top.addWidget(self._trim)
        top.addWidget(self._close)
        top.insertSpacing(1, 4)
        self._foot = QWidget()
        foot = row(self._foot, gap=6, margins=(4, 0, 4, 4))
        foot.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        foot.addWidget(self._note, 1)
        self._whole = whole = column(self, gap=6, margins=(6, 6, 6, 6))
        whole.addLayout(top)
        whole.addWidget(self._foot)

    def attachment(self) -> Attachment:
        """Return what it shows."""
        return self._attachment

    def show_attachment(self, attachment: Attachment) -> None:
        """Show this state of the attachment."""
        self._attachment = attachment
        set_look(self, "progress", str(attachment.progress))
        self._show_thumbnail()
        self._speak()

    def set_tokens(self, tokens: Sentence | None) -> None:
        """Show what it will cost, for example "≈ 18k tokens"."""
        self._tokens = tokens
        self._speak()

    def set_room(self, width: int) -> None:
        """Grow no wider than this."""
        if width != self._room:
            self._room = width
            self._fit()

    def sizeHint(self) -> QSize:
        """Return its fixed size."""
        return self.minimumSize()

    def _speak(self) -> None:
        shown = self._attachment
        reading, failed = shown.progress is Progress.READING, shown.progress is Progress.FAILED
        self._detail.setVisible(bool(self.detail()))
        self._bar.setVisible(reading)
        known = reading and shown.total > 1
        self._bar.setRange(0, shown.total if known else 0)
        self._bar.setValue(len(shown.pictures) if known else 0)
        note, look = (shown.fault, "danger") if failed else (shown.notice, "warning")
        self._foot.setVisible(note is not None)
        if note is not None:
            self._note.setText(say(note))
            set_look(self._note, "look", look)
            self._mark.show_icon("error" if failed else "warning", look)
        self._pages.setVisible(shown.kind in _PAGED and not failed and len(shown.pictures) > 1)
        self._pages.call(say("composer.choose_pages"))
        self._trim.setVisible(shown.whole is not None and not reading)
        self._trim.call(say("composer.choose_part"))
        self._close.call(say("composer.cancel_reading" if reading else "composer.remove", name=shown.name))
        detail = self.detail()
        self.setAccessibleName(say("composer.chip", name=shown.name, detail=detail) if detail else shown.name)
        self.setAccessibleDescription(say(note) if note is not None else "")
        self._fit()

    def detail(self) -> str:
        """Return the line under the name: how much of it will be sent, and what it will cost."""
        shown = self._attachment
        if shown.progress is Progress.FAILED:
            return ""
        pieces = [_amount(shown)]
        if shown.progress is Progress.READY and self._tokens is not None:
            pieces.append(say(self._tokens))
        return " · ".join(filter(None, pieces))

    def _fit(self) -> None:
        for words in (self._name, self._detail, self._note):
            words.ensurePolished()
        buttons = [button for button in (self._pages, self._trim, self._close) if not button.isHidden()]
        around = 2 * _EDGE + THUMB + 8 + sum(button.sizeHint().width() + 4 for button in buttons)
        name = min(_advance(self._name, self._attachment.name), _LONGEST_NAME)
        words_width = max(name, _advance(self._detail, self.detail()))
        noted = not self._foot.isHidden()
        wanted = _WIDEST if noted else max(around + words_width + 4, _NARROWEST)
        width = min(wanted, _WIDEST, self._room)
        _elide(self._name, self._attachment.name, Qt.TextElideMode.ElideMiddle, width - around)
        _elide(self._detail, self.detail(), Qt.TextElideMode.ElideRight, width - around)
        if noted:
            self._note.setFixedHeight(_height(self._note, width - 2 * _EDGE - 2 * 4 - 16 - 6))
        self._whole.activate()
        self.setFixedSize(width, self._whole.sizeHint().height())
        self.updateGeometry()

    def _show_thumbnail(self, digest: str = "") -> None:
        pictures = self._attachment.pictures
        if not pictures or self._attachment.progress is Progress.FAILED:
            tone = "danger" if self._attachment.progress is Progress.FAILED else "muted"
            colour = getattr(current(), tone)
            self._thumb.setPixmap(pixmap(ICONS[self._attachment.kind], colour, 24, self.devicePixelRatioF()))
        elif digest in ("", pictures[0].blob.digest):
            made = self._thumbnails.get(pictures[0].blob)
            if made is not None:
                self._thumb.setPixmap(edged(made))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Enter or Space, remove with Delete or Backspace."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._open()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open with a click."""
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._open()

    def _open(self) -> None:
        if self._attachment.pictures:
            self.opened.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the appearance."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._speak()
        elif event.type() is QEvent.Type.StyleChange:
            self._show_thumbnail()


def _length(shown: Attachment, clip: Clip) -> str:
    if shown.whole is None or shown.excerpt == Excerpt():
        return say("composer.seconds", n=round(clip.seconds))
    start, end = bounds(shown, shown.excerpt)
    return say("composer.seconds_of", n=_spelled(end - start), total=_spelled(clip.seconds))


def _spelled(seconds: float) -> str:
    return f"{seconds:.1f}".removesuffix(".0")


def _advance(words: QLabel, text: str) -> int:
    return words.fontMetrics().horizontalAdvance(text)


def _elide(words: QLabel, text: str, where: Qt.TextElideMode, room: int) -> None:
    """Show as much of the text as fits, and all of it when the pointer rests on it."""
    shown = words.fontMetrics().elidedText(text, where, max(room, 24))
    words.setText(shown)
    set_tip(words, "" if shown == text else text)


def _height(words: QLabel, width: int) -> int:
    flags = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere
    return words.fontMetrics().boundingRect(QRect(0, 0, width, 0), flags, words.text()).height()


def _amount(shown: Attachment) -> str:
    if shown.progress is Progress.READING:
        return (
            say("composer.reading_of", done=len(shown.pictures), total=shown.total)
            if shown.total > 1
            else say("composer.reading")
        )
    if shown.kind in _PAGED and shown.chosen:
        return say("composer.pages_of", pages=text_of(shown.chosen), total=shown.total)
    if shown.kind in _PAGED:
        return say("composer.slides" if shown.kind is Kind.DECK else "composer.pages", n=shown.total)
    if (clip := shown.whole or shown.clip) is not None:
        return _length(shown, clip)
    if shown.pictures:
        return say("composer.pixels", width=shown.pictures[0].width, height=shown.pictures[0].height)
    return ""
