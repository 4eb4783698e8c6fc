"""What a text is made of once it has been read: blocks in order, each a few runs of letters.

Nothing here knows Markdown or Qt.  Two equal blocks look the same on the screen.
"""

from dataclasses import dataclass
from enum import Flag, StrEnum, auto

BREAK = "\u2028"  # a line break inside a block


class Mark(Flag):
    """How a run of letters is set off from its neighbours."""

    NONE = 0
    BOLD = auto()
    ITALIC = auto()
    STRIKE = auto()
    CODE = auto()


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one look; `link` is where a click leads, `token` the Pygments name of a piece of code."""

    text: str
    mark: Mark = Mark.NONE
    link: str = ""
    token: str = ""


Runs = tuple[Run, ...]


class Kind(StrEnum):
    """What a block is; `CODE` is one line of it."""

    TEXT = "text"
    HEADING = "heading"
    CODE = "code"
    RULE = "rule"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, every row equally long.

    `aligns` has left, center or right for each column.  `head` tells whether the first row is a heading.
    `shares` are the widths of the columns in per cent; empty when the content decides.
    """

    rows: tuple[tuple[Runs, ...], ...]
    aligns: tuple[str, ...]
    head: bool = True
    shares: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, line of code, rule or table.

    `indent` and `quote` count the lists and quotations around it; `marker` is the bullet or number of
    a list item.  `first` and `last` tell the ends of a piece of code; `joined` that this line goes on where
    the block before broke off because it had grown too long.
    """

    kind: Kind
    runs: Runs = ()
    level: int = 0
    indent: int = 0
    quote: int = 0
    marker: str = ""
    language: str = ""
    first: bool = False
    last: bool = False
    joined: bool = False
    table: Table | None = None

    @property
    def weight(self) -> int:
        """Return how many blocks Qt has to lay out for it."""
        return 1 if self.table is None else sum(len(row) for row in self.table.rows)
