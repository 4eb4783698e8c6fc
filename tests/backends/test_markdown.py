"""Foreign text in our Markdown says what it said, and does nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from backends.markdown import literal

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def shown(markdown: Any) -> str:
    """Return the text a reader sees, failing on anything but plain paragraphs."""
    text = []
    for token in PARSER.parse(markdown):
        assert token.type in ("paragraph_open", "inline", "paragraph_close"), token.type
        for child in token.children or ():
            assert child.type in ("text", "text_special", "softbreak"), child.type
            text.append(child.content)
    return "".join(text)


@pytest.mark.parametrize(
    "text",
    [
        "# heading",
        "- item",
        "+ item",
        "* item",
        "1. item",
        "12) item",
        "> quote",
        "---",
        "===",
        "```",
        "~~~",
        "| a | b |",
        "<b>bold</b>",
        "![x](file:///dev/zero)",
        "[x](http://e.com)",
        "<http://e.com>",
        "*a* _b_ __c__ **d** ~~e~~",
        "&amp; &#65;",
        "`code`",
        "\\*",
        "a\\",
        "[x]: http://e.com",
        "<!-- x -->",
        "snake_case",
        "10. 5.",
        "-",
        "#",
    ],
)
def test_each_mark_is_only_text(text: str) -> None:
    assert shown(literal(text)) == text


@given(st.text(alphabet="ab1 #-+*_`<>[]()!&;|~\\=.:/\t好", max_size=30))
def test_any_line_is_only_text(text: str) -> None:
    assert shown(literal(text)) == " ".join(text.split())


def test_what_means_nothing_is_left_as_it_is() -> None:
    for text in ("Total: $61,200.75", "snake_case_name", "3.5 GB (of 8)", "a & b", "错误代码:0x80070005"):
        assert literal(text) == text
