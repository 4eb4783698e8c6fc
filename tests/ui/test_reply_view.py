from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app import i18n
from app.model.events import Answer, Looping, Reasoning, Steered
from app.model.messages import Ending, Reply, Steering, Usage
from app.model.sentences import Sentence
from ui import theme
from ui.reply_view import ReplyView

LIVE = Reply(7, "", "", Ending.WRITING, datetime(2026, 1, 1, tzinfo=UTC), "vLLM", "GLM")
FAULT = Sentence("thread.latest")


def view_of(qtbot: QtBot, reply: Reply, *, can_hurry: bool = True) -> ReplyView:
    view = ReplyView(reply, can_hurry=can_hurry)
    qtbot.addWidget(view)
    view.resize(500, 400)
    view.show()
    return view


def state(view: ReplyView) -> str:
    label = view.findChild(QLabel, "reply-state")
    assert isinstance(label, QLabel)
    return label.text() if label.isVisible() else ""


def button(view: ReplyView, name: str) -> QPushButton:
    found = view.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def test_events_are_collected_and_laid_out_at_the_beat(qtbot: QtBot) -> None:
    view = view_of(qtbot, LIVE)
    laid: list[int] = []
    view._view.document().contentsChanged.connect(lambda: laid.append(1))

    for _ in range(500):
        view.show_events((Answer("word "),))
    assert laid == []
    qtbot.waitUntil(lambda: view._view.toPlainText() == ("word " * 500).strip())

    assert len(laid) < 10


def test_the_first_letters_of_the_answer_end_the_thinking(qtbot: QtBot) -> None:
    view = view_of(qtbot, LIVE)
    assert state(view) == "Waiting for the model…"

    view.show_events((Reasoning("hm"),))
    view.flush()
    assert (state(view), view._pane.is_thinking(), view._pane.isVisible()) == ("", True, True)
    view.show_events((Answer("yes"),))
    view.flush()

    assert (state(view), view._pane.is_thinking()) == ("Writing…", False)


def test_settling_shows_what_was_stored(qtbot: QtBot) -> None:
    view = view_of(qtbot, LIVE)
    view.show_events((Reasoning("h"), Answer("**He")))

    view.settle(replace(LIVE, ended=Ending.FINISHED, reasoning="hm", answer="**Hello**", thought=3))

    assert (view._view.toPlainText(), view._pane.text()) == ("Hello", "hm")
    assert view._pane._toggle.accessibleName() == "Thought for 3 s"
    assert state(view) == ""


def test_settling_with_another_text_shows_that(qtbot: QtBot) -> None:
    view = view_of(qtbot, LIVE)
    view.show_events((Answer("something else"),))
    view.flush()

    view.settle(replace(LIVE, ended=Ending.FINISHED, answer="stored"))

    assert view._view.toPlainText() == "stored"


@pytest.mark.parametrize(
    ("reply", "words", "look", "retry"),
    [
        (replace(LIVE, ended=Ending.STOPPED, answer="a"), "Stopped", "muted", True),
        (replace(LIVE, ended=Ending.CUT, answer="a"), "Reached the length limit", "warning", True),
        (replace(LIVE, ended=Ending.BROKEN, answer="a"), "Broken off", "danger", True),
        (
            replace(LIVE, ended=Ending.BROKEN, answer="a", fault=FAULT),
            "Broken off: Jump to the latest",
            "danger",
            True,
        ),
        (replace(LIVE, ended=Ending.BROKEN, fault=FAULT), "Jump to the latest", "danger", True),
        (replace(LIVE, ended=Ending.FINISHED), "The model gave no answer.", "muted", True),
        (replace(LIVE, ended=Ending.FINISHED, answer="a"), "", "muted", False),
    ],
)
def test_it_says_how_it_ended(qtbot: QtBot, reply: Reply, words: str, look: str, retry: bool) -> None:
    view = view_of(qtbot, reply)

    assert state(view) == words
    label = view.findChild(QLabel, "reply-state")
    assert isinstance(label, QLabel)
    assert label.property("look") == look
    assert button(view, "reply-retry").isVisible() is retry
    assert view._view.toPlainText() == reply.answer


def test_a_retry_is_told(qtbot: QtBot) -> None:
    view = view_of(qtbot, replace(LIVE, ended=Ending.STOPPED))
    with qtbot.waitSignal(view.retry_requested) as told:
        QTest.mouseClick(button(view, "reply-retry"), Qt.MouseButton.LeftButton)

    assert told.args == [7]


def test_the_answer_and_its_code_are_copied(qtbot: QtBot) -> None:
    text = "a **b**\n\n```c\nint x;\n```\n\n```c\nint y;\n```\n"
    view = view_of(qtbot, replace(LIVE, ended=Ending.FINISHED, answer=text))

    view._copy.click()
    assert QGuiApplication.clipboard().text() == text
    first, second = view._code._buttons
    second.click()

    assert QGuiApplication.clipboard().text() == "int y;"
    assert first.y() < second.y()
    assert first.accessibleName() == "Copy code"
    assert first.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_it_says_who_answered(qtbot: QtBot) -> None:
    view = view_of(qtbot, LIVE)

    assert view._who.text() == "vLLM · GLM"
    assert view._who.textFormat() == Qt.TextFormat.PlainText
    assert view._view.accessibleName() == "Answer by vLLM · GLM"


def test_another_appearance_repaints_it(qtbot: QtBot, light: QApplication) -> None:
    view = view_of(qtbot, replace(LIVE, ended=Ending.FINISHED, answer="[a](https://example.com)"))

    theme.apply(light, "dark")

    found = view._view.document().begin().begin().fragment().charFormat().foreground().color().name()
    assert found == theme.DARK.link


def offered(view: ReplyView) -> list[str]:
    return [one.text() for one in view._state.findChildren(QPushButton) if one.isVisible()]


def test_answer_now_is_offered_while_it_thinks_and_once(qtbot: QtBot) -> None:
    view = view_of(qtbot, LIVE)
    assert offered(view) == []
    view.show_events((Reasoning("hm"),))
    view.flush()
    assert offered(view) == ["Answer now"]

    with qtbot.waitSignal(view.answer_now_requested):
        button(view, "reply-answer_now").click()
    assert (offered(view), state(view)) == ([], "Asking for the answer…")
    view.show_events((Reasoning("and"), Answer("so")))
    view.flush()
    assert (offered(view), state(view)) == ([], "Writing…")


def test_answer_now_has_a_key_in_every_language(qtbot: QtBot) -> None:
    view = view_of(qtbot, LIVE)
    hurry = button(view, "reply-answer_now")
    assert (hurry.text(), hurry.shortcut()) == ("Answer now", QKeySequence("Ctrl+J"))
    i18n.use("zh")
    QApplication.sendEvent(view._state, QEvent(QEvent.Type.LanguageChange))
    assert (hurry.text(), hurry.shortcut()) == ("直接回答", QKeySequence("Ctrl+J"))


def test_thinking_that_was_ended_by_a_budget_cannot_be_ended_again(qtbot: QtBot) -> None:
    view = view_of(qtbot, LIVE)
    view.show_events((Reasoning("hm"), Steered(Steering.TEMPLATE_SWITCH)))
    view.flush()
    assert offered(view) == ["Answer now"]
    view.show_events((Steered(Steering.CONTINUED),))
    view.flush()
    assert offered(view) == []


def test_who_cannot_answer_sooner_is_not_hurried(qtbot: QtBot) -> None:
    view = view_of(qtbot, LIVE, can_hurry=False)
    view.show_events((Reasoning("hm"),))
    view.flush()
    assert offered(view) == []


def test_the_reader_may_repeat_itself(qtbot: QtBot) -> None:
    view = view_of(qtbot, replace(LIVE, profile="", model=""), can_hurry=False)
    view.show_events((Reasoning("hm"), Looping(answer=False)))
    view.flush()
    assert (offered(view), state(view)) == ([], "")


def test_a_circle_is_told_until_it_is_over(qtbot: QtBot) -> None:
    view = view_of(qtbot, LIVE)
    view.show_events((Reasoning("hm"), Looping(answer=False)))
    view.flush()
    assert (offered(view), state(view)) == (["Answer now", "Stop"], "It is going round in circles.")
    view.show_events((Answer("so"), Looping(answer=False, over=True)))
    view.flush()
    assert (offered(view), state(view)) == ([], "Writing…")
    view.show_events((Looping(answer=True),))
    view.flush()
    assert (offered(view), state(view)) == (["Stop"], "It is going round in circles.")
    with qtbot.waitSignal(view.stop_requested):
        button(view, "reply-stop").click()
    view.settle(replace(LIVE, ended=Ending.STOPPED, reasoning="hm", answer="so"))
    assert (offered(view), state(view)) == (["Continue", "Retry"], "Stopped")


@pytest.mark.parametrize(
    ("reply", "buttons"),
    [
        (replace(LIVE, ended=Ending.CUT, answer="a"), ["Continue", "Retry"]),
        (replace(LIVE, ended=Ending.BROKEN, answer="a"), ["Continue", "Retry"]),
        (replace(LIVE, ended=Ending.BROKEN, reasoning="hm"), ["Continue", "Retry"]),
        (replace(LIVE, ended=Ending.FINISHED, reasoning="hm"), ["Continue", "Retry"]),
        (replace(LIVE, ended=Ending.BROKEN), ["Retry"]),
        (replace(LIVE, ended=Ending.FINISHED, answer="a"), []),
    ],
)
def test_what_has_begun_can_go_on(qtbot: QtBot, reply: Reply, buttons: list[str]) -> None:
    view = view_of(qtbot, reply)
    assert offered(view) == buttons
    if "Continue" in buttons:
        with qtbot.waitSignal(view.continue_requested) as told:
            button(view, "reply-continue").click()
        assert told.args == [7]
    view.end_retry()
    assert offered(view) == []


def test_a_countdown_takes_the_place_of_retry(qtbot: QtBot) -> None:
    view = view_of(qtbot, replace(LIVE, ended=Ending.BROKEN, fault=FAULT))
    view.count_down(5)
    assert (offered(view), state(view)) == (["Now", "Cancel"], "Jump to the latest")
    assert view._state._countdown.text() == "Trying again in 5 s"
    with qtbot.waitSignal(view.retry_requested):
        button(view, "reply-now").click()
    with qtbot.waitSignal(view.stop_requested):
        button(view, "reply-cancel").click()
    view.count_down(None)
    assert (offered(view), view._state._countdown.isVisible()) == (["Retry"], False)


def test_a_reply_that_goes_on_keeps_the_time_it_thought(qtbot: QtBot) -> None:
    view = view_of(qtbot, replace(LIVE, reasoning="hm", answer="one", thought=12.0))
    view.show_events((Answer(" two"),))
    view.flush()
    assert view._pane._toggle.accessibleName() == "Thought for 12 s"
    assert view.answer() == "one two"


SAID = "The chart has three bars, and the one in the middle is the highest of them all. "


@pytest.mark.parametrize("live", [False, True])
def test_an_end_that_says_the_same_again_is_folded_and_copied_all_the_same(qtbot: QtBot, live: bool) -> None:
    ended = replace(LIVE, ended=Ending.FINISHED, answer=f"{SAID}\n\nSo it is April.\n\n{SAID}")
    if live:
        view = view_of(qtbot, LIVE)
        view.show_events((Answer(ended.answer),))
        view.flush()
        assert view._view.toPlainText().count("three bars") == 2
        view.settle(ended)
    else:
        view = view_of(qtbot, ended)
    assert view._view.toPlainText().count("three bars") == 1
    assert (view._more.isVisible(), view._more.text()) == (True, "The end says the same again · Show")
    view._copy.click()
    assert QGuiApplication.clipboard().text() == ended.answer

    with qtbot.waitSignal(view.unfolding):
        view._more.click()
    assert view._view.toPlainText().count("three bars") == 2
    assert not view._more.isVisible()


def test_what_the_reader_read_is_never_folded(qtbot: QtBot) -> None:
    view = view_of(qtbot, replace(LIVE, ended=Ending.FINISHED, profile="", answer=SAID * 3))
    assert view._view.toPlainText().count("three bars") == 3


def test_it_says_by_which_means_it_was_steered_and_what_it_cost(qtbot: QtBot) -> None:
    steering = (Steering.TEMPLATE_SWITCH, Steering.ASKED_AGAIN)
    reply = replace(LIVE, ended=Ending.FINISHED, answer="a", steering=steering)
    view = view_of(qtbot, replace(reply, usage=Usage(1204, 104, 60, 1024)))
    assert view._who.text() == "vLLM · GLM · Asked again to finish"
    assert "1,204 tokens, 1,024 of them" in view._who.toolTip()
    assert view._view.accessibleName() == "Answer by vLLM · GLM"
