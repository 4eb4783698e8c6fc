from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QCursor, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from app import i18n
from app.model.screens import Box, Monitor, OpenWindow, Shot
from ui.region_look import rects
from ui.region_overlay import Overlay
from ui.region_picked import Outcome, Picked
from ui.region_picker import RegionPicker

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
WINDOW = OpenWindow(Box(200, 150, 300, 200), "Letters")


def shot(colour: str = "#ff0000", left: int = 0, top: int = 0, density: int = 1) -> Shot:
    size = QGuiApplication.primaryScreen().geometry().size() * density
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    box = Box(left, top, size.width(), size.height())
    return Shot(Monitor(box), size.width(), size.height(), bytes(image.constBits()))


@pytest.fixture
def picker(qapp: QApplication, qtbot: Any) -> Iterator[RegionPicker]:
    made = RegionPicker(qapp)
    yield made
    made.close()


@pytest.fixture
def overlay(picker: RegionPicker) -> Overlay:
    picker.open((shot(),))
    picker.begin((WINDOW,))
    return picker._overlays[0]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Everything that a screen reader is given to say."""
    said: list[str] = []
    monkeypatch.setattr(
        "PySide6.QtGui.QAccessible.updateAccessibility", lambda event: said.append(event.message())
    )
    return said


def drag(qtbot: Any, overlay: Overlay, start: tuple[int, int], end: tuple[int, int]) -> None:
    qtbot.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPoint(*start))
    qtbot.mouseMove(overlay, QPoint(*end))
    qtbot.mouseRelease(overlay, Qt.MouseButton.LeftButton, pos=QPoint(*end))


def finished(qtbot: Any, picker: RegionPicker, act: Callable[[], None]) -> Picked | None:
    with qtbot.waitSignal(picker.finished) as signal:
        act()
    picked: Picked | None = signal.args[0]
    return picked


def take(qtbot: Any, picker: RegionPicker, overlay: Overlay) -> Box | None:
    picked = finished(qtbot, picker, lambda: qtbot.keyClick(overlay, Qt.Key.Key_Return))
    assert picked is not None
    assert picked.outcome is Outcome.ATTACH
    return picked.box


def selected(picker: RegionPicker) -> Box | None:
    assert picker._selection is not None
    return picker._selection.box


def test_it_waits_hidden(picker: RegionPicker) -> None:
    assert len(picker._overlays) == len(QGuiApplication.screens())
    assert not any(overlay.isVisible() for overlay in picker._overlays)
    assert not picker.is_open()


def test_it_covers_the_screen(overlay: Overlay, picker: RegionPicker) -> None:
    assert overlay.isVisible()
    assert overlay.geometry() == QGuiApplication.primaryScreen().geometry()
    assert overlay.accessibleName() == "Choose what to capture"
    assert picker.is_open()


def test_a_drag_and_enter_take_every_pixel_touched(
    qtbot: Any, picker: RegionPicker, overlay: Overlay
) -> None:
    drag(qtbot, overlay, (100, 120), (420, 330))
    assert picker.is_open()
    assert take(qtbot, picker, overlay) == Box(100, 120, 321, 211)
    assert not overlay.isVisible()


def test_a_drag_may_go_beyond_the_edge(qtbot: Any, picker: RegionPicker, overlay: Overlay) -> None:
    drag(qtbot, overlay, (50, 40), (-30, -30))
    assert take(qtbot, picker, overlay) == Box(0, 0, 51, 41)


def test_a_click_takes_the_window_under_it(qtbot: Any, picker: RegionPicker, overlay: Overlay) -> None:
    qtbot.mouseMove(overlay, QPoint(250, 200))
    click = Qt.MouseButton.LeftButton
    picked = finished(qtbot, picker, lambda: qtbot.mouseClick(overlay, click, pos=QPoint(250, 200)))
    assert picked == Picked(WINDOW.box, Outcome.ATTACH)


def test_a_drag_of_which_only_the_ends_are_heard_takes_no_window(
    qtbot: Any, picker: RegionPicker, overlay: Overlay
) -> None:
    qtbot.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPoint(250, 200))
    qtbot.mouseRelease(overlay, Qt.MouseButton.LeftButton, pos=QPoint(349, 299))
    assert selected(picker) == Box(250, 200, 100, 100)


def click_window(qtbot: Any, picker: RegionPicker, overlay: Overlay) -> QPoint:
    """Click on the window, with the pointer there too, and return where that is."""
    spot = QPoint(250, 200)
    QCursor.setPos(overlay.mapToGlobal(spot))
    left = Qt.MouseButton.LeftButton
    assert finished(qtbot, picker, lambda: qtbot.mouseClick(overlay, left, pos=spot))
    return spot


def test_only_where_a_click_took_a_window_the_screen_is_covered_a_moment_longer(
    qtbot: Any, picker: RegionPicker, overlay: Overlay
) -> None:
    spot = click_window(qtbot, picker, overlay)
    assert not picker.is_open()
    assert overlay.mask().contains(spot)
    assert overlay.mask().boundingRect().width() < 20
    assert overlay.grab().toImage().pixelColor(spot).name() == "#ff0000"  # as what lies below
    with qtbot.assertNotEmitted(picker.finished):
        qtbot.mouseDClick(overlay, Qt.MouseButton.LeftButton, pos=spot)
    qtbot.waitUntil(lambda: not overlay.isVisible())


def test_a_pointer_that_leaves_uncovers_the_rest(qtbot: Any, picker: RegionPicker, overlay: Overlay) -> None:
    spot = click_window(qtbot, picker, overlay)
    qtbot.mouseMove(overlay, spot + QPoint(3, 3))
    assert overlay.isVisible()
    qtbot.mouseMove(overlay, spot + QPoint(40, 0))
    assert not overlay.isVisible()


def test_it_opens_whole_though_a_click_has_just_closed_it(
    qtbot: Any, picker: RegionPicker, overlay: Overlay
) -> None:
    click_window(qtbot, picker, overlay)
    picker.open((shot(),))
    assert overlay.isVisible()
    assert overlay.mask().isEmpty()
    assert not overlay._late.isActive()


def test_space_leaves_the_windows_alone(qtbot: Any, picker: RegionPicker, overlay: Overlay) -> None:
    qtbot.keyClick(overlay, Qt.Key.Key_Space)
    qtbot.mouseClick(overlay, Qt.MouseButton.LeftButton, pos=QPoint(250, 200))
    assert picker.is_open()
    qtbot.keyClick(overlay, Qt.Key.Key_Space)
    click = Qt.MouseButton.LeftButton
    assert finished(qtbot, picker, lambda: qtbot.mouseClick(overlay, click, pos=QPoint(250, 200)))


def test_a_click_with_ctrl_holds_the_window(qtbot: Any, picker: RegionPicker, overlay: Overlay) -> None:
    qtbot.mouseClick(overlay, Qt.MouseButton.LeftButton, CTRL, pos=QPoint(250, 200))
    assert selected(picker) == WINDOW.box


def test_enter_without_a_drag_takes_the_monitor(qtbot: Any, picker: RegionPicker, overlay: Overlay) -> None:
    qtbot.mouseMove(overlay, QPoint(5, 5))
    assert take(qtbot, picker, overlay) == shot().monitor.box


def test_a_double_click_in_the_region_takes_it(qtbot: Any, picker: RegionPicker, overlay: Overlay) -> None:
    drag(qtbot, overlay, (10, 10), (39, 39))

    def double_click() -> None:
        for act in (qtbot.mouseClick, qtbot.mouseDClick, qtbot.mouseRelease):
            act(overlay, Qt.MouseButton.LeftButton, pos=QPoint(25, 25))

    assert finished(qtbot, picker, double_click) == Picked(Box(10, 10, 30, 30), Outcome.ATTACH)


@pytest.mark.parametrize(("key", "outcome"), [(Qt.Key.Key_C, Outcome.COPY), (Qt.Key.Key_S, Outcome.SAVE)])
def test_keys_copy_and_save(
    qtbot: Any, picker: RegionPicker, overlay: Overlay, key: Qt.Key, outcome: Outcome
) -> None:
    drag(qtbot, overlay, (10, 10), (39, 39))
    picked = finished(qtbot, picker, lambda: qtbot.keyClick(overlay, key, CTRL))
    assert picked == Picked(Box(10, 10, 30, 30), outcome)


def test_escape_cancels(qtbot: Any, picker: RegionPicker, overlay: Overlay) -> None:
    drag(qtbot, overlay, (10, 10), (39, 39))
    assert finished(qtbot, picker, lambda: qtbot.keyClick(overlay, Qt.Key.Key_Escape)) is None
    assert not picker.is_open()
    assert not overlay.isVisible()


def test_a_right_click_drops_the_region_and_the_next_one_cancels(
    qtbot: Any, picker: RegionPicker, overlay: Overlay
) -> None:
    drag(qtbot, overlay, (10, 10), (39, 39))
    qtbot.mouseClick(overlay, Qt.MouseButton.RightButton)
    assert picker.is_open()
    assert selected(picker) is None
    assert finished(qtbot, picker, lambda: qtbot.mouseClick(overlay, Qt.MouseButton.RightButton)) is None


def test_the_second_of_two_quick_right_clicks_counts_too(
    qtbot: Any, picker: RegionPicker, overlay: Overlay
) -> None:
    drag(qtbot, overlay, (10, 10), (39, 39))
    qtbot.mouseClick(overlay, Qt.MouseButton.RightButton)
    assert finished(qtbot, picker, lambda: qtbot.mouseDClick(overlay, Qt.MouseButton.RightButton)) is None


def test_a_drag_may_begin_with_the_second_of_two_quick_presses(
    qtbot: Any, picker: RegionPicker, overlay: Overlay
) -> None:
    drag(qtbot, overlay, (600, 500), (650, 550))
    qtbot.mouseClick(overlay, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    qtbot.mouseDClick(overlay, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    drag(qtbot, overlay, (10, 10), (39, 39))
    assert selected(picker) == Box(10, 10, 30, 30)


def test_shift_takes_several_in_one_go(
    qtbot: Any, picker: RegionPicker, overlay: Overlay, heard: list[str]
) -> None:
    taken: list[Box] = []
    picker.taken.connect(taken.append)
    drag(qtbot, overlay, (10, 10), (39, 39))
    qtbot.keyClick(overlay, Qt.Key.Key_Return, SHIFT)
    qtbot.mouseClick(overlay, Qt.MouseButton.LeftButton, SHIFT, pos=QPoint(250, 200))
    assert taken == [Box(10, 10, 30, 30), WINDOW.box]
    assert heard[-1] == "2 captures taken"
    assert overlay._look.hint.startswith("2 captures taken · ")
    drag(qtbot, overlay, (600, 500), (619, 519))
    assert take(qtbot, picker, overlay) == Box(600, 500, 20, 20)
    assert len(taken) == 2


def test_arrows_move_by_one_pixel_with_ctrl_by_ten_and_resize_with_shift(
    qtbot: Any, picker: RegionPicker, overlay: Overlay
) -> None:
    drag(qtbot, overlay, (10, 10), (39, 39))
    qtbot.keyClick(overlay, Qt.Key.Key_Right)
    qtbot.keyClick(overlay, Qt.Key.Key_Down, CTRL)
    assert selected(picker) == Box(11, 20, 30, 30)
    qtbot.keyClick(overlay, Qt.Key.Key_Left, SHIFT)
    qtbot.keyClick(overlay, Qt.Key.Key_Down, SHIFT | CTRL)
    assert selected(picker) == Box(11, 20, 29, 40)


def test_tab_goes_through_the_windows_and_they_are_read_out(
    qtbot: Any, picker: RegionPicker, overlay: Overlay, heard: list[str]
) -> None:
    qtbot.keyClick(overlay, Qt.Key.Key_Tab)
    assert selected(picker) == WINDOW.box
    assert heard[-1] == "Region of 300 × 200 at 200, 150"
    assert overlay.accessibleDescription() == heard[-1]


def test_a_screen_reader_hears_what_it_is_and_what_is_under_the_pointer(
    qtbot: Any, picker: RegionPicker, heard: list[str]
) -> None:
    picker.open((shot(),))
    picker.begin((WINDOW,))
    overlay = picker._overlays[0]
    assert heard[0].startswith("Choose what to capture. ")
    for x in (250, 260, 270):
        qtbot.mouseMove(overlay, QPoint(x, 200))
    assert heard[1:] == ["Window Letters, 300 × 200"]
    drag(qtbot, overlay, (10, 10), (39, 39))
    assert heard[2:] == ["Region of 30 × 30 at 10, 10"]


def test_it_speaks_the_language_of_the_moment(qtbot: Any, picker: RegionPicker) -> None:
    i18n.use("zh")
    picker.open((shot(),))
    picker.begin(())
    assert picker._overlays[0].accessibleName() == "选择截图内容"


def test_the_pointer_shows_what_can_be_got_hold_of(qtbot: Any, overlay: Overlay) -> None:
    drag(qtbot, overlay, (100, 100), (299, 299))
    for point, shape in (
        ((100, 100), Qt.CursorShape.SizeFDiagCursor),
        ((299, 100), Qt.CursorShape.SizeBDiagCursor),
        ((200, 100), Qt.CursorShape.SizeVerCursor),
        ((100, 200), Qt.CursorShape.SizeHorCursor),
        ((200, 200), Qt.CursorShape.SizeAllCursor),
        ((500, 500), Qt.CursorShape.CrossCursor),
    ):
        qtbot.mouseMove(overlay, QPoint(*point))
        assert overlay.cursor().shape() is shape


def test_what_is_outside_is_dimmed_and_what_is_inside_is_not(qtbot: Any, overlay: Overlay) -> None:
    drag(qtbot, overlay, (100, 100), (300, 300))
    seen = overlay.grab().toImage()
    inside = [(150, 150), (106, 294), (294, 106)]  # beside the handles
    assert {seen.pixelColor(*spot).name() for spot in inside} == {"#ff0000"}
    assert seen.pixelColor(400, 400).red() < 200


def test_while_it_is_drawn_every_pixel_of_the_region_is_seen_as_it_is(qtbot: Any, overlay: Overlay) -> None:
    qtbot.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    qtbot.mouseMove(overlay, QPoint(300, 300))
    region = overlay.grab(QRect(200, 200, 101, 101)).toImage()
    colours = {region.pixelColor(x, y).name() for x in range(101) for y in (0, 1, 50, 99, 100)}
    assert colours == {"#ff0000"}


def test_a_dense_screen_gives_physical_pixels(qtbot: Any, picker: RegionPicker) -> None:
    picker.open((shot(density=2),))
    overlay = picker._overlays[0]
    drag(qtbot, overlay, (10, 10), (20, 20))
    assert take(qtbot, picker, overlay) == Box(20, 20, 21, 21)


@pytest.mark.parametrize("shots", [(), (shot, shot)])
def test_a_monitor_that_is_gone_when_the_picker_opens_is_said(
    qtbot: Any, picker: RegionPicker, shots: tuple[Any, ...]
) -> None:
    """The second of two shots is of a screen that was unplugged after it was taken."""
    taken = tuple(make(left=9999 * number) for number, make in enumerate(shots))
    with qtbot.waitSignal(picker.layout_changed):
        picker.open(taken)
    assert not picker.is_open()


@pytest.mark.parametrize("signal", ["screenAdded", "screenRemoved"])
def test_a_monitor_that_comes_or_goes_meanwhile_is_said(
    qapp: QApplication, qtbot: Any, picker: RegionPicker, overlay: Overlay, signal: str
) -> None:
    with qtbot.waitSignal(picker.layout_changed):
        getattr(qapp, signal).emit(QGuiApplication.primaryScreen())
    assert not picker.is_open()


def test_a_screen_that_changes_its_size_meanwhile_is_said(
    qtbot: Any, picker: RegionPicker, overlay: Overlay
) -> None:
    screen = QGuiApplication.primaryScreen()
    with qtbot.waitSignal(picker.layout_changed):
        screen.geometryChanged.emit(screen.geometry())
    assert not picker.is_open()
    with qtbot.assertNotEmitted(picker.layout_changed):
        screen.geometryChanged.emit(screen.geometry())


def test_it_opens_again_as_new(qtbot: Any, picker: RegionPicker, overlay: Overlay) -> None:
    drag(qtbot, overlay, (10, 10), (39, 39))
    take(qtbot, picker, overlay)
    picker.open((shot("#00ff00"),))
    assert selected(picker) is None
    assert overlay.grab().toImage().pixelColor(5, 5).green() > 100


def test_a_finished_selection_says_where_something_can_be_put_on_it(
    qtbot: Any, picker: RegionPicker, overlay: Overlay
) -> None:
    places: list[tuple[QWidget | None, QRect | None]] = []
    picker.held.connect(lambda on, place: places.append((on, place)))
    drag(qtbot, overlay, (10, 10), (39, 39))
    assert places == [(overlay, QRect(10, 10, 30, 30))]
    qtbot.keyClick(overlay, Qt.Key.Key_Right)
    assert places[-1] == (overlay, QRect(11, 10, 30, 30))
    qtbot.keyClick(overlay, Qt.Key.Key_Escape)
    assert places[-1:] == [(None, None)]


def test_only_what_changes_is_painted(qtbot: Any, picker: RegionPicker, overlay: Overlay) -> None:
    painted: list[QRect] = []
    drag(qtbot, overlay, (20, 20), (320, 320))
    QApplication.processEvents()
    overlay.paintEvent = lambda event: painted.extend(rects(event.region()))  # type: ignore[method-assign]
    qtbot.keyClick(overlay, Qt.Key.Key_Right)
    QApplication.processEvents()
    area = sum(rect.width() * rect.height() for rect in painted)
    assert 0 < area < 40_000  # the borders and the size, of 480,000 pixels
    assert not any(rect.contains(QPoint(170, 170)) for rect in painted)


def test_what_is_painted_in_parts_is_what_is_painted_as_a_whole(
    qtbot: Any, picker: RegionPicker, overlay: Overlay
) -> None:
    """Whatever was forgotten would be left on the screen from before."""
    QApplication.processEvents()
    canvas = overlay.grab().toImage()
    steps: tuple[Callable[[], None], ...] = (
        lambda: qtbot.mouseMove(overlay, QPoint(250, 200)),
        lambda: qtbot.mouseMove(overlay, QPoint(700, 580)),
        lambda: qtbot.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPoint(520, 90)),
        lambda: qtbot.mouseMove(overlay, QPoint(30, 500)),
        lambda: qtbot.mouseMove(overlay, QPoint(300, 30)),
        lambda: qtbot.mouseRelease(overlay, Qt.MouseButton.LeftButton, pos=QPoint(300, 30)),
        lambda: qtbot.keyClick(overlay, Qt.Key.Key_Down, CTRL),
        lambda: drag(qtbot, overlay, (520, 100), (540, 300)),
        lambda: qtbot.mouseClick(overlay, Qt.MouseButton.RightButton),
    )
    for step in steps:
        before = overlay._look
        step()
        whole, frame = overlay.grab().toImage(), overlay.frame()
        assert frame is not None
        for rect in rects(frame.changed(before, overlay._look)):
            painter = QPainter(canvas)
            painter.drawImage(rect.topLeft(), whole, rect)
            painter.end()
        assert canvas == whole
