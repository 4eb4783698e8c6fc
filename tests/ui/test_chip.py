from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from app import i18n
from app.model.attachments import Attachment, Blob, Clip, Kind, Progress
from app.model.sentences import sentence
from ui import theme
from ui.chip import THUMB, Chip
from ui.thumbnails import Thumbnails

LONG = "a sentence that is far too long for one line of a chip and has to be wrapped, not clipped " * 3


@pytest.fixture
def document(album: Any) -> Attachment:
    return Attachment("a", Kind.DOCUMENT, "report.pdf", Progress.READY, pictures=album.pages(12), total=12)


@pytest.fixture
def chip_of(qtbot: Any, album: Any, light: QApplication) -> Any:
    def make(attachment: Attachment) -> Chip:
        chip = Chip(attachment, Thumbnails(album.load, THUMB))
        qtbot.addWidget(chip)
        chip.show()
        return chip

    return make


def words(chip: Chip) -> list[str]:
    return [label.text() for label in chip.findChildren(QLabel) if label.isVisible() and label.text()]


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({}, "12 pages"),
        ({"chosen": (1, 2, 3, 7)}, "Pages 1-3, 7 of 12"),
        ({"kind": Kind.DECK}, "12 slides"),
        ({"kind": Kind.PICTURE}, "60 × 80"),
        ({"progress": Progress.READING, "total": 40}, "Reading 12 of 40…"),
        ({"progress": Progress.READING, "total": 1, "pictures": ()}, "Reading…"),
        ({"progress": Progress.FAILED}, ""),
        (
            {"kind": Kind.CLIP, "clip": Clip(Blob("d", 1, "video/mp4"), 640, 480, 12.4, 30)},
            "12 s video",
        ),
    ],
)
def test_it_says_how_much_there_is(
    chip_of: Any, document: Attachment, change: dict[str, Any], detail: str
) -> None:
    assert chip_of(replace(document, **change)).detail() == detail


def test_it_says_what_it_costs_once_it_is_read(chip_of: Any, document: Attachment) -> None:
    chip = chip_of(document)
    chip.set_tokens(sentence("≈ 18k tokens"))
    assert chip.detail() == "12 pages · ≈ 18k tokens"
    chip.show_attachment(replace(document, progress=Progress.READING))
    assert "tokens" not in chip.detail()


def test_a_fault_is_shown_whole(chip_of: Any, document: Attachment) -> None:
    chip = chip_of(replace(document, progress=Progress.FAILED, fault=sentence(LONG)))
    note = next(label for label in chip.findChildren(QLabel) if label.text() == LONG)
    assert note.height() >= note.heightForWidth(note.width())
    assert chip.rect().contains(note.geometry().translated(note.parentWidget().pos()))
    assert chip.accessibleDescription() == LONG


def test_it_never_takes_a_name_for_markup(chip_of: Any, document: Attachment) -> None:
    chip = chip_of(replace(document, name="<img src=file:///dev/zero>" * 20))
    assert all(
        label.textFormat() is Qt.TextFormat.PlainText for label in chip.findChildren(QLabel) if label.text()
    )
    tips = [label.toolTip() for label in chip.findChildren(QLabel)]
    assert not any("<img" in tip for tip in tips)
    assert any("&lt;img" in tip for tip in tips)


def test_a_long_name_is_shortened_in_the_middle(chip_of: Any, document: Attachment) -> None:
    chip = chip_of(replace(document, name="beginning" + "x" * 100 + "end.pdf"))
    shown = words(chip)[0]
    assert shown.startswith("begin")
    assert shown.endswith("end.pdf")
    assert chip.width() <= 368


@pytest.mark.parametrize(
    ("key", "signal"),
    [
        (Qt.Key.Key_Return, "opened"),
        (Qt.Key.Key_Space, "opened"),
        (Qt.Key.Key_Delete, "removed"),
        (Qt.Key.Key_Backspace, "removed"),
    ],
)
def test_keys_open_and_remove(
    qtbot: Any, chip_of: Any, document: Attachment, key: Qt.Key, signal: str
) -> None:
    chip = chip_of(document)
    with qtbot.waitSignal(getattr(chip, signal)):
        qtbot.keyClick(chip, key)


def test_a_click_opens(qtbot: Any, chip_of: Any, document: Attachment) -> None:
    chip = chip_of(document)
    with qtbot.waitSignal(chip.opened):
        qtbot.mouseClick(chip, Qt.MouseButton.LeftButton, pos=chip.rect().center())


def test_what_has_no_picture_cannot_be_opened(qtbot: Any, chip_of: Any, document: Attachment) -> None:
    chip = chip_of(replace(document, pictures=()))
    with qtbot.assertNotEmitted(chip.opened):
        qtbot.keyClick(chip, Qt.Key.Key_Return)


def test_its_first_page_is_its_picture(qtbot: Any, chip_of: Any, document: Attachment, album: Any) -> None:
    chip = chip_of(document)
    qtbot.waitUntil(lambda: album.loads == [document.pictures[0].blob.digest])
    assert chip.isVisible()


def test_it_follows_the_language(chip_of: Any, document: Attachment) -> None:
    chip = chip_of(document)
    i18n.use("zh")
    chip.show_attachment(document)
    assert chip.detail() == "共 12 页"


def test_without_a_detail_its_name_is_the_name(chip_of: Any, document: Attachment) -> None:
    failed = replace(document, progress=Progress.FAILED, fault=sentence("document.locked"))
    assert chip_of(failed).accessibleName() == "report.pdf"


def test_white_paper_has_an_edge_in_the_colour_of_now(
    chip_of: Any, document: Attachment, light: QApplication, qtbot: Any
) -> None:
    chip = chip_of(document)

    def corner() -> str:
        thumb = chip._thumb.pixmap()
        return str(thumb.toImage().pixelColor(0, thumb.height() // 2).name())

    qtbot.waitUntil(lambda: not chip._thumb.pixmap().isNull() and corner() == theme.LIGHT.line)
    theme.apply(light, "dark")
    qtbot.waitUntil(lambda: corner() == theme.DARK.line)
