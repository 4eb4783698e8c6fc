from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import i18n
from app.model.attachments import Attachment, Kind
from app.model.messages import Question
from app.model.sentences import sentence
from ui.attachment_tile import AttachmentTile
from ui.question_view import LETTERS, QuestionView
from ui.thumbnails import Thumbnails

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def view_of(qtbot: QtBot, album: Any, text: str, *attachments: Attachment) -> QuestionView:
    view = QuestionView(Question(1, text, attachments, NOW), Thumbnails(album.load, 132))
    qtbot.addWidget(view)
    view.resize(600, view.heightForWidth(600))
    view.show()
    return view


def test_a_short_question_has_a_short_bubble_on_the_right(qtbot: QtBot, album: Any) -> None:
    view = view_of(qtbot, album, "Why?")

    assert view._bubble.width() < 100
    assert view._bubble.geometry().right() == 599
    assert view._view.toPlainText() == "Why?"


def test_a_long_question_leaves_room_on_the_left_and_is_kept_short(qtbot: QtBot, album: Any) -> None:
    view = view_of(qtbot, album, "word " * 2000)
    assert view._bubble.width() <= 600 * 0.85 + 1
    assert view._view.document().characterCount() <= LETTERS + 10

    view._all.click()

    assert view._view.toPlainText().replace("\n", "") == "word " * 2000


def test_it_shows_and_opens_what_it_is_about(qtbot: QtBot, album: Any) -> None:
    picture = Attachment("a", Kind.PICTURE, "shot.png", pictures=(album.picture(300, 200),))
    report = Attachment("b", Kind.DOCUMENT, "report.pdf", pictures=album.pages(3), total=3)
    view = view_of(qtbot, album, "", picture, report)
    tiles = view.findChildren(AttachmentTile)
    assert [tile.accessibleName() for tile in tiles] == ["Attachment: shot.png", "Attachment: report.pdf"]

    with qtbot.waitSignal(view.attachment_opened) as told:
        QTest.keyClick(tiles[1], Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(album.loads) == 2)

    assert told.args == [report, 0]
    assert view._bubble.isHidden()


def test_a_picture_that_is_gone_leaves_a_frame(qtbot: QtBot, album: Any) -> None:
    gone = album.picture()
    album.forget(gone)
    view = view_of(qtbot, album, "?", Attachment("a", Kind.PICTURE, "x", pictures=(gone,)))

    qtbot.waitUntil(lambda: len(album.loads) == 1)

    assert not view.grab().isNull()


def test_what_is_no_longer_sent_is_said_below_it_until_it_is_sent_again(qtbot: QtBot, album: Any) -> None:
    view = view_of(qtbot, album, "Why?")
    height = view.heightForWidth(600)
    view.set_note(sentence("fit.turn_gone"))
    assert view.heightForWidth(600) > height
    view.resize(600, view.heightForWidth(600))
    assert view._note.text() == "No longer sent: the conversation is too long."
    assert view._note.isVisible()
    assert view._note.geometry().top() >= view._bubble.geometry().bottom()
    view.set_note(None)
    assert not view._note.isVisible()
    assert view.heightForWidth(600) == height


def test_it_follows_the_language(qtbot: QtBot, album: Any) -> None:
    picture = Attachment("a", Kind.PICTURE, "shot.png", pictures=(album.picture(),))
    view = view_of(qtbot, album, "word " * 2000, picture)
    view.set_note(sentence("fit.turn_gone"))
    before = view._note.text()
    i18n.use("zh")
    (tile,) = view.findChildren(AttachmentTile)
    for widget in (view, tile):
        QApplication.sendEvent(widget, QEvent(QEvent.Type.LanguageChange))
    assert view._all.text() == "显示全部"
    assert view._view.accessibleName() == "你的提问"
    assert view._note.text() != before
    assert tile.accessibleName() == i18n.say("thread.attachment", name="shot.png")
    assert (view._all.isVisible(), view._note.isVisible()) == (True, True)
