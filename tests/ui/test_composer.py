from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QMimeData, Qt, QUrl
from PySide6.QtWidgets import QApplication, QFileDialog, QToolButton

from app import i18n
from app.model.attachments import Attachment, Draft, Kind, Progress
from app.model.sentences import sentence
from ui.composer import Composer
from ui.question_edit import QuestionEdit


@pytest.fixture
def composer(qtbot: Any, light: QApplication) -> Composer:
    made = Composer()
    qtbot.addWidget(made)
    made.resize(700, 200)
    made.show()
    return made


@pytest.fixture
def document(album: Any) -> Attachment:
    return Attachment("a", Kind.DOCUMENT, "report.pdf", Progress.READY, pictures=album.pages(3), total=3)


def edit(composer: Composer) -> QuestionEdit:
    return composer.findChildren(QuestionEdit)[0]


def button(composer: Composer, name: str) -> QToolButton:
    return next(found for found in composer.findChildren(QToolButton) if found.accessibleName() == name)


def enter(composer: Composer, qtbot: Any) -> None:
    qtbot.keyClick(edit(composer), Qt.Key.Key_Return)


def hint(composer: Composer) -> str:
    return composer._hint.text()


def test_what_is_typed_is_the_draft(composer: Composer, qtbot: Any) -> None:
    with qtbot.waitSignal(composer.draft_changed) as changed:
        qtbot.keyClicks(edit(composer), "w")
    qtbot.keyClicks(edit(composer), "hat")
    assert changed.args == [Draft("w")]
    assert composer.draft() == Draft("what")


def test_enter_submits_the_draft_and_keeps_it(composer: Composer, qtbot: Any, document: Attachment) -> None:
    composer.put_attachment(document)
    qtbot.keyClicks(edit(composer), "what")
    with qtbot.waitSignal(composer.submitted) as submitted:
        enter(composer, qtbot)
    assert submitted.args == [Draft("what", (document,))]
    assert composer.draft() == Draft("what", (document,))


def test_a_second_enter_does_not_send_twice(composer: Composer, qtbot: Any) -> None:
    qtbot.keyClicks(edit(composer), "what")
    enter(composer, qtbot)
    with qtbot.assertNotEmitted(composer.submitted):
        enter(composer, qtbot)
    assert hint(composer) == "A reply is still being written. Stop it or wait."


@pytest.mark.parametrize("text", ["", "  \n "])
def test_nothing_is_not_sent(composer: Composer, qtbot: Any, text: str) -> None:
    composer.set_draft(Draft(text))
    assert not button(composer, "Send").isEnabled()
    with qtbot.assertNotEmitted(composer.submitted):
        enter(composer, qtbot)


def test_send_becomes_stop_while_a_reply_is_written(composer: Composer, qtbot: Any) -> None:
    composer.set_busy(True)
    with qtbot.waitSignal(composer.stop_requested):
        button(composer, "Stop").click()
    composer.set_busy(False)
    assert not button(composer, "Send").isEnabled()


def test_a_request_over_the_limits_is_never_sent(composer: Composer, qtbot: Any) -> None:
    qtbot.keyClicks(edit(composer), "what")
    composer.set_estimate(sentence("Too many pages."), problem=True)
    assert not button(composer, "Send").isEnabled()
    with qtbot.assertNotEmitted(composer.submitted):
        enter(composer, qtbot)
    assert hint(composer) == "Too many pages."
    composer.set_estimate(sentence("≈ 800 tokens"))
    assert button(composer, "Send").isEnabled()
    assert composer._hint.property("look") == "small"


def test_a_stored_draft_comes_back_without_an_echo(
    composer: Composer, qtbot: Any, document: Attachment
) -> None:
    draft = Draft("line one\nline two", (document,))
    with qtbot.assertNotEmitted(composer.draft_changed):
        composer.set_draft(draft)
    assert composer.draft() == draft
    assert edit(composer).toPlainText() == "line one\nline two"


def test_dropped_files_are_offered(composer: Composer, qtbot: Any) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/a/b.pdf"), QUrl.fromLocalFile("/a/c.png")])
    with qtbot.waitSignal(composer.files_offered) as offered:
        composer.take(mime)
    assert offered.args == [(Path("/a/b.pdf"), Path("/a/c.png"))]


def test_a_pasted_picture_is_offered_as_png(composer: Composer, qtbot: Any, make_png: Any) -> None:
    mime = QMimeData()
    mime.setData("image/png", make_png(5, 5))
    with qtbot.waitSignal(composer.picture_pasted) as pasted:
        edit(composer).insertFromMimeData(mime)
    assert pasted.args == [make_png(5, 5)]


def test_what_cannot_be_pasted_is_told(composer: Composer, qtbot: Any) -> None:
    mime = QMimeData()
    mime.setData("image/png", b"")
    with qtbot.waitSignal(composer.refused) as refused:
        composer.take(mime)
    assert refused.args == [sentence("composer.picture_unreadable")]


def test_files_are_chosen_without_blocking(composer: Composer, qtbot: Any, tmp_path: Path) -> None:
    file = tmp_path / "x.png"
    file.touch()
    composer.choose_files()
    dialog = composer.findChildren(QFileDialog)[0]
    with qtbot.waitSignal(composer.files_offered) as offered:
        dialog.filesSelected.emit([str(file)])
    assert offered.args == [(file,)]
    dialog.close()


def test_it_follows_the_language(composer: Composer) -> None:
    i18n.use("zh")
    QApplication.sendEvent(composer, QEvent(QEvent.Type.LanguageChange))
    assert edit(composer).placeholderText() == "针对所见内容提问…"
    assert button(composer, "发送").isVisible()
