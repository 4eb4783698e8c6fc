"""What was asked about: a small picture of one attachment that opens on a click."""

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.i18n import say
from app.model.attachments import Attachment, Kind
from ui import theme
from ui.clean import clean
from ui.icons import pixmap
from ui.theme import RADIUS, SPACE
from ui.thumbnails import Thumbnails, draw_edge

SIDE = 132  # the most a small picture is wide and high
_PAGE = 44  # the height of a page beside the name of its document
_WIDTH = 272
_ICONS = {Kind.PICTURE: "picture", Kind.DOCUMENT: "document", Kind.DECK: "deck", Kind.CLIP: "clip"}


class AttachmentTile(QAbstractButton):
    """A picture as such; anything else as its first page with its name."""

    def __init__(self, attachment: Attachment, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._attachment = attachment
        self._thumbnails = thumbnails
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._speak()
        thumbnails.ready.connect(self._arrived)

    def sizeHint(self) -> QSize:
        """Return the size of the picture, or of the card."""
        if self._attachment.kind is not Kind.PICTURE or not self._attachment.pictures:
            return QSize(_WIDTH, _PAGE + 2 * SPACE)
        picture = self._attachment.pictures[0]
        size = QSize(max(picture.width, 1), max(picture.height, 1))
        most = QSize(SIDE, SIDE)
        fitted = (
            size.scaled(most, Qt.AspectRatioMode.KeepAspectRatio)
            if size.width() > SIDE or size.height() > SIDE
            else size
        )
        return fitted.expandedTo(QSize(40, 40))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the picture or the card."""
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        painter.fillPath(outline, QColor(now.hover if self.underMouse() else now.card))
        painter.setClipPath(outline)
        if self._attachment.kind is Kind.PICTURE:
            self._paint_picture(painter, self.rect())
        else:
            self._paint_picture(painter, QRect(SPACE, SPACE, _PAGE, _PAGE))
            self._paint_name(painter)
        painter.setClipping(False)
        focused = self.hasFocus()
        painter.setPen(QPen(QColor(now.focus if focused else now.line), 2 if focused else 1))
        painter.drawPath(outline)

    def _paint_picture(self, painter: QPainter, room: QRect) -> None:
        shown = self._thumbnails.get(self._attachment.pictures[0].blob) if self._attachment.pictures else None
        stored = shown is not None and not shown.isNull()
        if shown is None or shown.isNull():
            shown = pixmap(
                _ICONS[self._attachment.kind], theme.current().muted, density=self.devicePixelRatioF()
            )
        size = shown.deviceIndependentSize().toSize()
        if size.width() > room.width() or size.height() > room.height():
            size = size.scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(0, 0, size.width(), size.height())
        place.moveCenter(room.center())
        painter.drawPixmap(place, shown)
        if stored and self._attachment.kind is not Kind.PICTURE:  # whose edge is that of the tile
            draw_edge(painter, QRectF(place))

    def _paint_name(self, painter: QPainter) -> None:
        now = theme.current()
        left = _PAGE + 2 * SPACE
        metrics = self.fontMetrics()
        room = QRect(left, SPACE, self.width() - left - SPACE, self.height() - 2 * SPACE)
        name = metrics.elidedText(clean(self._attachment.name), Qt.TextElideMode.ElideMiddle, room.width())
        below = self._below()
        painter.setPen(QColor(now.text))
        centred = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        upper = QRect(room.left(), room.top(), room.width(), room.height() // 2)
        painter.drawText(upper if below else room, centred, name)
        painter.setPen(QColor(now.muted))
        painter.drawText(upper.translated(0, room.height() // 2), centred, below)

    def _below(self) -> str:
        clip = self._attachment.clip
        if clip is not None:
            return say("thread.seconds", n=round(clip.seconds))
        if self._attachment.kind is Kind.PICTURE:
            return ""
        return say("thread.pages", n=self._attachment.total)

    def _speak(self) -> None:
        self.setAccessibleName(say("thread.attachment", name=clean(self._attachment.name)))
        self.update()  # what is painted has words, too

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._speak()

    def _arrived(self, digest: str) -> None:
        if self._attachment.pictures and self._attachment.pictures[0].blob.digest == digest:
            self.update()
