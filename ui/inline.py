"""What stands inside one paragraph or cell: emphasis, code, links, as runs of letters."""

from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ui.blocks import BREAK, Mark, Run, Runs
from ui.clean import clean
from ui.links import is_web

PIECE = 4_000  # a paragraph that is longer becomes several: a text view lays out one as a whole

References = dict[str, Any]
_MARKS = {"strong": Mark.BOLD, "em": Mark.ITALIC, "s": Mark.STRIKE}


@cache
def parser() -> MarkdownIt:
    """Return the one Markdown parser: CommonMark, tables and strike-through; HTML stays text."""
    made = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("inline")
    # Which links may be followed is decided by `ui.links`; here they must only be recognised.
    made.validateLink = lambda url: True  # type: ignore[method-assign] # noqa: ARG005 # the parser names it
    return made


def pieces(content: str) -> list[str]:
    """Return `content` in parts of at most `PIECE` letters, broken between lines or words where there are any."""
    ends = [0]
    while len(content) - ends[-1] > PIECE:
        begin = ends[-1]
        window = content[begin : begin + PIECE]
        ends.append(begin + (max(window.rfind("\n"), window.rfind(" ")) + 1 or PIECE))
    return [content[a:b] for a, b in pairwise([*ends, len(content)])]


def runs_of(content: str, references: dict[str, Any]) -> Runs:
    """Return one piece of a paragraph as runs; `references` are the link definitions known so far."""
    return _read(content, references) if references else _read_alone(content)


@lru_cache(maxsize=256)
def _read_alone(content: str) -> Runs:
    # An open paragraph is read again whenever it grows, but only its last piece is new.
    return _read(content, {})


def _read(content: str, references: References) -> Runs:
    tokens: list[Token] = []
    reader = parser()
    reader.inline.parse(content, reader, {"references": references}, tokens)
    return _Writer().write(tokens)


def plain(text: str, mark: Mark = Mark.NONE) -> Runs:
    """Return `text` as it is, line by line."""
    return (Run(clean(text).replace("\n", BREAK), mark),) if text else ()


class _Writer:
    """Turns tokens into runs, joining neighbours of one look."""

    def __init__(self) -> None:
        self._runs: list[Run] = []
        self._marks: list[Mark] = [Mark.NONE]
        self._links: list[str] = []

    def write(self, tokens: list[Token]) -> Runs:
        for token in tokens:
            self._token(token)
        return tuple(self._runs)

    def _token(self, token: Token) -> None:
        if token.type == "code_inline":
            self._add(token.content, Mark.CODE)
        elif token.type in ("softbreak", "hardbreak"):
            # People and models alike mean the line breaks they write.
            self._add("\n")
        elif token.type == "image":
            # A picture from elsewhere is never loaded: fetching it would tell its server what was asked.
            self._leave_link(f"[{token.content or '…'}]", str(token.attrs.get("src", "")))
        elif token.type == "link_open":
            self._links.append(str(token.attrs.get("href", "")))
        elif token.type == "link_close":
            self._close_link()
        elif token.nesting > 0:
            self._marks.append(self._marks[-1] | _MARKS[token.tag])
        elif token.nesting < 0:
            self._marks.pop()
        else:
            self._add(token.content)

    def _leave_link(self, text: str, address: str) -> None:
        self._links.append(address)
        self._add(text)
        self._links.pop()

    def _close_link(self) -> None:
        address = self._links.pop()
        if not is_web(address):
            # Not a link, but no secret either: where it would have led is shown.
            self._add(" ")
            self._add(address, Mark.CODE)

    def _add(self, text: str, mark: Mark = Mark.NONE) -> None:
        # Entities can write any letter, so what came out of the parser is cleaned again.
        text = clean(text).replace("\n", BREAK)
        link = next((link for link in reversed(self._links) if is_web(link)), "")
        mark |= self._marks[-1]
        if not text:
            return
        if self._runs and (self._runs[-1].mark, self._runs[-1].link) == (mark, link):
            text = self._runs.pop().text + text
        self._runs.append(Run(text, mark, link))
