"""What an empty conversation says: three things to try."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.i18n import say
from ui.icons import IconLabel
from ui.theme import SPACE

_WIDTH, _HEIGHT = 520, 78  # of a card; the style sheet sets the height


class EmptyPage(QWidget):
    """Three cards: point at the screen, add a file, just ask."""

    try_region = Signal()
    try_file = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE + 4)
        column.addStretch(2)
        self._labels: dict[str, QLabel] = {}  # by the key of what they say
        self._cards: dict[str, QWidget] = {}
        column.addWidget(self._label("empty-title", "thread.empty_title"))
        column.addWidget(self._label("empty-lead", "thread.empty_lead"))
        column.addSpacing(SPACE)
        region, file, ask = QPushButton(), QPushButton(), QFrame()
        for card, name, key, icon in (
            (region, "try", "try_region", "region"),
            (file, "try", "try_file", "attach"),
            (ask, "hint", "try_ask", "send"),
        ):
            card.setObjectName(name)
            card.setMaximumWidth(_WIDTH)
            row = QHBoxLayout()
            column.addLayout(row)
            row.addWidget(card)
            self._fill(card, key, icon)
        column.addStretch(3)
        region.clicked.connect(self.try_region)
        file.clicked.connect(self.try_file)
        self._speak()

    def _speak(self) -> None:
        for key, made in self._labels.items():
            made.setText(say(key))
        for key, card in self._cards.items():
            card.setAccessibleName(f"{say(f'thread.{key}')}. {say(f'thread.{key}_hint')}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what there is no room for, the last first."""
        super().resizeEvent(event)
        title, lead = self._labels["thread.empty_title"], self._labels["thread.empty_lead"]
        width, gap = self.width() - 4 * SPACE, self._column.spacing()
        room = self.height() - 6 * SPACE - title.heightForWidth(width)
        for each in (lead, *self._cards.values()):
            room -= gap + (lead.heightForWidth(width) if each is lead else _HEIGHT)
            each.setVisible(room >= 0)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._speak()

    def _fill(self, card: QWidget, key: str, icon: str) -> None:
        """Put an icon and two lines into a card."""
        self._cards[key] = card
        picture = IconLabel()
        picture.show_icon(icon, "focus")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch()
        words.addWidget(self._label("try-title", f"thread.{key}"))
        words.addWidget(self._label("try-hint", f"thread.{key}_hint"))
        words.addStretch()
        row = QHBoxLayout(card)
        row.setContentsMargins(2 * SPACE, SPACE + 4, 2 * SPACE, SPACE + 4)
        row.setSpacing(2 * SPACE)
        row.addWidget(picture)
        row.addLayout(words, stretch=1)

    def _label(self, name: str, key: str) -> QLabel:
        self._labels[key] = made = QLabel()
        made.setObjectName(name)
        made.setTextFormat(Qt.TextFormat.PlainText)
        made.setWordWrap(True)
        if name.startswith("empty"):
            made.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        # The card below is what is clicked and read aloud.
        made.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        return made
