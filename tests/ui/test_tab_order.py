"""Tab goes through the window as one reads, whatever was made first."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from app.model.attachments import Attachment, Draft, Kind, Progress
from app.model.events import Answer
from app.model.messages import Ending, Question, Reply, Thread
from app.model.profiles import Thinking
from ui import tab_order
from ui.composer import Composer
from ui.history_list import HistoryList
from ui.history_pane import HistoryPane
from ui.shelf import Shelf
from ui.thread_view import ThreadView
from ui.window import Window

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LIVE = Reply(9, "", "", Ending.WRITING, NOW)
CODE = "```c\nint x;\n```\n"


@pytest.fixture
def window(qtbot: Any, album: Any, light: QApplication) -> Window:
    composer = Composer()
    made = Window(QWidget(), composer, HistoryPane())
    qtbot.addWidget(made)
    made.resize(1080, 760)
    made.show()
    thread = ThreadView(lambda _: b"")
    made.put(thread)
    made.show_thinking(Thinking.ON)
    history = HistoryList()
    history.show_threads((Thread(1, "one", NOW, NOW),), NOW)
    made.history.put(history)
    made.history.show_empty(False)
    thread.show_messages([Question(1, "First?", (), NOW), Reply(2, "", CODE, Ending.FINISHED, NOW)])
    thread.add_question(Question(3, "Second?", (), NOW))
    thread.begin_reply(LIVE).show_events((Answer(CODE),))
    thread.settle(replace(LIVE, ended=Ending.STOPPED, answer=CODE * 2))
    made.shelf = Shelf(composer, album.load)  # type: ignore[attr-defined] # kept alive
    pages = Attachment("a", Kind.DOCUMENT, "a.pdf", Progress.READY, pictures=album.pages(2), total=2)
    composer.set_draft(Draft("Third?", (pages, replace(pages, id="b", name="b.pdf"))))
    composer.take_out("a")
    composer.put_attachment(replace(pages, id="c", name="c.pdf"))
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    QApplication.processEvents()
    return made


def focused() -> str:
    widget: Any = QApplication.focusWidget()
    return str(widget.accessibleName() or widget.text())


ORDER = """
Search · New conversation · Conversations
History · Region · Capture · Attach · Who answers · Thinking · Settings
Conversation · Your question · Answer by Built-in reader · Copy code · Copy answer
Your question · Answer by Built-in reader · Copy code · Copy code · Copy answer · Continue · Retry
b.pdf, 2 pages · Choose pages · Remove b.pdf · c.pdf, 2 pages · Choose pages · Remove c.pdf
Question · Attach files · Capture a region · Send
"""


def test_tab_goes_as_one_reads_and_back_again(window: Window, qtbot: Any) -> None:
    expected = [word for line in ORDER.strip().splitlines() for word in line.split(" · ")]
    window.history.focus_search()
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
        walked = []
        for _ in expected:
            walked.append(focused())
            qtbot.keyClick(QApplication.focusWidget(), key)
        assert walked == expected
        assert focused() == "Search"
        expected = [expected[0], *reversed(expected[1:])]


def test_what_is_above_its_neighbours_lower_edge_is_in_its_row(qtbot: Any) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    places = {"d": (0, 40, 10, 10), "c": (50, 12, 10, 8), "a": (0, 10, 10, 20), "b": (20, 5, 10, 20)}
    for name, place in places.items():
        made = QWidget(host)
        made.setObjectName(name)
        made.setGeometry(*place)
    assert [each.objectName() for each in tab_order.as_read(host.findChildren(QWidget))] == [
        "a",
        "b",
        "c",
        "d",
    ]


def test_what_cannot_be_pressed_is_no_stop(qtbot: Any) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    off, on, hidden = (QPushButton(text, host) for text in ("off", "on", "hidden"))
    off.setEnabled(False)
    host.show()
    hidden.hide()
    assert list(tab_order.stops(host)) == [on]
