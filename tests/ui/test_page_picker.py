from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QListView, QPushButton

from app.model.attachments import Attachment, Kind, Progress
from ui.page_picker import PagePicker


@pytest.fixture
def picker_of(qtbot: Any, album: Any, light: QApplication) -> Any:
    def make(chosen: tuple[int, ...] = ()) -> PagePicker:
        attachment = Attachment(
            "a", Kind.DOCUMENT, "r.pdf", Progress.READY, pictures=album.pages(6), total=6, chosen=chosen
        )
        picker = PagePicker(attachment, album.load)
        picker.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(picker)
        picker.show()
        return picker

    return make


def button(picker: PagePicker, text: str) -> QPushButton:
    return next(found for found in picker.findChildren(QPushButton) if found.text() == text)


def field(picker: PagePicker) -> QLineEdit:
    return picker.findChildren(QLineEdit)[0]


def ticks(picker: PagePicker) -> list[int]:
    model = picker.findChildren(QListView)[0].model()
    rows = (model.index(number, 0) for number in range(model.rowCount()))
    checked = (index.data(Qt.ItemDataRole.CheckStateRole) for index in rows)
    return [number for number, state in enumerate(checked, 1) if state == Qt.CheckState.Checked]


def click_page(picker: PagePicker, qtbot: Any, number: int) -> None:
    view = picker.findChildren(QListView)[0]
    rect = view.visualRect(view.model().index(number - 1, 0))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())


def test_it_opens_with_the_pages_that_are_chosen(picker_of: Any) -> None:
    picker = picker_of((1, 2, 5))
    assert field(picker).text() == "1-2, 5"
    assert ticks(picker) == [1, 2, 5]


def test_enter_takes_what_was_typed(picker_of: Any, qtbot: Any) -> None:
    picker = picker_of()
    qtbot.keyClicks(field(picker), "2-3")
    with qtbot.waitSignal(picker.chosen) as chosen:
        qtbot.keyClick(field(picker), Qt.Key.Key_Return)
    assert chosen.args == [(2, 3)]


def test_no_choice_means_every_page(picker_of: Any) -> None:
    assert ticks(picker_of()) == [1, 2, 3, 4, 5, 6]


def test_what_is_typed_ticks_the_pages(picker_of: Any, qtbot: Any) -> None:
    picker = picker_of()
    qtbot.keyClicks(field(picker), "2-3,6")
    assert ticks(picker) == [2, 3, 6]
    with qtbot.waitSignal(picker.chosen) as chosen:
        button(picker, "Use these pages").click()
    assert chosen.args == [(2, 3, 6)]


def test_a_tick_changes_the_range(picker_of: Any, qtbot: Any) -> None:
    picker = picker_of((1, 2))
    click_page(picker, qtbot, 4)
    assert field(picker).text() == "1-2, 4"
    click_page(picker, qtbot, 1)
    assert field(picker).text() == "2, 4"


def test_space_ticks_the_page_with_the_focus(picker_of: Any, qtbot: Any) -> None:
    picker = picker_of((1,))
    view = picker.findChildren(QListView)[0]
    view.setCurrentIndex(view.model().index(2, 0))
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert ticks(picker) == [1, 3]


def test_every_page_ticked_is_no_choice(picker_of: Any, qtbot: Any) -> None:
    picker = picker_of((1, 2, 3, 4, 5))
    click_page(picker, qtbot, 6)
    assert field(picker).text() == ""
    with qtbot.waitSignal(picker.chosen) as chosen:
        button(picker, "Use these pages").click()
    assert chosen.args == [()]


@pytest.mark.parametrize("text", ["9", "x", "4-2"])
def test_a_wrong_range_cannot_be_taken(picker_of: Any, qtbot: Any, text: str) -> None:
    picker = picker_of()
    qtbot.keyClicks(field(picker), text)
    assert not button(picker, "Use these pages").isEnabled()
    assert any(label.property("look") == "danger" and label.text() for label in picker.findChildren(QLabel))


def test_no_page_at_all_cannot_be_taken(picker_of: Any) -> None:
    picker = picker_of()
    button(picker, "None").click()
    assert ticks(picker) == []
    assert not button(picker, "Use these pages").isEnabled()
    button(picker, "All").click()
    assert button(picker, "Use these pages").isEnabled()


def test_only_pages_on_the_screen_are_read(qtbot: Any, album: Any, light: QApplication) -> None:
    attachment = Attachment("a", Kind.DOCUMENT, "r.pdf", Progress.READY, pictures=album.pages(300), total=300)
    picker = PagePicker(attachment, album.load)
    picker.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(picker)
    picker.show()
    qtbot.waitUntil(lambda: len(album.loads) >= 12)
    qtbot.wait(50)
    assert len(album.loads) < 60


def test_what_has_been_scrolled_past_is_never_read(qtbot: Any, gate: Any, light: QApplication) -> None:
    pages = gate.album.pages(200)
    picker = PagePicker(
        Attachment("a", Kind.DOCUMENT, "r.pdf", Progress.READY, pictures=pages, total=200), gate.load
    )
    picker.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(picker)
    picker.show()
    qtbot.waitUntil(gate.entered.is_set)
    view = picker.findChildren(QListView)[0]
    bar = view.verticalScrollBar()
    for step in range(1, 11):
        bar.setValue(bar.maximum() * step // 10)
        view.viewport().repaint()
    gate.open()
    qtbot.waitUntil(lambda: not picker._thumbnails._decoder._timer.isActive())
    shown = {page.blob.digest for page in pages[-40:]}
    assert len(set(gate.album.loads) - shown) == 1  # the one that was being read
    assert view.model().index(199, 0).data(Qt.ItemDataRole.DecorationRole) is not None
