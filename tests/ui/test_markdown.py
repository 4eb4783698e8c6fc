"""Markdown as blocks: what is read piece by piece equals what is read at once."""

from collections.abc import Iterable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from ui.blocks import BREAK, Block, Kind, Mark, Run
from ui.clean import clean
from ui.inline import References
from ui.markdown import WINDOW, parse
from ui.markdown_reader import Carry

CODE = "".join(f"def number_{i}():\n    return {i}\n\n\n" for i in range(60))
TABLE = "| a | b |\n|:-|-:|\n" + "".join(f"| {i} | **{i}** |\n" for i in range(110))
PARTS = [
    "# Title\n\n",
    "Some *words* and `code`\nand more\n\n",
    "- one\n- two\n\n  still two\n- three\n",
    "---\n",
    "1. a\n2. b\n   - c\n9. d\n",
    "> quoted\n> - list\nlazy\n\n",
    f"```python\n{CODE}```\n",
    "~~~\nno language\n",
    "~~~\n",
    TABLE,
    "\n",
    "    indented\n\n    code\n",
    "".join(f"    line {i}\n" for i in range(120)),
    "para\n===\n",
    "[x]: https://example.com\n",
    "[x] and [y](https://example.com/y)\n",
    "- [ ] open\n- [x] done\n",
    "* * *\n",
    "-",
    "``",
    "| a",
    "\\",
    "中文，*强调*。\n",
]


def read(pieces: Iterable[str]) -> list[Block]:
    """Read a text that comes in pieces, as a growing document does: once more when it defines links."""
    pieces = [*pieces]
    blocks, known = read_once(pieces, {})
    return read_once(pieces, known)[0] if known else blocks


def read_once(pieces: Iterable[str], known: References) -> tuple[list[Block], References]:
    """Read a text with these links known; return its blocks and the links known after it."""
    final: list[Block] = []
    rest: tuple[Block, ...] = ()
    tail, carry, references = "", Carry(), known
    for piece in pieces:
        tail += piece
        whole = False
        while not whole:
            window = tail[:WINDOW]
            whole = window == tail
            parsed = parse(window, carry, references)
            if not whole and parsed.offset == 0:
                parsed = parse(window, carry, references, cut=True)
            final += parsed.blocks[: parsed.final]
            rest = parsed.blocks[parsed.final :]
            tail = tail[parsed.offset :]
            carry, references, known = parsed.carry, parsed.references, parsed.known
    return [*final, *rest], known


@settings(max_examples=150, deadline=None)
@example(parts=["[x] and more\n", "# Title\n\n", "[x]: https://example.com\n"], cuts=[23])
@given(some.lists(some.sampled_from(PARTS), max_size=8), some.lists(some.integers(0, 10_000), max_size=25))
def test_it_does_not_matter_in_which_pieces_a_text_comes(parts: list[str], cuts: list[int]) -> None:
    text = "".join(parts)
    ends = sorted(cut % (len(text) + 1) for cut in cuts)

    pieces = [text[a:b] for a, b in zip([0, *ends], [*ends, len(text)], strict=True)]

    assert read(pieces) == read([text])


@settings(max_examples=200, deadline=None)
@given(some.text(alphabet="ab -*`~>#|[](:)1.\n\\ !_=&;<", max_size=120), some.integers(1, 7))
def test_nor_for_a_text_that_is_all_signs(text: str, size: int) -> None:
    pieces = [text[i : i + size] for i in range(0, len(text), size)]

    assert read(pieces) == read([text])


def test_a_long_list_leaves_only_its_last_item_open() -> None:
    text = "".join(f"{i}. item\n" for i in range(1, 500))

    parsed = parse(text, Carry(), {})

    assert parsed.final == 498
    assert text[parsed.offset :] == "499. item\n"
    assert parse("7. next\n", parsed.carry, {}).blocks[0].marker == "499."


def test_a_long_piece_of_code_leaves_only_its_last_passage_open() -> None:
    parsed = parse(f"```python\n{CODE}", Carry(), {})

    rest = parse(f"```python\n{CODE}"[parsed.offset :], parsed.carry, {})
    assert len(rest.blocks) <= 96
    assert parsed.blocks == parsed.blocks[: parsed.final] + rest.blocks
    assert sum(block.first for block in parsed.blocks) == 1


def test_a_long_table_is_shown_in_bunches_of_equal_columns() -> None:
    tables = [block.table for block in parse(TABLE, Carry(), {}).blocks]

    assert [len(table.rows) for table in tables if table] == [41, 40, 30]
    assert {table.shares for table in tables if table} == {(50, 50)}
    assert [table.head for table in tables if table] == [True, False, False]


def test_marks_and_links_become_runs() -> None:
    (block,) = parse("a **b *c*** `d` ~~e~~ [f](https://example.com)", Carry(), {}).blocks

    assert block.runs == (
        Run("a "),
        Run("b ", Mark.BOLD),
        Run("c", Mark.BOLD | Mark.ITALIC),
        Run(" "),
        Run("d", Mark.CODE),
        Run(" "),
        Run("e", Mark.STRIKE),
        Run(" "),
        Run("f", link="https://example.com"),
    )


def test_a_line_break_stays_one() -> None:
    (block,) = parse("姓名：张三\n年龄：二十", Carry(), {}).blocks

    assert block.runs == (Run(f"姓名：张三{BREAK}年龄：二十"),)


def test_a_task_has_a_box() -> None:
    assert [block.marker for block in parse("- [ ] a\n- [x] b\n", Carry(), {}).blocks] == ["☐", "☑"]


def test_what_is_nested_too_deep_is_shown_as_it_was_written() -> None:
    text = ">" * 50 + " deep"

    (block,) = parse(text, Carry(), {}).blocks

    assert (block.kind, block.runs) == (Kind.TEXT, (Run(text),))


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x00b\ud800\ufdd0", "a\ufffdb\ufffd\ufffd"),
        ("x\u202ey\u2066", "xy"),
        ("a\u2029b\x85c", "a b c"),
        ("\u200fשלום 👍\u200d", "\u200fשלום 👍\u200d"),
    ],
)
def test_letters_are_cleaned(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned
