from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app.model.sentences import sentence
from ui.notices import Notice, Notices


@pytest.fixture
def notices(qtbot: Any) -> Notices:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(600, 400)
    foot = QWidget(host)
    foot.setGeometry(0, 300, 600, 100)
    made = Notices(host, foot)
    made.host = host  # type: ignore[attr-defined] # kept alive with its child
    host.show()
    return made


def test_it_says_what_it_is_told_as_plain_text(notices: Notices) -> None:
    notices.tell(sentence("<b>not bold</b>"))
    assert notices.texts() == ("<b>not bold</b>",)
    shown = [label for label in notices.findChildren(QLabel) if label.text()]
    assert [label.textFormat() for label in shown] == [Qt.TextFormat.PlainText]


def test_it_lies_above_the_composer(notices: Notices) -> None:
    notices.tell(sentence("x"))
    assert notices.isVisible()
    assert notices.geometry().bottom() < 300


def test_the_action_is_done_once_and_the_notice_goes(notices: Notices, qtbot: Any) -> None:
    done: list[bool] = []
    notices.tell(sentence("gone"), action=sentence("notices.undo"), act=lambda: done.append(True))
    notices.findChildren(QPushButton)[0].click()
    assert done == [True]
    assert notices.texts() == ()
    qtbot.waitUntil(lambda: not notices.isVisible())


def test_only_the_last_three_are_shown(notices: Notices) -> None:
    for number in range(5):
        notices.tell(sentence(str(number)))
    assert notices.texts() == ("2", "3", "4")


def test_it_goes_by_itself(notices: Notices, qtbot: Any) -> None:
    notices.tell(sentence("x"))
    notices.findChildren(Notice)[0]._timer.setInterval(1)
    qtbot.waitUntil(lambda: notices.texts() == ())


def test_an_error_stays_until_it_is_closed(notices: Notices) -> None:
    notices.tell(sentence("x"), tone="danger")
    assert not notices.findChildren(Notice)[0]._timer.isActive()


def test_a_long_one_is_wrapped_and_whole(notices: Notices, qtbot: Any) -> None:
    notices.tell(sentence("many words " * 40))
    qtbot.wait(10)
    words = next(label for label in notices.findChildren(QLabel) if label.text())
    assert words.height() >= words.heightForWidth(words.width())


def test_it_is_seen_while_the_composer_is_not(notices: Notices) -> None:
    notices.tell(sentence("x"))
    notices._foot.hide()
    assert notices.isVisible()
    assert 300 < notices.geometry().bottom() < 400


def test_what_was_told_can_be_taken_back_gone_or_not(notices: Notices, qtbot: Any) -> None:
    take_back = notices.tell(sentence("x"), tone="danger")
    notices.tell(sentence("y"), tone="danger")
    take_back()
    assert notices.texts() == ("y",)
    qtbot.waitUntil(lambda: len(notices.findChildren(Notice)) == 1)
    take_back()
    assert notices.texts() == ("y",)
