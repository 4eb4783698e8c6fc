"""Tables of Markdown, in bunches of rows: Qt lays out a table as a whole, so it must stay small."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from markdown_it.token import Token

from ui.blocks import Runs, Table
from ui.inline import PIECE, References, runs_of

ROWS = 40
LETTERS = 6_000  # in one bunch
COLUMNS = 24  # a wider table is shown as it was written

_WIDTHS = (6, 40)  # letters of a column that count for its share


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row as they were written, and the line they stand in."""

    line: int
    cells: tuple[str, ...]
    aligns: tuple[str, ...]

    @property
    def letters(self) -> int:
        """Return how much there is to lay out."""
        return sum(len(cell) + 1 for cell in self.cells)


def rows_of(tokens: Sequence[Token]) -> list[Row]:
    """Return the rows of a table, its head first."""
    rows: list[Row] = []
    cells: list[str] = []
    aligns: list[str] = []
    line = 0
    for token in tokens:
        if token.type == "tr_open":
            cells, aligns = [], []
            line = token.map[0] if token.map else 0
        elif token.type in ("th_open", "td_open"):
            aligns.append(str(token.attrs.get("style", "")).removeprefix("text-align:"))
        elif token.type == "inline":
            cells.append(token.content[:PIECE])
        elif token.type == "tr_close":
            rows.append(Row(line, tuple(cells), tuple(aligns)))
    return rows


def is_wide(rows: Sequence[Row]) -> bool:
    """Say whether there are more columns than fit a window."""
    return len(rows[0].cells) > COLUMNS


def bunches(rows: Sequence[Row]) -> list[list[Row]]:
    """Split the rows below the head; where one ends depends on nothing that follows, so a growing table keeps them."""
    made: list[list[Row]] = [[]]
    letters = 0
    for row in rows[1:]:
        if len(made[-1]) >= ROWS or letters > LETTERS:
            made.append([])
            letters = 0
        made[-1].append(row)
        letters += row.letters
    return made


def shares_of(rows: Sequence[Row]) -> tuple[int, ...]:
    """Return the widths of the columns in per cent, from the longest cell of each."""
    least, most = _WIDTHS
    widths = [
        min(max(least, *(_width(cell) for cell in column)), most)
        for column in zip(*(row.cells for row in rows), strict=True)
    ]
    edges = [100 * end // sum(widths) for end in accumulate(widths, initial=0)]
    return tuple(right - left for left, right in pairwise(edges))


def table_of(rows: Sequence[Row], shares: tuple[int, ...], references: References, *, head: bool) -> Table:
    """Return some rows as a table; `head` tells whether the first is its heading."""
    cells = tuple(tuple(_cell(cell, references) for cell in row.cells) for row in rows)
    return Table(cells, rows[0].aligns, head, shares)


def _cell(content: str, references: References) -> Runs:
    return runs_of(content, references) if content else ()


def _width(text: str) -> int:
    """Return how many narrow letters a text is wide, as far as it matters."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text[: _WIDTHS[1]])
