"""The chips of what is attached: put, updated, taken away, opened."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QToolButton

from app.model.attachments import Attachment, Draft, Kind, Progress
from ui.chip import Chip
from ui.composer import Composer
from ui.page_picker import PagePicker
from ui.question_edit import QuestionEdit
from ui.shelf import Shelf


@pytest.fixture
def composer(qtbot: Any, light: QApplication) -> Composer:
    made = Composer()
    qtbot.addWidget(made)
    made.resize(700, 200)
    made.show()
    return made


@pytest.fixture
def shelf(composer: Composer, album: Any) -> Shelf:
    return Shelf(composer, album.load)


@pytest.fixture
def document(album: Any) -> Attachment:
    return Attachment("a", Kind.DOCUMENT, "report.pdf", Progress.READY, pictures=album.pages(3), total=3)


def chips(shelf: Shelf) -> list[Chip]:
    return [chip for chip in shelf.findChildren(Chip) if not chip.isHidden()]


def test_an_attachment_is_put_updated_and_removed(
    composer: Composer, shelf: Shelf, qtbot: Any, document: Attachment
) -> None:
    reading = replace(document, progress=Progress.READING, pictures=())
    composer.put_attachment(reading)
    composer.put_attachment(replace(document, id="b"))
    composer.put_attachment(document)
    assert [one.id for one in composer.draft().attachments] == ["a", "b"]
    assert composer.draft().attachments[0] == document
    assert [chip.attachment().id for chip in chips(shelf)] == ["a", "b"]
    assert chips(shelf)[0].attachment() == document
    with qtbot.waitSignal(composer.attachment_removed) as removed:
        qtbot.keyClick(chips(shelf)[0], Qt.Key.Key_Delete)
    assert removed.args == ["a"]
    assert [one.id for one in composer.draft().attachments] == ["b"]
    assert [chip.attachment().id for chip in chips(shelf)] == ["b"]


def test_the_first_chip_is_there_to_be_seen(
    composer: Composer, shelf: Shelf, qtbot: Any, document: Attachment
) -> None:
    composer.put_attachment(document)
    qtbot.waitUntil(lambda: not chips(shelf)[0].visibleRegion().isEmpty())


def test_another_draft_brings_its_own_chips(composer: Composer, shelf: Shelf, document: Attachment) -> None:
    composer.put_attachment(document)
    composer.set_draft(Draft("", (replace(document, id="b"),)))
    assert [chip.attachment().id for chip in chips(shelf)] == ["b"]
    composer.set_draft(Draft())
    assert chips(shelf) == []
    assert shelf.isHidden()


def test_what_was_attached_before_there_was_a_shelf_is_shown(
    composer: Composer, album: Any, document: Attachment
) -> None:
    composer.put_attachment(document)
    shelf = Shelf(composer, album.load)
    assert [chip.attachment() for chip in chips(shelf)] == [document]
    assert shelf.isVisible()


def test_a_shelf_that_comes_late_and_empty_moves_nothing(composer: Composer, album: Any, qtbot: Any) -> None:
    edit = composer.findChildren(QuestionEdit)[0]
    qtbot.wait(10)
    before = composer.sizeHint(), edit.geometry()
    Shelf(composer, album.load)
    qtbot.wait(10)
    assert (composer.sizeHint(), edit.geometry()) == before


def test_all_chips_can_be_seen_in_a_wide_window(
    composer: Composer, shelf: Shelf, qtbot: Any, document: Attachment
) -> None:
    composer.resize(700, 900)
    for number in range(5):
        composer.put_attachment(replace(document, id=str(number)))
    qtbot.wait(10)
    assert len({chip.y() for chip in chips(shelf)}) > 1
    assert shelf.height() >= max(chip.geometry().bottom() for chip in chips(shelf))


def test_chips_wrap_anew_when_the_window_becomes_narrower(
    composer: Composer, shelf: Shelf, qtbot: Any, document: Attachment
) -> None:
    for number in range(3):
        composer.put_attachment(replace(document, id=str(number)))
    qtbot.waitUntil(lambda: len({chip.y() for chip in chips(shelf)}) == 1)
    low = shelf.height()
    composer.resize(420, 400)
    qtbot.waitUntil(lambda: len({chip.y() for chip in chips(shelf)}) > 1)
    assert shelf.height() > low


def test_pages_are_chosen_on_the_chip(
    composer: Composer, shelf: Shelf, qtbot: Any, document: Attachment
) -> None:
    composer.put_attachment(document)
    next(b for b in shelf.findChildren(QToolButton) if b.accessibleName() == "Choose pages").click()
    picker = composer.findChildren(PagePicker)[0]
    with qtbot.waitSignal(shelf.pages_chosen) as chosen:
        picker.chosen.emit((2,))
    assert chosen.args == ["a", (2,)]
    picker.close()


def test_a_chip_opens_its_attachment(
    composer: Composer, shelf: Shelf, qtbot: Any, document: Attachment
) -> None:
    composer.put_attachment(document)
    with qtbot.waitSignal(shelf.attachment_opened) as opened:
        qtbot.keyClick(chips(shelf)[0], Qt.Key.Key_Return)
    assert opened.args == [document, 0]
