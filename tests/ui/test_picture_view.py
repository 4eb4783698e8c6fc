from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel

from app.model.attachments import Attachment, Blob, Kind, Progress
from ui import theme
from ui.picture_stage import PictureStage
from ui.picture_view import PictureView


@pytest.fixture
def view_of(qtbot: Any, album: Any) -> Any:
    def make(count: int, index: int = 0) -> PictureView:
        attachment = Attachment(
            "a", Kind.DOCUMENT, "r.pdf", Progress.READY, pictures=album.pages(count), total=count
        )
        view = PictureView(attachment, index, album.load)
        view.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(view)
        view.show()
        view.activateWindow()
        qtbot.waitUntil(view.isActiveWindow)
        return view

    return make


@pytest.fixture
def stage(qtbot: Any) -> PictureStage:
    made = PictureStage()
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show_image(QImage(800, 600, QImage.Format.Format_RGB32))
    return made


def test_it_opens_the_page_asked_for(view_of: Any) -> None:
    view = view_of(3, 1)
    assert view.index() == 1
    assert any(label.text() == "Page 2 of 3 · 60 × 80" for label in view.findChildren(QLabel))


@pytest.mark.parametrize(("asked", "shown"), [(-1, 0), (99, 2)])
def test_out_of_range_is_the_nearest(view_of: Any, asked: int, shown: int) -> None:
    assert view_of(3, asked).index() == shown


def test_keys_turn_the_pages_and_stop_at_the_ends(view_of: Any, qtbot: Any) -> None:
    view = view_of(2)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.index() == 1
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.index() == 1
    qtbot.keyClick(view, Qt.Key.Key_PageUp)
    assert view.index() == 0


def test_escape_closes(view_of: Any, qtbot: Any) -> None:
    view = view_of(1)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert not view.isVisible()


def test_a_picture_that_is_gone_is_not_a_crash(view_of: Any, album: Any, qtbot: Any) -> None:
    view = view_of(2)
    album.forget(view._pictures[1])
    view.show_picture(1)
    assert view.index() == 1
    qtbot.waitUntil(lambda: view._stage._size.width() == 0)
    view.grab()


def one_of(gate: Any, *sizes: tuple[int, int]) -> PictureView:
    pictures = tuple(gate.album.picture(*size) for size in sizes)
    attachment = Attachment("a", Kind.PICTURE, "p", Progress.READY, pictures=pictures, total=len(pictures))
    return PictureView(attachment, 0, gate.load)


def middle(view: PictureView) -> str:
    image = view._stage.grab().toImage()
    return image.pixelColor(image.rect().center()).name()


def test_a_blank_sheet_stands_where_the_picture_will_be(qtbot: Any, gate: Any, light: QApplication) -> None:
    view = one_of(gate, (4000, 3000))
    view.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(view)
    view.show()
    assert middle(view) == theme.current().hover
    zoom = view._stage.zoom()
    assert zoom < 1
    gate.open()
    qtbot.waitUntil(lambda: middle(view) == "#ffffff")
    assert view._stage.zoom() == zoom


def test_leafing_quickly_reads_the_page_where_it_ends(qtbot: Any, gate: Any) -> None:
    view = one_of(gate, (4, 4), (5, 5), (6, 6), (7, 7))
    view.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(view)
    qtbot.waitUntil(gate.entered.is_set)
    for index in (1, 2, 3):
        view.show_picture(index)
    gate.open()
    qtbot.waitUntil(lambda: view._stage._image.width() == 7)
    first, last = view._pictures[0], view._pictures[3]
    assert gate.album.loads == [first.blob.digest, last.blob.digest]


def test_it_can_be_closed_while_the_picture_is_on_its_way(qtbot: Any, gate: Any) -> None:
    view = one_of(gate, (40, 30))
    view.show()
    qtbot.waitUntil(gate.entered.is_set)
    with qtbot.waitSignal(view.destroyed):
        view.close()
    gate.open()
    qtbot.waitUntil(lambda: len(gate.album.loads) == 1)
    qtbot.wait(20)


def test_a_large_picture_is_fitted_and_a_small_one_not_enlarged(stage: PictureStage) -> None:
    assert stage.zoom() == 0.5
    stage.show_image(QImage(10, 10, QImage.Format.Format_RGB32))
    assert stage.zoom() == 1


def test_zooming_keeps_the_point_under_the_pointer(stage: PictureStage) -> None:
    at = QPointF(300, 200)
    before = stage.image_point(at)
    stage.zoom_by(2, at)
    assert stage.zoom() == 1
    assert (stage.image_point(at) - before).manhattanLength() < 1


def test_zoom_has_ends(stage: PictureStage) -> None:
    for _ in range(40):
        stage.zoom_by(2)
    assert stage.zoom() == 8
    for _ in range(40):
        stage.zoom_by(0.5)
    assert stage.zoom() == 0.05
    stage.fit()
    assert stage.zoom() == 0.5


def test_the_picture_cannot_be_dragged_out_of_sight(stage: PictureStage, qtbot: Any) -> None:
    stage.zoom_by(4)
    for _ in range(5):
        qtbot.mousePress(stage, Qt.MouseButton.LeftButton, pos=stage.rect().topLeft())
        qtbot.mouseMove(stage, stage.rect().bottomRight())
        qtbot.mouseRelease(stage, Qt.MouseButton.LeftButton, pos=stage.rect().bottomRight())
    centre = stage.image_point(QPointF(stage.rect().center()))
    assert -1 <= centre.x() <= 801
    assert -1 <= centre.y() <= 601


def test_a_double_click_changes_between_whole_and_true_size(stage: PictureStage, qtbot: Any) -> None:
    qtbot.mouseDClick(stage, Qt.MouseButton.LeftButton)
    assert stage.zoom() == 1
    qtbot.mouseDClick(stage, Qt.MouseButton.LeftButton)
    assert stage.zoom() == 0.5


@pytest.mark.parametrize(
    ("whole", "mime", "source", "words"),
    [
        ((7680, 4320), "image/png", "image/png", "as it is sent: scaled down from 7680 × 4320"),
        (None, "image/jpeg", "image/png", "as it is sent: compressed as JPEG"),
        (None, "image/jpeg", "image/jpeg", ""),
        (None, "image/png", "image/png", ""),
    ],
)
def test_it_says_how_what_is_sent_differs_from_what_came(
    qtbot: Any, album: Any, whole: tuple[int, int] | None, mime: str, source: str, words: str
) -> None:
    plain = album.picture()
    picture = replace(plain, whole=whole, blob=replace(plain.blob, mime=mime))
    came = Blob("c" * 64, 1, source)
    view = PictureView(
        Attachment("a", Kind.PICTURE, "a.png", Progress.READY, came, (picture,)), 0, album.load
    )
    qtbot.addWidget(view)
    size = f"{picture.width} × {picture.height}"
    assert f"{size} · {words}".removesuffix(" · ") in [label.text() for label in view.findChildren(QLabel)]


def test_the_picture_on_view_is_pinned_where_that_is_offered(view_of: Any, qtbot: Any) -> None:
    view = view_of(2, 1)
    with qtbot.assertNotEmitted(view.pin_requested):
        qtbot.keyClick(view, Qt.Key.Key_P)
    view.offer_pinning()
    with qtbot.waitSignal(view.pin_requested) as asked:
        qtbot.keyClick(view, Qt.Key.Key_P)
    assert asked.args[0].number == 2
