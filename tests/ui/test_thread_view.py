from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app import i18n
from app.model.events import Answer, Reasoning
from app.model.messages import Ending, Message, Question, Reply
from app.model.sentences import sentence
from ui.question_view import QuestionView
from ui.reply_view import ReplyView
from ui.text_view import TextView
from ui.thread_view import AT_ONCE, ThreadView

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LIVE = Reply(1000, "", "", Ending.WRITING, NOW)


def messages(count: int) -> list[Message]:
    return [
        Question(i, f"Question {i}?", (), NOW)
        if i % 2 == 0
        else Reply(i, "I think.", f"Answer {i}. " * 30, Ending.FINISHED, NOW, thought=2)
        for i in range(count)
    ]


@pytest.fixture
def thread(qtbot: QtBot) -> ThreadView:
    view = ThreadView(lambda _: b"")
    qtbot.addWidget(view)
    view.resize(600, 500)
    view.show()
    return view


def bar(thread: ThreadView) -> Any:
    return thread.verticalScrollBar()


def first_visible(thread: ThreadView) -> tuple[str, int]:
    """Return the text at the upper edge and where it stands in the window."""
    for text in (text for view in thread._column.views for text in view.findChildren(TextView)):
        top = text.mapTo(thread.viewport(), QPoint(0, 0)).y()
        if text.isVisible() and top + text.height() > 0:
            return text.toPlainText()[:20], top
    raise AssertionError("nothing is visible")


def test_a_long_conversation_opens_at_its_end_and_builds_the_rest_when_it_is_near(
    qtbot: QtBot, thread: ThreadView
) -> None:
    thread.show_messages(messages(500))

    assert len(thread._column.views) == AT_ONCE
    assert bar(thread).value() == bar(thread).maximum()
    bar(thread).setValue(300)
    before = first_visible(thread)
    qtbot.waitUntil(lambda: len(thread._column.views) > AT_ONCE)

    assert first_visible(thread) == before
    assert len(thread._column.views) < 100


def test_all_of_it_can_be_reached(qtbot: QtBot, thread: ThreadView) -> None:
    thread.show_messages(messages(60))

    def reach() -> bool:
        bar(thread).setValue(0)
        return len(thread._column.views) == 60

    qtbot.waitUntil(reach, timeout=20_000)

    assert first_visible(thread)[0] == "Question 0?"


def test_it_follows_what_is_written(qtbot: QtBot, thread: ThreadView) -> None:
    thread.show_messages(messages(6))
    reply = thread.begin_reply(LIVE)

    for _ in range(30):
        reply.show_events((Answer("A line of the answer.\n\n"),))
        reply.flush()
        qtbot.wait(1)

        assert bar(thread).value() == bar(thread).maximum()
    assert not thread._latest.isVisible()


def test_it_never_jumps_while_the_reader_has_scrolled_up(qtbot: QtBot, thread: ThreadView) -> None:
    thread.show_messages(messages(12))
    reply = thread.begin_reply(LIVE)
    bar(thread).setValue(bar(thread).maximum() - 400)
    before = first_visible(thread)

    for i in range(40):
        reply.show_events((Reasoning("more\n"), Answer("```\n") if i == 20 else Answer("| a line |\n\n")))
        reply.flush()
        qtbot.wait(1)

        assert first_visible(thread) == before
    thread.settle(replace(LIVE, ended=Ending.STOPPED, answer=reply.answer(), reasoning=reply._pane.text()))
    qtbot.wait(20)

    assert first_visible(thread) == before
    assert thread._latest.isVisible()


def test_nor_when_something_above_gets_higher(qtbot: QtBot, thread: ThreadView) -> None:
    thread.show_messages(messages(12))
    bar(thread).setValue(bar(thread).maximum() // 2)
    before = first_visible(thread)

    above = next(view for view in thread._column.views if isinstance(view, ReplyView))
    above._pane._toggle.click()
    qtbot.wait(20)

    assert first_visible(thread) == before


def test_a_button_leads_back_to_the_end(qtbot: QtBot, thread: ThreadView) -> None:
    thread.show_messages(messages(12))
    bar(thread).setValue(10)
    assert thread._latest.isVisible()

    QTest.mouseClick(thread._latest, Qt.MouseButton.LeftButton)

    assert bar(thread).value() == bar(thread).maximum()
    assert not thread._latest.isVisible()
    assert thread._latest.accessibleName() == "Jump to the latest"


def test_a_new_question_is_gone_to(thread: ThreadView) -> None:
    thread.show_messages(messages(12))
    bar(thread).setValue(10)

    thread.add_question(Question(90, "new", (), NOW))

    assert bar(thread).value() == bar(thread).maximum()


def test_keys_scroll_even_from_within_a_text(qtbot: QtBot, thread: ThreadView) -> None:
    thread.show_messages(messages(12))
    text = thread._column.findChildren(TextView)[-1]
    text.setFocus()
    end = bar(thread).value()

    QTest.keyClick(text, Qt.Key.Key_PageUp)
    assert bar(thread).value() < end
    QTest.keyClick(thread, Qt.Key.Key_Home)
    assert bar(thread).value() == 0
    QTest.keyClick(thread, Qt.Key.Key_End)

    assert bar(thread).value() == bar(thread).maximum()


def test_an_empty_one_offers_three_things_to_try(qtbot: QtBot, thread: ThreadView) -> None:
    assert thread._empty.isVisible()
    region, file = thread._empty.findChildren(QPushButton)

    with qtbot.waitSignal(thread.try_region):
        QTest.mouseClick(region, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(thread.try_file):
        QTest.keyClick(file, Qt.Key.Key_Space)
    thread.show_messages(messages(2))
    assert not thread._empty.isVisible()
    thread.clear()

    assert thread._empty.isVisible()


def test_screen_readers_hear_of_the_beginning_and_the_end_only(
    thread: ThreadView, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: heard.append(event.message()))

    reply = thread.begin_reply(LIVE)
    reply.show_events((Answer("words"),))
    reply.flush()
    thread.settle(replace(LIVE, ended=Ending.FINISHED, answer="words"))

    assert heard == ["Generating an answer", "Answer complete"]


def test_reasoning_is_opened_only_where_it_is_asked_for(qtbot: QtBot, thread: ThreadView) -> None:
    told: list[bool] = []
    thread.reasoning_toggled.connect(told.append)
    thread.show_messages(messages(2))
    pane = thread.findChildren(ReplyView)[-1]._pane
    assert not pane._view.isVisible()

    pane._toggle.click()
    assert told == [True]
    thread.set_reasoning_open(True)
    thread.show_messages(messages(2))

    assert thread.findChildren(ReplyView)[-1]._pane._view.isVisible()


def test_the_line_that_opens_a_reasoning_stays_under_the_pointer(qtbot: QtBot, thread: ThreadView) -> None:
    thread.show_messages(messages(4))
    pane = thread.findChildren(ReplyView)[-1]._pane
    pane.add("A thought.\n" * 40)
    bar(thread).setValue(bar(thread).value() - 60)
    before = pane._toggle.mapTo(thread, QPoint(0, 0))

    QTest.mouseClick(pane._toggle, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: pane.height() > 600)

    assert pane._toggle.mapTo(thread, QPoint(0, 0)) == before


@pytest.mark.parametrize(("profile", "at_its_beginning"), [("", True), ("vLLM", False)])
def test_what_the_reader_found_is_shown_from_its_beginning(
    qtbot: QtBot, thread: ThreadView, profile: str, at_its_beginning: bool
) -> None:
    asked = replace(LIVE, profile=profile)
    thread.show_messages(messages(1))
    reply = thread.begin_reply(asked)
    lines = "".join(f"Line {number}.\n\n" for number in range(60))
    reply.show_events((Answer(lines),))

    thread.settle(replace(asked, ended=Ending.FINISHED, answer=lines))

    def shown() -> tuple[bool, bool]:
        beginning = 0 <= reply.mapTo(thread, QPoint(0, 0)).y() < 20
        return beginning, bar(thread).value() == bar(thread).maximum()

    qtbot.waitUntil(lambda: reply.height() > thread.height() and not reply._timer.isActive())
    qtbot.waitUntil(lambda: shown() == (at_its_beginning, not at_its_beginning))


def test_retry_has_the_id_of_its_reply(qtbot: QtBot, thread: ThreadView) -> None:
    thread.show_messages([Reply(5, "", "", Ending.BROKEN, NOW)])
    again = thread.findChild(QPushButton, "reply-retry")
    assert isinstance(again, QPushButton)

    with qtbot.waitSignal(thread.retry_requested) as told:
        again.click()

    assert told.args == [5]


def test_only_the_last_reply_can_be_tried_again(thread: ThreadView) -> None:
    def offered() -> list[bool]:
        views = [view for view in thread._column.views if isinstance(view, ReplyView)]
        return [view.findChildren(QPushButton, "reply-retry")[0].isVisible() for view in views]

    stopped = [replace(LIVE, id=n, answer="Half", ended=Ending.STOPPED) for n in (1, 3)]
    thread.show_messages([Question(0, "A?", (), NOW), stopped[0], Question(2, "B?", (), NOW), stopped[1]])
    assert offered() == [False, True]

    thread.add_question(Question(4, "C?", (), NOW))
    assert offered() == [False, False]


def test_it_follows_the_language(thread: ThreadView) -> None:
    i18n.use("zh")
    for widget in (thread, *thread.findChildren(QWidget)):
        QApplication.sendEvent(widget, QEvent(QEvent.Type.LanguageChange))

    assert thread._latest.accessibleName() == "回到最新"
    assert [button.accessibleName()[:4] for button in thread._empty.findChildren(QPushButton)] == [
        "框选屏幕",
        "添加文件",
    ]


def noted(thread: ThreadView) -> list[int]:
    views = (view for view in thread._column.views if isinstance(view, QuestionView))
    return [view.question.id for view in views if view._note.isVisibleTo(view)]


def test_what_is_no_longer_sent_is_marked_in_what_is_built_and_in_what_is_built_later(
    qtbot: QtBot, thread: ThreadView
) -> None:
    thread.show_messages(messages(40))
    gone = sentence("fit.turn_gone")
    thread.show_left_out({0: gone, 18: gone, 30: gone})
    assert noted(thread) == [30]
    bar(thread).setValue(0)
    qtbot.waitUntil(lambda: len(thread._column.views) > AT_ONCE)
    assert noted(thread) == [18, 30]
    thread.show_left_out({})
    assert noted(thread) == []
    thread.show_left_out({0: gone})
    thread.show_messages(messages(4))
    assert noted(thread) == [], "another conversation"
