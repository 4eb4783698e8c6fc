"""What an empty conversation says: three things to try."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.i18n import say
from ui import theme
from ui.icons import IconLabel
from ui.theme import SPACE, Theme

_WIDTH, _HEIGHT = 520, 76  # of a card; a button does not ask its layout how high it must be


def style(now: Theme) -> str:
    """Return the style sheet of the page."""
    return f"""
#empty-title {{ font-size: 18pt; font-weight: 600; color: {now.text}; }}
#empty-lead {{ font-size: 11.5pt; color: {now.muted}; }}
#try, #hint {{ min-height: {_HEIGHT}px; max-height: {_HEIGHT}px; }}
QPushButton#try {{ background: {now.window}; border: 1px solid {now.line}; border-radius: 12px; text-align: left; padding: 0; }}
QPushButton#try:hover {{ background: {now.panel}; border-color: {now.edge}; }}
QPushButton#try:focus {{ border: 2px solid {now.focus}; }}
#try-title {{ font-weight: 600; color: {now.text}; }}
#try-hint {{ color: {now.muted}; }}
QFrame#hint {{ background: transparent; border: none; }}
"""


class EmptyPage(QWidget):
    """Three cards: point at the screen, add a file, just ask."""

    try_region = Signal()
    try_file = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
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
            self._fill(card, key, icon)
            card.setMaximumWidth(_WIDTH)
            row = QHBoxLayout()
            row.addWidget(card)
            column.addLayout(row)
        column.addStretch(3)
        region.clicked.connect(self.try_region)
        file.clicked.connect(self.try_file)
        self._speak()
        self._restyle()
        theme.signals().changed.connect(self._restyle)

    def _restyle(self) -> None:
        self.setStyleSheet(style(theme.current()))

    def _speak(self) -> None:
        for key, made in self._labels.items():
            made.setText(say(key))
        for key, card in self._cards.items():
            card.setAccessibleName(f"{say(f'thread.{key}')}. {say(f'thread.{key}_hint')}")

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
