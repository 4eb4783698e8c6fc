"""A pin stays where it is put, keeps its pixels, and does what hand and keys say."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu
from shiboken6 import isValid

from app import i18n
from app.model.screens import Box
from ui.journeys.pinning import corner_of
from ui.pin import EDGE, LIGHTEST, Pin
from ui.veil import Veil

CORNER = QPoint(100, 80)


@pytest.fixture
def pin(qtbot: Any, light: QApplication) -> Iterator[Pin]:
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    image.setPixelColor(0, 0, QColor("lime"))
    image.setPixelColor(199, 99, QColor("blue"))
    made = Pin(image, "Capture <b>1</b>")
    made.show_at(CORNER)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    if isValid(made):
        made.close()
        qtbot.waitUntil(lambda: not isValid(made))


def wheel(pin: Pin, at: QPoint, notches: float, held: Qt.KeyboardModifier) -> None:
    """Turn the wheel with the pointer at a point of the screen."""
    event = QWheelEvent(
        QPointF(at - pin.pos()),
        QPointF(at),
        QPoint(),
        QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton,
        held,
        Qt.ScrollPhase.NoScrollPhase,
        False,  # inverted
    )
    QApplication.sendEvent(pin, event)


def test_it_lies_exactly_where_its_pixels_were(pin: Pin) -> None:
    assert pin.geometry() == QRect(CORNER - QPoint(EDGE, EDGE), CORNER + QPoint(200, 100))
    seen = pin.grab().toImage()
    assert seen.pixelColor(EDGE, EDGE) == QColor("lime")
    assert seen.pixelColor(EDGE + 199, EDGE + 99) == QColor("blue")
    assert pin.windowFlags() & Qt.WindowType.WindowStaysOnTopHint


def test_it_zooms_under_the_pointer_without_creeping_away(pin: Pin) -> None:
    before = pin.geometry()
    spot = QPoint(150, 100)
    for _ in range(7):
        wheel(pin, spot, 1, Qt.KeyboardModifier.NoModifier)
    assert pin.zoom() == pytest.approx(1.1**7)
    share = (spot.x() - pin.x()) / pin.width()
    assert share == pytest.approx((spot.x() - before.x()) / before.width(), abs=0.005)
    for _ in range(7):
        wheel(pin, spot, -1, Qt.KeyboardModifier.NoModifier)
    assert pin.geometry() == before


@pytest.mark.parametrize(("notches", "bound"), [(40, 8.0), (-60, 32 / 200)])
def test_there_is_an_end_to_zooming(pin: Pin, notches: int, bound: float) -> None:
    for _ in range(abs(notches)):
        wheel(pin, CORNER, notches / abs(notches), Qt.KeyboardModifier.NoModifier)
    assert pin.zoom() == pytest.approx(bound)
    pin.show_true_size()
    assert pin.zoom() == 1


def test_ctrl_and_the_wheel_fade_it_but_never_away(pin: Pin) -> None:
    for _ in range(20):
        wheel(pin, CORNER, -1, Qt.KeyboardModifier.ControlModifier)
    assert pin.windowOpacity() == pytest.approx(LIGHTEST, abs=0.01)
    assert pin.zoom() == 1
    for _ in range(20):
        wheel(pin, CORNER, 1, Qt.KeyboardModifier.ControlModifier)
    assert pin.windowOpacity() == 1


def test_it_goes_with_the_hand_and_with_the_arrows(pin: Pin, qtbot: Any) -> None:
    start = pin.pos()
    qtbot.mousePress(pin, Qt.MouseButton.LeftButton, pos=QPoint(30, 30))
    qtbot.mouseMove(pin, QPoint(90, 70))
    qtbot.mouseRelease(pin, Qt.MouseButton.LeftButton, pos=QPoint(30, 30))
    assert pin.pos() == start + QPoint(60, 40)
    qtbot.keyClick(pin, Qt.Key.Key_Left)
    qtbot.keyClick(pin, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert pin.pos() == start + QPoint(59, 50)


@pytest.mark.parametrize("how", ["key", "hand"])
def test_it_is_closed_for_good(pin: Pin, qtbot: Any, how: str) -> None:
    with qtbot.waitSignal(pin.closed):
        if how == "key":
            qtbot.keyClick(pin, Qt.Key.Key_Escape)
        else:
            qtbot.mouseDClick(pin, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not isValid(pin))


@pytest.mark.parametrize(
    ("key", "held", "signal"),
    [
        (Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier, "copy_requested"),
        (Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier, "save_requested"),
        (Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "ask_requested"),
        (Qt.Key.Key_Escape, Qt.KeyboardModifier.ShiftModifier, "close_all_requested"),
    ],
)
def test_its_keys_ask_for_what_its_menu_offers(
    pin: Pin, qtbot: Any, key: Qt.Key, held: Qt.KeyboardModifier, signal: str
) -> None:
    with qtbot.waitSignal(getattr(pin, signal)):
        qtbot.keyClick(pin, key, held)


def test_its_menu_offers_everything_in_the_language_of_now(pin: Pin, qtbot: Any) -> None:
    def entries() -> list[str]:
        reason = QContextMenuEvent.Reason.Keyboard
        QApplication.sendEvent(pin, QContextMenuEvent(reason, QPoint(5, 5), CORNER))
        menu = next(one for one in pin.findChildren(QMenu) if one.isVisible())
        found = [action.text() for action in menu.actions() if action.text()]
        menu.close()
        return found

    assert entries() == ["Copy", "Save…", "Ask about it", "True size", "Close", "Close all pins"]
    assert pin.accessibleName() == "Pinned picture Capture <b>1</b>, 200 × 100"
    i18n.use("zh")
    QApplication.sendEvent(pin, language_change())
    assert entries()[0] == "复制"
    assert pin.windowTitle() == "贴图：Capture <b>1</b>"


def language_change() -> QEvent:
    return QEvent(QEvent.Type.LanguageChange)


def test_it_stays_while_a_picture_of_the_screen_is_taken(pin: Pin) -> None:
    veil = Veil()
    veil.hide()
    assert pin.isVisible()
    # Its keys are given back as those of another application are.
    assert not veil.was_active()
    assert Veil.spared() == {int(pin.winId())}
    veil.restore()
    pin.hide()
    assert Veil.spared() == frozenset()


class Screen:
    """A screen as Qt tells of it: its corner in pixels of the desktop, its size divided by the density."""

    def __init__(self, at: QRect, density: float) -> None:
        self.geometry, self.devicePixelRatio = lambda: at, lambda: density


@pytest.mark.parametrize(
    ("box", "corner"),
    [
        (Box(100, 50, 30, 30), QPoint(50, 25)),
        (Box(2600, 100, 30, 30), QPoint(2600, 100)),
        (Box(2500, 100, 200, 30), QPoint(1250, 50)),  # over both: where it begins
        (Box(9000, 0, 5, 5), None),
        (None, None),
    ],
)
def test_a_place_on_the_desktop_is_found_on_its_screen(
    monkeypatch: pytest.MonkeyPatch, box: Box | None, corner: QPoint | None
) -> None:
    screens = [Screen(QRect(0, 0, 1280, 720), 2), Screen(QRect(2560, 0, 1920, 1080), 1)]
    monkeypatch.setattr(QGuiApplication, "screens", lambda: screens)
    assert corner_of(box) == corner
