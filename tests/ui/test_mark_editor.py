from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QInputMethodEvent
from PySide6.QtWidgets import QApplication

from app import i18n
from app.model.marks import Mark, Markup, Shape
from ui import theme
from ui.icons import IconButton
from ui.mark_brush import COLOURS
from ui.mark_canvas import MarkCanvas
from ui.mark_editor import MarkEditor
from ui.mark_painter import drawn
from ui.mark_tools import Swatch

LEFT = Qt.MouseButton.LeftButton
RED = COLOURS["red"]


@pytest.fixture
def editor(qtbot: Any, light: QApplication) -> MarkEditor:
    made = MarkEditor()
    qtbot.addWidget(made)
    made.resize(900, 560)
    image = QImage(800, 400, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.edit(image, Markup())
    made.setFocus()
    return made


@pytest.fixture
def canvas(editor: MarkEditor) -> MarkCanvas:
    return editor.canvas()


@pytest.fixture
def drag(canvas: MarkCanvas, qtbot: Any) -> Any:
    """Draw with the mouse from one pixel of the picture to another."""

    def draw(start: tuple[int, int], *way: tuple[int, int]) -> None:
        points = [canvas.widget_point(QPointF(*point)).toPoint() for point in (start, *way)]
        qtbot.mousePress(canvas, LEFT, pos=points[0])
        for point in points[1:]:
            qtbot.mouseMove(canvas, point)
        qtbot.mouseRelease(canvas, LEFT, pos=points[-1])

    return draw


def shapes(canvas: MarkCanvas) -> list[Shape]:
    return [mark.shape for mark in canvas.marks()]


def near(mark: Mark, *points: tuple[int, int]) -> bool:
    return all(
        abs(a - b) <= 1
        for one, two in zip(mark.points, points, strict=True)
        for a, b in zip(one, two, strict=True)
    )


@pytest.mark.parametrize(
    ("key", "shape"),
    [
        (Qt.Key.Key_A, Shape.ARROW),
        (Qt.Key.Key_R, Shape.BOX),
        (Qt.Key.Key_D, Shape.PEN),
        (Qt.Key.Key_H, Shape.HIGHLIGHT),
        (Qt.Key.Key_B, Shape.REDACTION),
    ],
)
def test_a_key_chooses_the_tool_and_the_mouse_draws(
    canvas: MarkCanvas, qtbot: Any, drag: Any, key: Qt.Key, shape: Shape
) -> None:
    qtbot.keyClick(canvas, key)
    drag((100, 100), (200, 150))
    (mark,) = canvas.marks()
    assert mark.shape is shape
    assert near(Mark(shape, (mark.points[0], mark.points[-1])), (100, 100), (200, 150))


def test_what_is_seen_is_what_is_sent(canvas: MarkCanvas, drag: Any, editor: MarkEditor) -> None:
    plain = QImage(800, 400, QImage.Format.Format_RGB32)
    plain.fill(Qt.GlobalColor.white)
    canvas.use(Shape.HIGHLIGHT)
    drag((100, 100), (300, 200))
    canvas.use(Shape.STEP)
    drag((350, 100))
    canvas.use(None)
    canvas.remove_chosen()
    sent = drawn(plain, editor.markup().marks)
    corner = canvas.widget_point(QPointF(0, 0)).toPoint()
    seen = canvas.grab().toImage().copy(corner.x() + 2, corner.y() + 2, 796, 396)
    assert canvas.scale() == 1
    assert seen.convertToFormat(QImage.Format.Format_RGB32) == sent.copy(2, 2, 796, 396)


def test_where_something_is_hidden_is_framed_for_the_eye_only(canvas: MarkCanvas, drag: Any) -> None:
    canvas.use(Shape.REDACTION)
    drag((100, 100), (300, 200))
    canvas.use(None)
    seen, rim = canvas.grab().toImage(), canvas.widget_point(QPointF(200, 100)).toPoint()
    assert {seen.pixelColor(rim.x(), rim.y() + at).name() for at in (-1, 0)} & {theme.current().focus}
    image = drawn(canvas._plain, canvas.marks())
    assert image.pixelColor(200, 100).name() == "#000000"
    assert image.pixelColor(200, 99).name() == "#ffffff"


def test_a_click_draws_nothing_but_a_step(canvas: MarkCanvas, drag: Any) -> None:
    for shape in (Shape.ARROW, Shape.BOX, Shape.PEN, Shape.REDACTION, Shape.STEP):
        canvas.use(shape)
        drag((100, 100))
    assert shapes(canvas) == [Shape.STEP]


def test_undo_and_redo_by_key(canvas: MarkCanvas, qtbot: Any, drag: Any) -> None:
    drag((100, 100), (200, 200))
    canvas.use(Shape.BOX)
    drag((300, 100), (400, 200))
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(canvas, Qt.Key.Key_Z, control)
    assert shapes(canvas) == [Shape.ARROW]
    qtbot.keyClick(canvas, Qt.Key.Key_Z, control)
    qtbot.keyClick(canvas, Qt.Key.Key_Z, control)
    assert shapes(canvas) == []
    qtbot.keyClick(canvas, Qt.Key.Key_Z, control | shift)
    qtbot.keyClick(canvas, Qt.Key.Key_Y, control)
    assert shapes(canvas) == [Shape.ARROW, Shape.BOX]


def test_a_mark_is_chosen_moved_recoloured_and_removed(canvas: MarkCanvas, qtbot: Any, drag: Any) -> None:
    canvas.use(Shape.HIGHLIGHT)
    drag((100, 100), (200, 200))
    qtbot.keyClick(canvas, Qt.Key.Key_V)
    assert canvas.chosen() is None
    drag((150, 150), (250, 160))
    assert near(canvas.marks()[0], (200, 110), (300, 210))
    canvas.use_colour(COLOURS["blue"])
    assert canvas.marks()[0].colour == COLOURS["blue"]
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert canvas.marks() == ()
    canvas.undo()
    assert canvas.marks()[0].colour == COLOURS["blue"]


def test_the_keyboard_alone_places_moves_and_stretches(canvas: MarkCanvas, qtbot: Any) -> None:
    qtbot.keyClick(canvas, Qt.Key.Key_B)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    (placed,) = canvas.marks()
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    qtbot.keyClick(canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert canvas.marks() == (placed.moved(1, 10),)
    qtbot.keyClick(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    (x, y), (right, bottom) = placed.moved(1, 10).points
    assert canvas.marks()[0].points == ((x, y), (right - 1, bottom))


def test_enter_chooses_one_mark_after_the_other(canvas: MarkCanvas, qtbot: Any, drag: Any) -> None:
    drag((100, 100), (200, 200))
    drag((300, 100), (400, 200))
    qtbot.keyClick(canvas, Qt.Key.Key_V)
    chosen = []
    for _ in range(3):
        qtbot.keyClick(canvas, Qt.Key.Key_Return)
        chosen.append(canvas.chosen())
    assert chosen == [canvas.marks()[0], canvas.marks()[1], canvas.marks()[0]]


def write(canvas: MarkCanvas, qtbot: Any, at: tuple[int, int], words: str) -> None:
    canvas.use(Shape.TEXT)
    qtbot.mouseClick(canvas, LEFT, pos=canvas.widget_point(QPointF(*at)).toPoint())
    qtbot.waitUntil(canvas._words.hasFocus)
    qtbot.keyClicks(canvas._words, words)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_text_is_typed_in_place_and_never_lost(canvas: MarkCanvas, qtbot: Any, key: Qt.Key) -> None:
    write(canvas, qtbot, (100, 100), "abrv 0")
    qtbot.keyClick(canvas._words, key)
    assert [mark.text for mark in canvas.marks()] == ["abrv 0"], "and no letter of it was taken for a tool"
    assert not canvas._words.isVisible()
    assert canvas.hasFocus()


def test_chinese_is_typed_by_an_input_method(canvas: MarkCanvas, qtbot: Any) -> None:
    write(canvas, qtbot, (100, 100), "")
    typing = QInputMethodEvent("kan", [])
    QApplication.sendEvent(canvas._words, typing)
    typing.setCommitString("看这里")
    QApplication.sendEvent(canvas._words, typing)
    canvas.finish()
    assert [mark.text for mark in canvas.marks()] == ["看这里"]


def test_words_being_typed_are_taken_when_something_else_begins(
    editor: MarkEditor, canvas: MarkCanvas, qtbot: Any
) -> None:
    write(canvas, qtbot, (100, 100), "one")
    write(canvas, qtbot, (100, 200), "two")
    assert [mark.text for mark in editor.markup().marks] == ["one", "two"]


def test_a_text_is_changed_in_place_and_gone_without_words(canvas: MarkCanvas, qtbot: Any) -> None:
    write(canvas, qtbot, (100, 100), "one")
    canvas.finish()
    write(canvas, qtbot, (105, 105), "!")
    canvas.finish()
    assert [mark.text for mark in canvas.marks()] == ["one!"]
    canvas.undo()
    assert [mark.text for mark in canvas.marks()] == ["one"]
    write(canvas, qtbot, (105, 105), "")
    canvas._words.clear()
    canvas.finish()
    assert canvas.marks() == ()


def test_a_redaction_is_black_whatever_is_chosen(canvas: MarkCanvas, drag: Any) -> None:
    canvas.use_colour(COLOURS["white"])
    canvas.use(Shape.REDACTION)
    drag((100, 100), (200, 200))
    canvas.use_colour(COLOURS["yellow"])
    assert canvas.marks()[0].colour == "#000000"


def test_escape_first_lets_go_of_what_is_chosen(
    canvas: MarkCanvas, editor: MarkEditor, qtbot: Any, drag: Any
) -> None:
    drag((100, 100), (200, 200))
    assert canvas.chosen() is not None
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.chosen() is None
    assert len(canvas.marks()) == 1


def test_every_tool_has_a_name_in_both_languages(editor: MarkEditor) -> None:
    for language in ("en", "zh"):
        i18n.use(language)
        editor.findChildren(IconButton)
        editor._tools.speak()
        names = [
            button.accessibleName() for kind in (IconButton, Swatch) for button in editor.findChildren(kind)
        ]
        assert len(set(names)) == len(names) == 17
        assert not any(name.startswith("marks.") for name in names)


def test_the_tools_wrap_in_a_narrow_window_without_making_it_high(editor: MarkEditor, qtbot: Any) -> None:
    editor.resize(360, 400)
    qtbot.waitUntil(lambda: editor._tools.height() > 60)
    assert editor.height() == 400
    last = editor.findChildren(IconButton)[-1]
    assert editor.rect().contains(last.mapTo(editor, QPoint(last.width() - 1, last.height() - 1)))


def test_the_buttons_show_what_can_be_done(editor: MarkEditor, canvas: MarkCanvas, drag: Any) -> None:
    acts = editor._tools._acts
    assert [acts[name].isEnabled() for name in ("undo", "redo", "remove")] == [False, False, False]
    drag((100, 100), (200, 200))
    assert [acts[name].isEnabled() for name in ("undo", "redo", "remove")] == [True, False, True]
    canvas.undo()
    assert [acts[name].isEnabled() for name in ("undo", "redo", "remove")] == [False, True, False]
