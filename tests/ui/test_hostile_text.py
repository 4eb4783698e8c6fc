"""What a model may write to harm its reader: shown live and as stored, and both with bounded work."""

import faulthandler
import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage, QTextCursor, QTextDocument
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.model.events import Answer, Reasoning
from app.model.messages import Ending, Question, Reply
from ui import code_copy, reply_view, streaming_document, text_view
from ui.inline import PIECE
from ui.links import is_web
from ui.reply_view import ReplyView
from ui.text_view import TextView
from ui.thread_view import ThreadView

SOURCES = sorted(Path(text_view.__file__).parent.glob("*.py"))
NOW = datetime(2026, 1, 1, tzinfo=UTC)

CASES = {
    "endless picture": "![x](file:///dev/zero)",
    "picture in html": '<img src="file:///dev/zero"><b>bold</b>',
    "links": "[a](file:///etc/hostname) [b](smb://host/share) [c](javascript:alert(1)) [d](//host/share) "
    "[e](data:text/html,x) [f](vscode://x) [g](https://user:word@example.com/) ![h](//host/share/x.png)",
    "one line": "x" * 1_000_000,
    "one line in a fence": "```\n" + "x" * 1_000_000,
    "back-ticks": "`" * 500_000,
    "back-ticks of many lengths": "".join("`" * i + " " for i in range(1, 700)),
    "table": "|a|b|\n|-|-|\n" + "|1|2|\n" * 20_000,
    "table of nothing": "|" * 21 + "\n" + "|-" * 20 + "|\n" + "|\n" * 2_000,
    "columns": "|a" * 5_000 + "|\n" + "|-" * 5_000 + "|\n" + "|1" * 5_000 + "|\n",
    "ampersands": "&" * 100_000,
    "less than": "<" * 30_000,
    "brackets": "[" * 10_000 + "](" * 10_000,
    "stars": "*a **b " * 4_000,
    "nested quotes": ">" * 1_000 + " deep",
    "nested lists": "".join("  " * i + "- deep\n" for i in range(1_000)),
    "one item": "- item\n" + "  more of it\n" * 4_000,
    "indented code": "    line\n" * 5_000,
    "many cards": "```\n```\n" * 4_000,
    "turning letters": "a\u202eb\u2066c \x1b[31m \x00 \ud800 \ufdd0 \ufffc \u2029 &#x202e; &#x2029; &#xfffc;",
    "definitions": "".join(f"[r{i}]: https://example.com/{i}\n" for i in range(1_000)) + "[r1]",
}


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    faulthandler.dump_traceback_later(240, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


def reply(answer: str = "", ended: Ending = Ending.FINISHED, reasoning: str = "") -> Reply:
    return Reply(1, reasoning, answer, ended, NOW)


def stored(text: str) -> ReplyView:
    return ReplyView(reply(text))


def live(text: str) -> ReplyView:
    view = ReplyView(reply(ended=Ending.WRITING))
    size = max(len(text) // 40, 1)
    for i in range(0, len(text), size):
        view.show_events((Answer(text[i : i + size]),))
        view.flush()
    view.settle(reply(text))
    return view


def settled(qtbot: QtBot, view: ReplyView) -> TextView:
    """Wait until everything that will be shown unasked is shown."""
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.show()
    qtbot.waitUntil(lambda: not view._timer.isActive(), timeout=200_000)
    return view._view


@pytest.mark.parametrize("show", [stored, live])
@pytest.mark.parametrize("case", CASES)
def test_the_work_for_any_text_is_bounded(qtbot: QtBot, show: Callable[[str], ReplyView], case: str) -> None:
    view = show(CASES[case])

    text = settled(qtbot, view)

    document = text.document()
    assert document.blockCount() <= 2 * streaming_document.BLOCKS
    assert document.characterCount() <= streaming_document.LETTERS + 3 * streaming_document.BLOCKS
    longest = max(len(document.findBlockByNumber(i).text()) for i in range(document.blockCount()))
    assert longest <= PIECE + 10
    assert len(view.findChildren(code_copy.CopyButton)) <= code_copy.BUTTONS + 2
    assert view.answer() == "" or view.answer()[0] == CASES[case][0]


@pytest.mark.parametrize("case", CASES)
def test_live_and_stored_look_the_same(qtbot: QtBot, case: str) -> None:
    text = CASES[case][:12_000]

    assert settled(qtbot, live(text)).toPlainText() == settled(qtbot, stored(text)).toPlainText()


@pytest.mark.parametrize("show", [stored, live])
def test_a_picture_is_neither_asked_for_nor_opened(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, show: Callable[[str], ReplyView]
) -> None:
    fifo = tmp_path / "fifo.png"
    os.mkfifo(fifo)
    asked: list[Any] = []
    monkeypatch.setattr(TextView, "loadResource", lambda _self, _kind, name: asked.append(name))

    text = settled(
        qtbot, show(f"![a]({fifo}) ![b](file://{fifo}) ![c](file:///dev/zero)\n\n![d][e]\n\n[e]: {fifo}")
    )
    text.grab()

    assert asked == []
    assert text.toPlainText().split() == ["[a]", "[b]", "[c]", "[d]"]


def test_a_view_that_is_asked_for_a_file_gives_one_pixel(qtbot: QtBot) -> None:
    view = TextView()
    qtbot.addWidget(view)

    found = view.loadResource(QTextDocument.ResourceType.ImageResource.value, QUrl("file:///dev/zero"))

    assert isinstance(found, QImage)
    assert (found.width(), found.height()) == (1, 1)


@pytest.mark.parametrize("show", [stored, live])
def test_html_is_shown_as_it_was_written(qtbot: QtBot, show: Callable[[str], ReplyView]) -> None:
    text = settled(qtbot, show("<b>no</b> <script>x</script>\n\n<div onclick='y'>\n\n<!-- z -->"))

    assert text.toPlainText() == "<b>no</b> <script>x</script>\n<div onclick='y'>\n<!-- z -->"


@pytest.mark.parametrize("show", [stored, live])
def test_only_web_links_can_be_clicked_and_others_show_where_they_lead(
    qtbot: QtBot, show: Callable[[str], ReplyView]
) -> None:
    text = settled(qtbot, show(CASES["links"] + " [good](https://example.com/a?b=c)"))

    assert anchors(text.document()) == {"https://example.com/a?b=c"}
    assert "smb://host/share" in text.toPlainText()


def anchors(document: QTextDocument) -> set[str]:
    found: set[str] = set()
    cursor = QTextCursor(document)
    while cursor.movePosition(QTextCursor.MoveOperation.NextCharacter):
        found.add(cursor.charFormat().anchorHref())
    return found - {""}


@pytest.mark.parametrize("show", [stored, live])
def test_letters_that_deceive_do_not_arrive(qtbot: QtBot, show: Callable[[str], ReplyView]) -> None:
    text = settled(qtbot, show(CASES["turning letters"])).toPlainText()

    assert not re.search("[\x00-\x08\x1b\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffc]", text)
    assert "\n" not in text
    QApplication.clipboard().setText(text)


def test_the_question_and_the_reasoning_are_plain_text(qtbot: QtBot) -> None:
    hostile = "<img src='file:///dev/zero'> ![x](file:///dev/zero) " + "y" * 100_000
    thread = ThreadView(lambda _: b"")
    qtbot.addWidget(thread)
    thread.resize(600, 400)
    thread.set_reasoning_open(True)
    thread.show_messages([Question(1, hostile, (), NOW), reply("ok", reasoning=hostile)])
    thread.show()
    qtbot.wait(300)

    for view in thread.findChildren(TextView):
        document = view.document()
        assert all(len(document.findBlockByNumber(i).text()) <= PIECE for i in range(document.blockCount()))
    assert hostile[:50] in thread.findChildren(TextView)[0].toPlainText()


def test_reasoning_while_folded_lays_out_nothing_but_its_tail(qtbot: QtBot) -> None:
    view = ReplyView(reply(ended=Ending.WRITING))
    qtbot.addWidget(view)
    view.show()

    for _ in range(100):
        view.show_events((Reasoning("z" * 20_000),))
        view.flush()

    assert view._pane._view.document().characterCount() == 1
    assert len(view._pane._tail._text) <= 600


def test_a_long_answer_is_kept_back_until_somebody_asks(qtbot: QtBot) -> None:
    view = stored("word " * 60_000)
    text = settled(qtbot, view)
    before = text.document().characterCount()

    view._more.click()
    qtbot.waitUntil(lambda: not view._timer.isActive(), timeout=200_000)

    assert view._more.isHidden()
    assert before < 210_000 < text.document().characterCount()


FORBIDDEN = {
    r"\.setMarkdown\(|\.setHtml\(|\.insertHtml\(|\.insertMarkdown\(": set(),
    r"RichText|AutoText|MarkdownText": set(),
    r"QDesktopServices": {"links.py"},
    r"QTextBrowser|QTextEdit\b": {"text_view.py"},
    r"setInformativeText|setDetailedText": set(),
    r"setOpenExternalLinks|setOpenLinks\(True": set(),
}


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_what_reads_text_as_anything_else_is_nowhere(pattern: str) -> None:
    found = {path.name for path in SOURCES if re.search(pattern, path.read_text(encoding="utf-8"))}

    assert found <= FORBIDDEN[pattern], f"{pattern} in {found - FORBIDDEN[pattern]}"


READING = ("reply_view", "reply_state", "empty_page", "question_view", "reasoning_pane", "thread_view")


@pytest.mark.parametrize("name", READING)
def test_every_label_of_the_reading_room_is_told_to_be_plain(name: str) -> None:
    path = next(path for path in SOURCES if path.stem == name)
    source = path.read_text(encoding="utf-8")

    assert len(re.findall(r"\bQLabel\(", source)) == source.count("setTextFormat(Qt.TextFormat.PlainText)")


@pytest.mark.parametrize(
    "link",
    ["https://example.com", "http://xn--bcher-kva.example/a", "mailto:a@example.com", "https://1.2.3.4:8/x"],
)
def test_web_links_are_known(link: str) -> None:
    assert is_web(link)


def test_the_beat_is_at_most_twenty_a_second() -> None:
    assert reply_view.BEAT >= 50
