"""Our own icons: strokes of 20 × 20, drawn in the colours of the appearance."""

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from ui import theme
from ui.layout import set_tip

_FOLDER = Path(__file__).with_name("icons")
_APP_SIDES = (16, 22, 32, 48, 64, 128, 256)
_RESTYLED = (QEvent.Type.StyleChange, QEvent.Type.PaletteChange)


@cache
def _source(name: str) -> str:
    return (_FOLDER / f"{name}.svg").read_text(encoding="utf-8")


@cache
def pixmap(name: str, colour: str, size: int = theme.ICON, density: float = 1) -> QPixmap:
    """Return the icon `name` in a colour, `size` logical pixels wide on a screen of that `density`."""
    renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))
    side = round(size * density)
    picture = QPixmap(side, side)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    picture.setDevicePixelRatio(density)
    return picture


def app_icon() -> QIcon:
    """Return Glimpse's own icon, for windows, task bars and the tray."""
    made = QIcon()
    for side in _APP_SIDES:
        made.addPixmap(pixmap("glimpse", "", side))
    return made


def icon(name: str, tone: str = "text", checked: str = "", density: float = 0) -> QIcon:
    """Return the icon `name` for every state, in the colours of now.

    `tone` and `checked` (its colour while its button is checked) are fields of `Theme`; without a `density`
    it is that of the densest screen.
    """
    now = theme.current()
    density = density or max(screen.devicePixelRatio() for screen in QGuiApplication.screens())
    return _icon(name, getattr(now, tone), now.muted, getattr(now, checked) if checked else "", density)


@cache
def _icon(name: str, colour: str, disabled: str, checked: str, density: float) -> QIcon:
    made = QIcon()
    made.addPixmap(pixmap(name, colour, theme.ICON, density))
    made.addPixmap(pixmap(name, disabled, theme.ICON, density), QIcon.Mode.Disabled)
    if checked:
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Active):
            made.addPixmap(pixmap(name, checked, theme.ICON, density), mode, QIcon.State.On)
    return made


class IconButton(QToolButton):
    """A button with one of our icons, which follows the appearance."""

    def __init__(
        self, name: str, parent: QWidget | None = None, *, look: str = "", tone: str = "text"
    ) -> None:
        super().__init__(parent)
        self._icon, self._tone = name, tone
        if look:
            self.setProperty("look", look)
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setIconSize(QSize(theme.ICON, theme.ICON))
        self._tint()

    def show_icon(self, name: str) -> None:
        """Show another icon."""
        self._icon = name
        self._tint()

    def call(self, words: str, hint: str = "") -> None:
        """Name it for people and screen readers; `hint` (a shortcut) is added to the tip only."""
        self.setText(f" {words}")  # the style leaves no room between the icon and the words
        self.setAccessibleName(words)
        set_tip(self, f"{words} ({hint})" if hint else words)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the appearance."""
        super().changeEvent(event)
        if event.type() in _RESTYLED:
            self._tint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Follow the screen: another one may have smaller pixels."""
        if self._density != self.devicePixelRatioF():
            self._tint()
        super().paintEvent(event)

    def _tint(self) -> None:
        self._density = self.devicePixelRatioF()
        checked = "focus" if self.isCheckable() else ""
        self.setIcon(icon(self._icon, self._tone, checked, self._density))


class IconLabel(QLabel):
    """One of our icons beside a sentence."""

    def __init__(self, parent: QWidget | None = None, *, size: int = theme.ICON) -> None:
        super().__init__(parent)
        self._size, self._icon, self._tone = size, "", "text"
        self.setFixedSize(size, size)

    def show_icon(self, name: str, tone: str = "text") -> None:
        """Show the icon `name` in the colour that is this field of `Theme`."""
        self._icon, self._tone = name, tone
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the appearance."""
        super().changeEvent(event)
        if event.type() in _RESTYLED and self._icon:
            self._tint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Follow the screen: another one may have smaller pixels."""
        if self._icon and self._density != self.devicePixelRatioF():
            self._tint()
        super().paintEvent(event)

    def _tint(self) -> None:
        self._density = self.devicePixelRatioF()
        colour = getattr(theme.current(), self._tone)
        self.setPixmap(pixmap(self._icon, colour, self._size, self._density))
