"""Rows, columns and labels the way every pane makes them."""

# What is not in the first paint is named where it is used.
from __future__ import annotations

from PySide6 import QtWidgets
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.theme import SPACE

Margins = tuple[int, int, int, int]
_NONE = (0, 0, 0, 0)


def row(owner: QWidget | None = None, *, gap: int = SPACE, margins: Margins = _NONE) -> QHBoxLayout:
    """Return a row, laid out in `owner` if there is one; margins are left, top, right, bottom."""
    made = QHBoxLayout() if owner is None else QHBoxLayout(owner)
    made.setSpacing(gap)
    made.setContentsMargins(*margins)
    return made


def column(owner: QWidget | None = None, *, gap: int = SPACE, margins: Margins = _NONE) -> QVBoxLayout:
    """Return a column, laid out in `owner` if there is one; margins are left, top, right, bottom."""
    made = QVBoxLayout() if owner is None else QVBoxLayout(owner)
    made.setSpacing(gap)
    made.setContentsMargins(*margins)
    return made


def form() -> QtWidgets.QFormLayout:
    """Return a form: names on the left, or above their fields where it is narrow."""
    made = QtWidgets.QFormLayout()
    made.setFieldGrowthPolicy(made.FieldGrowthPolicy.ExpandingFieldsGrow)
    made.setRowWrapPolicy(made.RowWrapPolicy.WrapLongRows)
    made.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    made.setHorizontalSpacing(3 * SPACE)
    made.setVerticalSpacing(12)
    return made


def label(look: str = "", *, wrap: bool = False) -> QLabel:
    """Return a label that never takes its text for markup; `look` is one of the style sheet's."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if look:
        made.setProperty("look", look)
    return made


def frame(name: str) -> QFrame:
    """Return a frame that the style sheet knows under this name."""
    made = QFrame()
    made.setObjectName(name)
    return made


def scrolling(inside: QWidget) -> QtWidgets.QScrollArea:
    """Return a frameless area that scrolls `inside` up and down."""
    made = QtWidgets.QScrollArea()
    made.setWidgetResizable(True)
    made.setFrameShape(QFrame.Shape.NoFrame)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setWidget(inside)
    # Qt fills both; what lies below should show through.
    inside.setAutoFillBackground(False)
    made.viewport().setAutoFillBackground(False)
    return made


def set_tip(widget: QWidget, words: str) -> None:
    """Show these very words when the pointer rests: a tip takes for markup what looks like it."""
    # By hand: to import `html` with all its entities takes 2 ms before the first paint.
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
    widget.setToolTip(f"<span>{escaped}</span>" if words else "")


def set_look(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet asks for, and dress the widget anew when it has changed."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
