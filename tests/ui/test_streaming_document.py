"""A growing document equals the one that is built at once, and only its end is laid out again."""

import random
from typing import Any

import pytest
from PySide6.QtGui import QTextCursor, QTextDocument, QTextTable
from PySide6.QtWidgets import QApplication

from ui import theme
from ui.code_copy import code_at
from ui.formats import Own
from ui.streaming_document import StreamingDocument

TEXT = (
    "# Title\n\nSome **bold** words, `code`, a [link](https://example.com)\n\n- a\n  - b\n- c\n---x\n\n"
    "```python\n"
    + "".join(f"x{i} = '{i}'  # note\n" for i in range(130))
    + "```\n\n```\nplain\n\ncode\n```\n"
    "| a | b |\n|--|--:|\n" + "".join(f"| {i} | **{i}** |\n" for i in range(90)) + "\n"
    "> quote\n> more\n\n3. three\n4. four\n\n    indented\n\n| x |\n|--|\n| y |\n\n| p |\n|--|\n\nend [r]\n\n[r]: https://e.org\n"
)


def build(pieces: list[str]) -> tuple[QTextDocument, StreamingDocument]:
    document = QTextDocument()
    stream = StreamingDocument(document, theme.LIGHT)
    for piece in pieces:
        stream.write(piece)
        stream.work()
    stream.finish()
    stream.work()
    return document, stream


def dump(document: QTextDocument) -> list[Any]:
    """Return everything that can be seen of a document."""
    found: list[Any] = []
    block = document.begin()
    while block.isValid():
        look = block.blockFormat()
        table: QTextTable | None = QTextCursor(block).currentTable()  # the stub knows no None
        fragments = []
        place = block.begin()
        while not place.atEnd():
            fragment = place.fragment()
            letters = fragment.charFormat()
            fragments.append(
                (
                    fragment.text(),
                    letters.fontWeight(),
                    letters.foreground().color().name(),
                    letters.anchorHref(),
                    letters.fontFixedPitch(),
                )
            )
            place += 1
        margins = (look.topMargin(), look.bottomMargin(), look.leftMargin(), look.textIndent())
        own = [look.property(which) for which in Own]
        found.append(
            (fragments, margins, own, (table.rows(), table.columns()) if table is not None else None)
        )
        block = block.next()
    return found


@pytest.mark.parametrize("seed", range(12))
def test_pieces_make_the_same_document(qapp: QApplication, seed: int) -> None:
    dice = random.Random(seed)
    cuts = sorted(dice.sample(range(1, len(TEXT)), 10 * (seed + 1)))
    pieces = [TEXT[a:b] for a, b in zip([0, *cuts], [*cuts, len(TEXT)], strict=True)]

    (streamed, stream), (whole, at_once) = build(pieces), build([TEXT])

    assert dump(streamed) == dump(whole)
    assert stream.cards == at_once.cards
    assert stream.source == TEXT


def test_the_work_for_a_letter_is_the_same_at_the_end(qapp: QApplication) -> None:
    stream = StreamingDocument(QTextDocument(), theme.LIGHT)
    work: list[int] = []
    for i in range(400):
        before = stream._builder.laid
        stream.write("a line of code\n" if i else "```\n")
        stream.work()
        work.append(stream._builder.laid - before)

    assert max(work[10:]) <= 3


@pytest.mark.parametrize(
    ("begin", "more"), [("", "- item\n"), ("| a | b |\n|--|--|\n", "| 1 | 2 |\n"), ("", "1. item\n")]
)
def test_long_lists_and_tables_grow_at_their_end_only(qapp: QApplication, begin: str, more: str) -> None:
    document = QTextDocument()
    stream = StreamingDocument(document, theme.LIGHT)
    stream.write(begin + more)
    stream.work()
    document.documentLayout()  # without one a document tells of no changes
    touched: list[int] = []
    document.contentsChange.connect(lambda at, _removed, _added: touched.append(at))

    for _ in range(300):
        stream.write(more)
        stream.work()
    touched.clear()
    stream.write(more)
    stream.work()

    assert len(stream._open) <= 42 * len(more)
    assert min(touched) > document.characterCount() - 500


def test_code_is_copied_as_it_was_written(qapp: QApplication) -> None:
    document, stream = build([TEXT])

    assert code_at(document, stream.cards[0]) == "\n".join(f"x{i} = '{i}'  # note" for i in range(130))
    assert code_at(document, stream.cards[1]) == "plain\n\ncode"
    assert code_at(document, 0) == ""


def test_a_long_line_of_code_is_broken_on_the_screen_but_not_when_copied(qapp: QApplication) -> None:
    line = "0123456789" * 900

    document, stream = build([f"```\n{line}\nend\n```\n"])

    assert code_at(document, stream.cards[0]) == f"{line}\nend"
    assert document.blockCount() > 3


def test_links_defined_below_are_found_in_the_end(qapp: QApplication) -> None:
    document, _ = build(["see [a][b]\n\nmore\n\n", "[b]: https://example.com\n"])

    assert dump(document)[0][0][1][3] == "https://example.com"


def test_other_colours_change_nothing_else(qapp: QApplication) -> None:
    document, stream = build([TEXT])
    before = document.toPlainText()

    stream.restyle(theme.DARK)

    assert document.toPlainText() == before
    assert theme.DARK.link in str(dump(document))
    assert theme.LIGHT.link not in str(dump(document))


def test_half_a_line_end_waits_for_the_other(qapp: QApplication) -> None:
    _, stream = build(["a\r", "\nb\r", "c\r"])

    assert stream.source == "a\nb\nc\n"


@pytest.mark.parametrize("laid_out_before", [False, True], ids=["stored", "live"])
def test_an_end_is_folded_and_unfolded_in_place(qapp: QApplication, laid_out_before: bool) -> None:
    document = QTextDocument()
    stream = StreamingDocument(document, theme.LIGHT)
    stream.write(TEXT)
    if laid_out_before:
        stream.work()
    stream.finish()
    start = TEXT.index("> quote")
    stream.fold(start)
    stream.work()
    assert stream.is_folded
    assert stream.hidden == len(TEXT) - start
    assert "quote" not in document.toPlainText()
    assert stream.source == TEXT
    stream.restyle(theme.DARK)
    assert stream.is_folded
    assert "quote" not in document.toPlainText()
    stream.restyle(theme.LIGHT)

    stream.show_all()
    stream.work()
    assert not stream.is_folded
    assert stream.hidden == 0
    assert dump(document) == dump(build([TEXT])[0])
