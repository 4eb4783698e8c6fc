"""From the parser's tokens to blocks, remembering the joints where a text can be cut."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, takewhile

from markdown_it.token import Token

from ui import highlight
from ui.blocks import Block, Kind, Run, Runs
from ui.inline import PIECE, References, pieces, plain, runs_of
from ui.markdown_table import bunches, is_wide, rows_of, shares_of, table_of

DEPTH = 18  # levels of lists and quotations; deeper ones are shown as they were written

_BULLETS = "•◦▪"
_TASK = re.compile(r"\[([ xX])\] ")
_FENCE_END = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*")


@dataclass(frozen=True, slots=True)
class Carry:
    """What the rest of a text must know of the part before it.

    `prefix` are lines to be read again before it: the opening of a fence, the head of a table, with the
    `shares` of its columns.  `number` is that of the next item of a list.  `inside` tells that the rest
    begins in the middle of a piece of code or a table, `joined` even in the middle of a line.
    """

    prefix: str = ""
    number: int | None = None
    shares: tuple[int, ...] = ()
    inside: bool = False
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Joint:
    """A line before which nothing changes once it is complete, and how many blocks precede it."""

    line: int
    blocks: int
    carry: Carry = field(default_factory=Carry)


@dataclass(slots=True)
class _Place:
    """Where in lists and quotations the reader is; `numbers` has None for a list with bullets."""

    numbers: list[int | None] = field(default_factory=list)
    quote: int = 0
    heading: int = 0
    marker: str = ""

    def next_marker(self) -> str:
        """Return the bullet or number of the item that begins, and count it."""
        number = self.numbers[-1]
        if number is None:
            return _BULLETS[min(len(self.numbers), len(_BULLETS)) - 1]
        self.numbers[-1] = number + 1
        return f"{number}."

    def take_marker(self) -> str:
        """Return the marker if nothing has borne it yet."""
        marker, self.marker = self.marker, ""
        return marker


class Reader:
    """Fills `blocks` and `joints` from the tokens of one text.

    `lines` is the text, `carry` comes from the part before it; with `cut` its end is not the end.
    """

    def __init__(self, lines: Sequence[str], carry: Carry, references: References, *, cut: bool) -> None:
        self.blocks: list[Block] = []
        self.joints: list[Joint] = []
        self._lines = lines
        self._carry = carry
        self._references = references
        self._cut = cut
        self._open_fence: Token | None = None
        self._place = _Place()
        self._heard: dict[str, Callable[[Token], None]] = {
            "bullet_list_open": self._list,
            "bullet_list_close": self._list,
            "ordered_list_open": self._list,
            "ordered_list_close": self._list,
            "list_item_open": self._item,
            "list_item_close": self._item,
            "blockquote_open": self._quote,
            "blockquote_close": self._quote,
            "heading_open": self._heading,
            "heading_close": self._heading,
            "inline": self._text,
            "hr": self._rule,
            "fence": self._code,
            "code_block": self._code,
        }

    def read(self, tokens: Sequence[Token]) -> None:
        """Add the blocks of all these tokens."""
        for group in _groups(tokens):
            if self.blocks:
                self._carry = Carry()
                self.joints.append(Joint(_begin(group[0]), len(self.blocks)))
            if max(token.level for token in group) >= DEPTH:
                self._literal(group[0])
            else:
                self._walk(group)

    def carry_on(self) -> Carry:
        """Return what is needed to read on behind a text that was cut."""
        if self._open_fence is None:
            return Carry()
        opening = self._lines[_begin(self._open_fence)]
        return Carry(f"{opening}\n", inside=True, joined=self._lines[-1] != "")

    def _walk(self, group: Sequence[Token]) -> None:
        self._place = _Place()
        tokens = iter(group)
        for token in tokens:
            if token.type == "table_open":
                self._table([token, *takewhile(lambda token: token.type != "table_close", tokens)])
            elif hear := self._heard.get(token.type):
                hear(token)

    def _list(self, token: Token) -> None:
        numbers = self._place.numbers
        if token.nesting < 0:
            numbers.pop()
        elif token.type == "bullet_list_open":
            numbers.append(None)
        else:
            carried = self._carry.number if not numbers else None
            numbers.append(int(token.attrs.get("start", 1)) if carried is None else carried)

    def _quote(self, token: Token) -> None:
        self._place.quote += token.nesting

    def _heading(self, token: Token) -> None:
        self._place.heading = int(token.tag.removeprefix("h")) if token.nesting > 0 else 0

    def _rule(self, _token: Token) -> None:
        self._bear_marker()
        self._add(Kind.RULE)

    def _add(self, kind: Kind, runs: Runs = (), **more: object) -> None:
        place = self._place
        self.blocks.append(Block(kind, runs, indent=len(place.numbers), quote=place.quote, **more))  # type: ignore[arg-type] # the rest of the fields by name

    def _bear_marker(self) -> None:
        """Show the marker of an item that does not begin with text on a line of its own."""
        if self._place.marker:
            self._add(Kind.TEXT, marker=self._place.take_marker())

    def _item(self, token: Token) -> None:
        place = self._place
        if token.nesting < 0:
            self._bear_marker()
            return
        if len(place.numbers) == 1 and place.quote == 0:
            self.joints.append(Joint(_begin(token), len(self.blocks), Carry(number=place.numbers[0])))
        place.marker = place.next_marker()

    def _literal(self, token: Token) -> None:
        begin, end = token.map or (0, 0)
        self._place = _Place()
        for piece in pieces("\n".join(self._lines[begin:end])):
            self._add(Kind.TEXT, plain(piece))

    def _text(self, token: Token) -> None:
        place, content = self._place, token.content
        marker = place.take_marker()
        if marker and (task := _TASK.match(content)):
            marker, content = "☐" if task[1] == " " else "☑", content[task.end() :]
        kind = Kind.HEADING if place.heading else Kind.TEXT
        for i, piece in enumerate(pieces(content)):
            runs = runs_of(piece, self._references)
            self._add(kind, runs, level=place.heading, marker="" if i else marker, joined=i > 0)

    def _code(self, token: Token) -> None:
        self._bear_marker()
        lines = token.content.removesuffix("\n").split("\n")
        words = token.info.split()
        language = words[0].lower() if words else ""
        is_fence = token.type == "fence"
        goes_on = self._cut and is_fence and token.level == 0 and not self._is_closed(token)
        if goes_on:
            self._open_fence = token
        prefix = f"{self._lines[_begin(token)]}\n" if is_fence else ""
        starts = highlight.passages(lines)
        for start, end in pairwise([*starts, len(lines)]):
            if start and token.level == 0:
                line = _begin(token) + is_fence + start
                self.joints.append(Joint(line, len(self.blocks), Carry(prefix, inside=True)))
            for i, runs in enumerate(highlight.coloured(lines[start:end], language), start):
                is_last = i == len(lines) - 1 and not goes_on
                self._code_line(runs, language, is_first=i == 0, is_last=is_last)

    def _code_line(self, runs: Runs, language: str, *, is_first: bool, is_last: bool) -> None:
        parts = _parts(runs)
        for i, part in enumerate(parts):
            begins = is_first and i == 0
            self._add(
                Kind.CODE,
                part,
                language=language,
                first=begins and not self._carry.inside,
                last=is_last and i == len(parts) - 1,
                joined=i > 0 or (begins and self._carry.joined),
            )

    def _is_closed(self, fence: Token) -> bool:
        begin, end = fence.map or (0, 0)
        closing = _FENCE_END.fullmatch(self._lines[end - 1])
        return end - begin > 1 and closing is not None and closing[1].startswith(fence.markup)

    def _table(self, tokens: Sequence[Token]) -> None:
        self._bear_marker()
        rows = rows_of(tokens)
        if is_wide(rows):
            self._literal(tokens[0])
            return
        begin = _begin(tokens[0])
        prefix = "".join(f"{line}\n" for line in self._lines[begin : begin + 2])
        head = [] if self._carry.inside else rows[:1]
        parts = bunches(rows)
        shares = self._carry.shares or (shares_of([rows[0], *parts[0]]) if len(parts) > 1 else ())
        for part in parts:
            if part is not parts[0] and tokens[0].level == 0:
                self.joints.append(
                    Joint(part[0].line, len(self.blocks), Carry(prefix, shares=shares, inside=True))
                )
            if shown := [*head, *part]:
                self._add(Kind.TABLE, table=table_of(shown, shares, self._references, head=bool(head)))
            head = []


def _groups(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Split tokens into those of one outermost block each."""
    depth = start = 0
    for i, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            yield tokens[start : i + 1]
            start = i + 1


def _begin(token: Token) -> int:
    return token.map[0] if token.map else 0


def _parts(runs: Runs) -> list[Runs]:
    """Break a line of code that is too long to be laid out as one; its colours are given up."""
    text = "".join(run.text for run in runs)
    if len(text) <= PIECE:
        return [runs]
    return [(Run(text[i : i + PIECE]),) for i in range(0, len(text), PIECE)]
