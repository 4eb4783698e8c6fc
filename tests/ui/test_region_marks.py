"""Marks in the picker: drawn where the selection is, seen as they are taken, and gone with it."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QWidget

from app.model.marks import Shape
from app.model.screens import Box, Monitor, Shot
from ui.mark_canvas import MarkCanvas
from ui.mark_painter import drawn
from ui.mark_tools import MarkTools
from ui.region_marks import RegionMarks
from ui.region_overlay import Overlay
from ui.region_picked import Picked
from ui.region_picker import RegionPicker

LEFT = Qt.MouseButton.LeftButton
BOX = Box(100, 80, 301, 201)


@pytest.fixture
def picker(qapp: QApplication, qtbot: Any) -> Iterator[RegionPicker]:
    made = RegionPicker(qapp)
    yield made
    made.close()


@pytest.fixture
def marks(picker: RegionPicker) -> RegionMarks:
    made = RegionMarks(picker)
    made.begin()
    return made


@pytest.fixture
def overlay(picker: RegionPicker, marks: RegionMarks, light: QApplication) -> Overlay:
    size = QGuiApplication.primaryScreen().geometry().size()
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(QColor("#fff8e0"))
    box = Box(0, 0, size.width(), size.height())
    picker.open((Shot(Monitor(box), box.width, box.height, bytes(image.constBits())),))
    found: Overlay = picker._overlays[0]
    return found


def drag(qtbot: Any, widget: QWidget, start: tuple[int, int], end: tuple[int, int]) -> None:
    qtbot.mousePress(widget, LEFT, pos=QPoint(*start))
    qtbot.mouseMove(widget, QPoint(*end))
    qtbot.mouseRelease(widget, LEFT, pos=QPoint(*end))


@pytest.fixture
def canvas(qtbot: Any, overlay: Overlay) -> MarkCanvas:
    drag(qtbot, overlay, (100, 80), (400, 280))
    return shown(overlay)


def shown(overlay: Overlay) -> MarkCanvas:
    (canvas,) = (one for one in overlay.findChildren(MarkCanvas) if one.isVisible())
    return canvas


def tools(overlay: Overlay) -> MarkTools:
    (found,) = (one for one in overlay.findChildren(MarkTools) if one.isVisible())
    return found


def redact(qtbot: Any, overlay: Overlay, canvas: MarkCanvas) -> None:
    qtbot.keyClick(overlay, Qt.Key.Key_B)
    drag(qtbot, canvas, (50, 40), (150, 90))


def picked(qtbot: Any, picker: RegionPicker, overlay: Overlay, key: Qt.Key) -> Picked | None:
    with qtbot.waitSignal(picker.finished) as signal:
        qtbot.keyClick(overlay, key)
    found: Picked | None = signal.args[0]
    return found


def test_the_canvas_lies_exactly_on_the_selection_and_the_tools_beside_it(
    overlay: Overlay, canvas: MarkCanvas
) -> None:
    assert canvas.geometry().getRect() == (100, 80, 301, 201)
    assert canvas.scale() == 1
    assert not tools(overlay).geometry().intersects(canvas.geometry())
    assert overlay.rect().contains(tools(overlay).geometry())


def test_what_is_drawn_is_taken(
    qtbot: Any, picker: RegionPicker, marks: RegionMarks, overlay: Overlay, canvas: MarkCanvas
) -> None:
    redact(qtbot, overlay, canvas)
    found = picked(qtbot, picker, overlay, Qt.Key.Key_Return)
    assert found is not None
    assert found.box == BOX
    (mark,) = marks.of(found.box)
    assert mark.shape is Shape.REDACTION
    assert mark.covered(301, 201) == (50, 40, 100, 50)
    assert not overlay.isVisible()


def test_what_is_seen_is_what_is_taken(qtbot: Any, overlay: Overlay, canvas: MarkCanvas) -> None:
    qtbot.keyClick(overlay, Qt.Key.Key_H)
    drag(qtbot, canvas, (50, 40), (150, 90))
    canvas.use(None)
    seen = overlay.grab().toImage().copy(104, 84, 290, 190).convertToFormat(QImage.Format.Format_RGB32)
    plain = overlay.cut(BOX)
    assert seen == drawn(plain, canvas.marks()).copy(4, 4, 290, 190)


def test_without_a_tool_the_mouse_goes_through_to_the_selection(
    qtbot: Any, picker: RegionPicker, overlay: Overlay, canvas: MarkCanvas
) -> None:
    assert canvas.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    drag(qtbot, overlay, (150, 120), (170, 140))
    assert picker.held_box() == Box(120, 100, 301, 201)
    qtbot.mouseClick(overlay, Qt.MouseButton.RightButton, pos=QPoint(200, 200))
    assert picker.held_box() is None
    assert [one for one in overlay.findChildren(MarkCanvas) if one.isVisible()] == []


def test_marks_stay_where_they_are_when_the_selection_moves(
    qtbot: Any, marks: RegionMarks, picker: RegionPicker, overlay: Overlay, canvas: MarkCanvas
) -> None:
    redact(qtbot, overlay, canvas)
    qtbot.keyClick(overlay, Qt.Key.Key_V)
    qtbot.keyClick(overlay, Qt.Key.Key_Right)
    assert picker.held_box() == Box(101, 80, 301, 201)
    assert marks.of(picker.held_box())[0].covered(301, 201) == (49, 40, 100, 50)
    drag(qtbot, overlay, (110, 90), (120, 100))
    assert picker.held_box() == Box(111, 90, 301, 201)
    assert marks.of(picker.held_box())[0].covered(301, 201) == (39, 30, 100, 50)
    qtbot.keyClick(overlay, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert marks.of(picker.held_box()) == ()


def test_what_is_hidden_stays_hidden_when_it_is_taken_while_it_is_moved(
    qtbot: Any, marks: RegionMarks, picker: RegionPicker, overlay: Overlay, canvas: MarkCanvas
) -> None:
    redact(qtbot, overlay, canvas)
    qtbot.keyClick(overlay, Qt.Key.Key_V)
    qtbot.mousePress(overlay, LEFT, pos=QPoint(110, 90))
    qtbot.mouseMove(overlay, QPoint(130, 90))
    found = picked(qtbot, picker, overlay, Qt.Key.Key_Return)
    assert found is not None
    assert found.box == Box(120, 80, 301, 201)
    assert marks.of(found.box)[0].covered(301, 201) == (30, 40, 100, 50)


def test_a_mark_is_taken_hold_of_through_the_overlay(
    qtbot: Any, marks: RegionMarks, picker: RegionPicker, overlay: Overlay, canvas: MarkCanvas
) -> None:
    redact(qtbot, overlay, canvas)
    qtbot.keyClick(overlay, Qt.Key.Key_V)
    drag(qtbot, overlay, (200, 140), (230, 150))
    assert picker.held_box() == BOX
    assert marks.of(BOX)[0].covered(301, 201) == (80, 50, 100, 50)
    qtbot.keyClick(overlay, Qt.Key.Key_Delete)
    assert marks.of(BOX) == ()


def test_marks_go_when_the_selection_is_given_up(
    qtbot: Any, marks: RegionMarks, overlay: Overlay, canvas: MarkCanvas
) -> None:
    redact(qtbot, overlay, canvas)
    qtbot.mouseClick(overlay, Qt.MouseButton.RightButton, pos=QPoint(200, 200))
    drag(qtbot, overlay, (100, 80), (400, 280))
    assert shown(overlay).marks() == ()
    assert marks.of(BOX) == ()


def test_several_shots_have_each_their_marks(
    qtbot: Any, marks: RegionMarks, picker: RegionPicker, overlay: Overlay, canvas: MarkCanvas
) -> None:
    taken: list[int] = []
    picker.taken.connect(lambda box: taken.append(len(marks.of(box))))
    redact(qtbot, overlay, canvas)
    qtbot.keyClick(overlay, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    drag(qtbot, overlay, (100, 80), (400, 280))
    qtbot.keyClick(overlay, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert taken == [1, 0]


def test_words_are_typed_though_the_picker_has_the_keys(
    qtbot: Any, picker: RegionPicker, marks: RegionMarks, overlay: Overlay, canvas: MarkCanvas
) -> None:
    qtbot.keyClick(overlay, Qt.Key.Key_T)
    qtbot.mouseClick(canvas, LEFT, pos=QPoint(30, 30))
    qtbot.keyClicks(overlay, "p a b")
    assert picker.is_open(), "p pins, and space changes to windows"
    qtbot.keyClick(overlay, Qt.Key.Key_Return)
    assert picker.is_open(), "the first Enter takes the words"
    found = picked(qtbot, picker, overlay, Qt.Key.Key_Return)
    assert found is not None
    assert [mark.text for mark in marks.of(found.box)] == ["p a b"]


def test_words_that_are_still_being_typed_are_taken_too(
    qtbot: Any, picker: RegionPicker, marks: RegionMarks, overlay: Overlay, canvas: MarkCanvas
) -> None:
    qtbot.keyClick(overlay, Qt.Key.Key_T)
    qtbot.mouseClick(canvas, LEFT, pos=QPoint(30, 30))
    qtbot.keyClicks(overlay, "mine")
    picker.close()
    assert [mark.text for mark in marks.of(BOX)] == ["mine"]


def test_later_captures_have_no_marks(
    qtbot: Any, picker: RegionPicker, marks: RegionMarks, overlay: Overlay, canvas: MarkCanvas
) -> None:
    redact(qtbot, overlay, canvas)
    picker.close()
    assert marks.of(None) == ()
    assert len(marks.of(BOX)) == 1
    marks.begin()
    assert marks.of(BOX) == ()


def test_escape_gives_up_even_what_was_drawn(
    qtbot: Any, picker: RegionPicker, overlay: Overlay, canvas: MarkCanvas
) -> None:
    redact(qtbot, overlay, canvas)
    qtbot.keyClick(overlay, Qt.Key.Key_Escape)
    assert picker.is_open(), "the first lets go of the mark"
    assert picked(qtbot, picker, overlay, Qt.Key.Key_Escape) is None


def test_a_selection_at_the_edge_has_its_tools_in_sight(qtbot: Any, overlay: Overlay) -> None:
    right, bottom = overlay.width() - 1, overlay.height() - 1
    for start, end in (
        ((5, bottom - 50), (60, bottom)),
        ((right - 40, 5), (right, bottom)),
        ((0, 0), (right, bottom)),
    ):
        drag(qtbot, overlay, start, end)
        assert overlay.rect().contains(tools(overlay).geometry())
        qtbot.mouseClick(overlay, Qt.MouseButton.RightButton)
