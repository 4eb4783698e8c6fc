import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage, QTextCursor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from ui import text_view, theme
from ui.streaming_document import StreamingDocument
from ui.text_view import TextView


def shown(qtbot: QtBot, text: str, width: int = 400) -> TextView:
    view = TextView()
    qtbot.addWidget(view)
    stream = StreamingDocument(view.document(), theme.LIGHT)
    stream.write(text)
    stream.work()
    view.source_text = lambda: stream.source
    view.resize(width, view.heightForWidth(width))
    view.show()
    return view


def test_it_is_as_high_as_its_text(qtbot: QtBot) -> None:
    view = shown(qtbot, "word " * 200)

    assert view.heightForWidth(200) > view.heightForWidth(400) > 100
    assert view.verticalScrollBar().value() == 0


def test_a_link_is_asked_about_and_nothing_else_happens(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(text_view, "open_link", lambda link, _parent: asked.append(link))
    view = shown(qtbot, "[a](https://example.com/ä)")

    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(3, 14))

    assert asked == ["https://example.com/%C3%A4"]
    assert view.toPlainText() == "a"


def test_a_link_is_reached_with_the_keyboard(qtbot: QtBot) -> None:
    view = shown(qtbot, "[a](https://example.com/)")
    view.setFocus()

    QTest.keyClick(view, Qt.Key.Key_Tab)
    QTest.keyClick(view, Qt.Key.Key_Return)

    box = next(box for box in view.findChildren(QMessageBox))
    assert "example.com" in box.text()
    box.done(0)


def test_what_is_copied_is_plain_text(qtbot: QtBot) -> None:
    view = shown(qtbot, "- **a**\n- b\n")
    view.selectAll()

    view.copy()

    mime = QGuiApplication.clipboard().mimeData()
    assert mime.formats() == ["text/plain"]
    assert mime.text() == "•\ta\n•\tb"


def test_the_menu_copies_markdown_and_code(qtbot: QtBot) -> None:
    view = shown(qtbot, "```c\nint x;\n```\n")
    at = QPoint(30, view.height() - 25)

    QApplication.sendEvent(view.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, at))
    menu = view.findChild(QMenu)
    assert isinstance(menu, QMenu)
    actions = {action.text(): action for action in menu.actions()}
    actions["Copy code"].trigger()
    assert QGuiApplication.clipboard().text() == "int x;"
    actions["Copy all as Markdown"].trigger()
    assert QGuiApplication.clipboard().text() == "```c\nint x;\n```\n"
    menu.close()


def test_the_wheel_and_the_paging_keys_are_left_to_the_one_around(qtbot: QtBot) -> None:
    view = shown(qtbot, "text")
    wheel = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )

    view.wheelEvent(wheel)

    assert not wheel.isAccepted()


def test_a_card_is_painted_whole_whatever_part_is_painted(qtbot: QtBot, light: QApplication) -> None:
    view = shown(qtbot, "above\n\n```python\n" + "x = 1\n" * 30 + "```\n\nbelow")
    whole = view.grab().toImage()

    parts = QImage(whole.size(), QImage.Format.Format_ARGB32)
    parts.fill(Qt.GlobalColor.transparent)
    same = [
        view.grab(view.rect().adjusted(0, y, 0, y + 40 - view.height())).toImage() for y in range(0, 600, 40)
    ]

    assert all(
        part.pixel(x, 5) == whole.pixel(x, y + 5)
        for y, part in zip(range(0, 600, 40), same, strict=True)
        for x in range(0, 390, 3)
    )


def test_nothing_can_be_dropped_or_undone(qtbot: QtBot) -> None:
    view = TextView()
    qtbot.addWidget(view)

    assert not view.acceptDrops()
    assert not view.viewport().acceptDrops()
    assert not view.document().isUndoRedoEnabled()
    assert view.isReadOnly()
    assert QTextCursor(view.document()).atEnd()


@pytest.mark.parametrize("width", [400, 401, 617])
def test_a_table_begins_and_ends_where_the_text_does(qtbot: QtBot, width: int) -> None:
    head = "| a | b | c |\n|--|--|--|\n"
    short = shown(qtbot, head + "| 1 | 2 | 3 |\n", width).grab().toImage()
    long = shown(qtbot, head + "| 1 | 2 | 3 |\n" * 60, width).grab().toImage()

    assert theme.LIGHT.line in _column(short, 0)
    assert theme.LIGHT.line in _column(long, 0)
    assert theme.LIGHT.line in _column(long, width - 1) | _column(long, width - 2)


def _column(image: QImage, x: int) -> set[str]:
    return {image.pixelColor(x, y).name() for y in range(image.height())}
