"""Colours, type and measures: one value for light, one for dark.

The shapes are in `style.qss`, where a name after a dollar sign is a field of `Theme`.
"""

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

SPACE = 8  # the unit of every margin and gap, in device-independent pixels
RADIUS = 10
BUTTON = 32  # the side of a button that shows only an icon
ICON = 20
_HERE = Path(__file__).parent

# What Qt is told when it starts.  `setStyle` would return the style, and to make that class for Python takes 10 ms.
ARGUMENTS = ("-style", "fusion")

MONO = ("DejaVu Sans Mono", "Noto Sans Mono CJK SC", "Consolas", "Menlo", "monospace")
SANS = ("Inter", "Noto Sans", "Segoe UI", "SF Pro Text", "DejaVu Sans", "Noto Sans CJK SC", "sans-serif")


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one appearance, as ``#rrggbb``.

    `accent` fills a button, under `on_accent`; `focus` is the ring and the accent of thin strokes;
    `edge` outlines what can be typed in or ticked (3:1 on the window); `line` only separates.
    """

    dark: bool
    window: str
    panel: str
    card: str
    hover: str
    text: str
    muted: str
    line: str
    edge: str
    focus: str
    accent: str
    accent_hover: str
    on_accent: str
    user: str
    code: str
    link: str
    success: str
    danger: str
    warning: str
    pygments: str


LIGHT = Theme(
    dark=False,
    window="#ffffff",
    panel="#f6f7f9",
    card="#f3f4f6",
    hover="#e9ebee",
    text="#1f2328",
    muted="#5b626b",
    line="#dfe2e6",
    edge="#8b929b",
    focus="#2563eb",
    accent="#2563eb",
    accent_hover="#1d4fd0",
    on_accent="#ffffff",
    user="#e8f0fe",
    code="#f5f6f8",
    link="#1d55d0",
    success="#1a7038",
    danger="#b42318",
    warning="#8a5a00",
    pygments="friendly",
)
DARK = Theme(
    dark=True,
    window="#1e1f22",
    panel="#18191b",
    card="#2a2c30",
    hover="#34373c",
    text="#e6e6e6",
    muted="#a9afb6",
    line="#36393e",
    edge="#767c84",
    focus="#7aa2ff",
    accent="#3a6ce0",
    accent_hover="#4a7af0",
    on_accent="#ffffff",
    user="#2b3650",
    code="#17181b",
    link="#8ab4ff",
    success="#7ccf94",
    danger="#ff8a80",
    warning="#f0b95a",
    pygments="github-dark",
)


class _Signals(QObject):
    changed = Signal()


class _Chosen:
    choice = "system"
    theme = LIGHT
    signals: _Signals | None = None


def signals() -> _Signals:
    """Return the object whose `changed` is emitted after the appearance has changed."""
    if _Chosen.signals is None:
        _Chosen.signals = _Signals()
    return _Chosen.signals


def current() -> Theme:
    """Return the appearance in use."""
    return _Chosen.theme


def apply(app: QApplication, choice: str) -> None:
    """Dress the app: `choice` is ``light``, ``dark``, or ``system`` to follow the desktop."""
    _Chosen.choice = choice
    font = QFont()
    font.setFamilies(list(SANS))
    font.setPointSizeF(10.5)
    app.setFont(font)
    hints = QGuiApplication.styleHints()
    if not app.property("glimpse-follows-system"):
        app.setProperty("glimpse-follows-system", True)
        hints.colorSchemeChanged.connect(lambda _: _dress(app))
    _dress(app)


def _dress(app: QApplication) -> None:
    dark = _Chosen.choice == "dark" or (
        _Chosen.choice == "system" and QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    )
    _Chosen.theme = DARK if dark else LIGHT
    app.setPalette(_palette(_Chosen.theme))
    app.setStyleSheet(style_sheet(_Chosen.theme))
    signals().changed.emit()


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.window,
        role.Base: theme.window,
        role.AlternateBase: theme.panel,
        role.Button: theme.card,
        role.ToolTipBase: theme.card,
        role.Text: theme.text,
        role.WindowText: theme.text,
        role.ButtonText: theme.text,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.muted,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Link: theme.link,
        role.Mid: theme.line,
        role.Accent: theme.accent,
    }
    for which, colour in colours.items():
        palette.setColor(which, QColor(colour))
    for which in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.muted))
    return palette


@cache
def style_sheet(theme: Theme) -> str:
    """Return the style sheet: what Fusion and the palette leave to be wished for."""
    template = Template((_HERE / "style.qss").read_text(encoding="utf-8"))
    # Where the pictures are; a style sheet knows no folder of its own.
    mono = ", ".join(f'"{family}"' for family in MONO)
    return template.substitute(asdict(theme), icons=(_HERE / "icons").as_posix(), mono=mono)
