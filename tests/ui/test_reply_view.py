from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.model import Answer, Ending, Reasoning, Reply, Sentence
from ui import theme
from ui.reply_view import ReplyView

LIVE = Reply(7, "", "", Ending.WRITING, datetime(2026, 1, 1, tzinfo=UTC), "vLLM", "GLM")
FAULT = Sentence("thread.latest")


def view_of(qtbot: QtBot, reply: Reply) -> ReplyView:
    view = ReplyView(reply)
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
    assert button(view, "reply-stop").isHidden()


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
        (replace(LIVE, ended=Ending.CUT, answer="a"), "Reached the length limit", "warning", False),
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


def test_stop_and_retry_are_told(qtbot: QtBot) -> None:
    view = view_of(qtbot, LIVE)
    with qtbot.waitSignal(view.stop_requested):
        QTest.mouseClick(button(view, "reply-stop"), Qt.MouseButton.LeftButton)

    view.settle(replace(LIVE, ended=Ending.STOPPED))
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
