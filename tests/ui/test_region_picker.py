from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication

from app.model.screens import Box, Monitor, Shot
from ui.region_overlay import Overlay
from ui.region_picker import RegionPicker
from ui.theme import SPACE


def shot(colour: str = "#ff0000", left: int = 0, top: int = 0, density: int = 1) -> Shot:
    size = QGuiApplication.primaryScreen().geometry().size() * density
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    box = Box(left, top, size.width(), size.height())
    return Shot(Monitor(box), size.width(), size.height(), bytes(image.constBits()))


@pytest.fixture
def picker(qapp: QApplication, qtbot: Any) -> Any:
    made = RegionPicker(qapp)
    yield made
    made.close()


@pytest.fixture
def overlay(picker: RegionPicker) -> Overlay:
    picker.open((shot(),))
    return picker._overlays[0]


def drag(qtbot: Any, overlay: Overlay, start: tuple[int, int], end: tuple[int, int]) -> None:
    qtbot.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPoint(*start))
    qtbot.mouseMove(overlay, QPoint(*end))
    qtbot.mouseRelease(overlay, Qt.MouseButton.LeftButton, pos=QPoint(*end))


def take(qtbot: Any, picker: RegionPicker, overlay: Overlay) -> Box | None:
    with qtbot.waitSignal(picker.picked) as picked:
        qtbot.keyClick(overlay, Qt.Key.Key_Return)
    box: Box | None = picked.args[0]
    return box


def test_it_waits_hidden(picker: RegionPicker) -> None:
    assert len(picker._overlays) == len(QGuiApplication.screens())
    assert not any(overlay.isVisible() for overlay in picker._overlays)


def test_it_covers_the_screen(overlay: Overlay, picker: RegionPicker) -> None:
    assert overlay.isVisible()
    assert overlay.geometry() == QGuiApplication.primaryScreen().geometry()
    assert overlay.accessibleName() == "Choose a region"
    assert picker.is_open()


def test_a_drag_and_enter_take_every_pixel_touched(
    qtbot: Any, picker: RegionPicker, overlay: Overlay
) -> None:
    drag(qtbot, overlay, (100, 120), (420, 330))
    assert picker.is_open()
    assert take(qtbot, picker, overlay) == Box(100, 120, 321, 211)
    assert not overlay.isVisible()


def test_a_drag_may_go_up_and_left_and_beyond_the_edge(
    qtbot: Any, picker: RegionPicker, overlay: Overlay
) -> None:
    drag(qtbot, overlay, (50, 40), (-30, -30))
    assert take(qtbot, picker, overlay) == Box(0, 0, 51, 41)


def test_enter_without_a_drag_takes_the_monitor(qtbot: Any, picker: RegionPicker, overlay: Overlay) -> None:
    assert take(qtbot, picker, overlay) == shot().monitor.box


def test_a_double_click_takes(qtbot: Any, picker: RegionPicker, overlay: Overlay) -> None:
    drag(qtbot, overlay, (10, 10), (19, 19))
    with qtbot.waitSignal(picker.picked) as picked:
        qtbot.mouseDClick(overlay, Qt.MouseButton.LeftButton, pos=QPoint(15, 15))
    assert picked.args == [Box(10, 10, 10, 10)]


@pytest.mark.parametrize("how", ["escape", "right click"])
def test_it_can_be_cancelled(qtbot: Any, picker: RegionPicker, overlay: Overlay, how: str) -> None:
    drag(qtbot, overlay, (10, 10), (19, 19))
    with qtbot.waitSignal(picker.picked) as picked:
        if how == "escape":
            qtbot.keyClick(overlay, Qt.Key.Key_Escape)
        else:
            qtbot.mouseClick(overlay, Qt.MouseButton.RightButton)
    assert picked.args == [None]
    assert not picker.is_open()
    assert not overlay.isVisible()


def test_arrows_move_and_shift_resizes_by_one_pixel(qtbot: Any, overlay: Overlay) -> None:
    drag(qtbot, overlay, (10, 10), (19, 19))
    qtbot.keyClick(overlay, Qt.Key.Key_Right)
    qtbot.keyClick(overlay, Qt.Key.Key_Down)
    assert overlay.box() == Box(11, 11, 10, 10)
    qtbot.keyClick(overlay, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(overlay, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert overlay.box() == Box(11, 11, 9, 11)


def test_arrows_stop_at_the_edge(qtbot: Any, overlay: Overlay) -> None:
    drag(qtbot, overlay, (9, 9), (-1, -1))
    qtbot.keyClick(overlay, Qt.Key.Key_Left)
    assert overlay.box() == Box(0, 0, 10, 10)


def test_a_click_gives_the_region_up(qtbot: Any, overlay: Overlay) -> None:
    drag(qtbot, overlay, (10, 10), (19, 19))
    assert overlay.has_region()
    qtbot.mouseClick(overlay, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    assert not overlay.has_region()


def test_what_is_outside_is_dimmed_and_what_is_inside_is_not(qtbot: Any, overlay: Overlay) -> None:
    drag(qtbot, overlay, (100, 100), (200, 200))
    seen = overlay.grab().toImage()
    assert seen.pixelColor(150, 150).name() == "#ff0000"
    assert seen.pixelColor(100, 200).name() == "#ff0000"
    assert seen.pixelColor(400, 400).red() < 200


def test_a_dense_screen_gives_physical_pixels(qtbot: Any, picker: RegionPicker) -> None:
    picker.open((shot(density=2),))
    overlay = picker._overlays[0]
    drag(qtbot, overlay, (10, 10), (20, 20))
    assert take(qtbot, picker, overlay) == Box(20, 20, 21, 21)


def test_the_answer_is_where_the_monitor_lies(qtbot: Any, overlay: Overlay) -> None:
    overlay.freeze(shot(left=1920, top=100))
    drag(qtbot, overlay, (10, 10), (19, 19))
    assert overlay.box() == Box(1930, 110, 10, 10)


def test_a_picture_of_no_screen_answers_at_once(qtbot: Any, picker: RegionPicker) -> None:
    with qtbot.waitSignal(picker.picked) as picked:
        picker.open((shot(left=9999),))
    assert picked.args == [None]
    assert not picker.is_open()


def test_a_screen_that_changes_cancels(
    qapp: QApplication, qtbot: Any, picker: RegionPicker, overlay: Overlay
) -> None:
    with qtbot.waitSignal(picker.picked) as picked:
        qapp.screenAdded.emit(QGuiApplication.primaryScreen())
    assert picked.args == [None]


def test_it_opens_again(qtbot: Any, picker: RegionPicker, overlay: Overlay) -> None:
    drag(qtbot, overlay, (10, 10), (19, 19))
    take(qtbot, picker, overlay)
    picker.open((shot("#00ff00"),))
    assert not overlay.has_region()
    assert overlay.grab().toImage().pixelColor(5, 5).green() > 100


def test_a_double_click_in_the_region_takes_it(qtbot: Any, picker: RegionPicker, overlay: Overlay) -> None:
    drag(qtbot, overlay, (10, 10), (29, 29))
    with qtbot.waitSignal(picker.picked) as picked:
        for act in (qtbot.mouseClick, qtbot.mouseDClick):
            act(overlay, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert picked.args == [Box(10, 10, 20, 20)]


def test_a_click_beside_the_region_gives_it_up(qtbot: Any, overlay: Overlay) -> None:
    drag(qtbot, overlay, (10, 10), (29, 29))
    qtbot.mouseClick(overlay, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    assert not overlay.has_region()


@pytest.mark.parametrize("start", [(0, 0), (300, 300), (790, 5), (5, 590), (790, 590), (400, 2)])
@pytest.mark.parametrize("size", [(6, 4), (200, 150), (799, 599)])
def test_the_size_is_said_on_the_screen_and_not_at_its_edge(
    qtbot: Any, overlay: Overlay, start: tuple[int, int], size: tuple[int, int]
) -> None:
    drag(qtbot, overlay, start, (start[0] + size[0], start[1] + size[1]))
    words = overlay._label_rect(overlay._region)
    assert overlay.has_region()
    assert QRectF(overlay.rect()).adjusted(SPACE, SPACE, -SPACE, -SPACE).contains(words)


def test_nothing_is_left_of_the_longer_sentence_when_a_drag_begins(qtbot: Any, overlay: Overlay) -> None:
    drag(qtbot, overlay, (300, 300), (400, 360))
    words = overlay._label_rect(overlay._region).toAlignedRect()
    painted: list[QRect] = []
    overlay.paintEvent = lambda event: painted.append(event.rect())  # type: ignore[method-assign]
    QApplication.processEvents()
    painted.clear()
    qtbot.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPoint(310, 310))
    QApplication.processEvents()
    assert any(rect.contains(words) for rect in painted)
