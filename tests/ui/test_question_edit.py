from typing import Any

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication

from ui.offers import LINE, Offer
from ui.question_edit import QuestionEdit


@pytest.fixture
def edit(qtbot: Any) -> QuestionEdit:
    made = QuestionEdit()
    qtbot.addWidget(made)
    made.resize(400, 30)
    made.show()
    return made


def compose(edit: QuestionEdit, preedit: str, commit: str = "") -> None:
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(commit)
    QApplication.sendEvent(edit, event)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_sends(edit: QuestionEdit, qtbot: Any, key: Qt.Key) -> None:
    with qtbot.waitSignal(edit.sent):
        qtbot.keyClick(edit, key)
    assert edit.toPlainText() == ""


@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier])
def test_shift_enter_breaks_the_line(edit: QuestionEdit, qtbot: Any, modifier: Qt.KeyboardModifier) -> None:
    qtbot.keyClicks(edit, "a")
    with qtbot.assertNotEmitted(edit.sent):
        qtbot.keyClick(edit, Qt.Key.Key_Return, modifier)
    qtbot.keyClicks(edit, "b")
    assert edit.toPlainText() == "a\nb"


def test_enter_never_sends_while_a_word_is_being_composed(edit: QuestionEdit, qtbot: Any) -> None:
    compose(edit, "ni hao")
    with qtbot.assertNotEmitted(edit.sent):
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    compose(edit, "", "你好")
    assert edit.toPlainText().replace("\n", "") == "你好"
    with qtbot.waitSignal(edit.sent):
        qtbot.keyClick(edit, Qt.Key.Key_Return)


def test_it_grows_with_its_lines_and_then_scrolls(edit: QuestionEdit) -> None:
    heights = []
    for lines in (1, 3, 8, 9, 40):
        edit.setPlainText("\n".join(["x"] * lines))
        heights.append(edit.height())
    assert heights[0] < heights[1] < heights[2] == heights[3] == heights[4]
    assert edit.verticalScrollBar().maximum() > 0


def test_a_file_is_handed_on_and_not_written_out(edit: QuestionEdit, qtbot: Any) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("file:///tmp/report.pdf")])
    with qtbot.waitSignal(edit.pasted) as pasted:
        edit.insertFromMimeData(mime)
    assert isinstance(pasted.args[0], Offer)
    assert [path.name for path in pasted.args[0].paths] == ["report.pdf"]
    assert edit.toPlainText() == ""


def test_markup_is_pasted_as_its_plain_text(edit: QuestionEdit) -> None:
    mime = QMimeData()
    mime.setHtml("<b>bold</b>")
    mime.setText("bold")
    edit.insertFromMimeData(mime)
    assert edit.toPlainText() == "bold"


def test_a_line_that_would_freeze_the_field_is_broken(edit: QuestionEdit) -> None:
    mime = QMimeData()
    mime.setText("x" * (2 * LINE + 5))
    edit.insertFromMimeData(mime)
    assert [len(line) for line in edit.toPlainText().split("\n")] == [LINE, LINE, 5]
