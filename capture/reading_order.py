"""The order in which a person reads pieces of text: columns where there are columns, else row by row.

Pieces of one row (a label and its value, the cells of a table) become one line: that is what a question
is answered with.
"""

from itertools import pairwise
from statistics import median

from app.model.screens import Box, Line

ROWS = 4  # a column has at least so many pieces
FILLED = 0.6  # of its column's width a line of running text takes, in the middle
LONG = 8  # times its height a line of running text is wide; labels and figures are shorter
ALIGNED = 0.5  # of the pieces of a side menu may stand beside one of the other column
GAP = "  "  # between pieces of one row that stand apart by more than their height


def in_order(pieces: list[Line]) -> list[Line]:
    """Return the pieces as lines in reading order."""
    gutter = _gutter(pieces)
    if gutter is None:
        return [_joined(row) for row in _rows(pieces)]
    x, top, bottom = gutter
    above = [piece for piece in pieces if _middle(piece) < top]
    below = [piece for piece in pieces if _middle(piece) > bottom]
    between = [piece for piece in pieces if top <= _middle(piece) <= bottom]
    left = [piece for piece in between if piece.box.left < x]
    right = [piece for piece in between if piece.box.left >= x]
    return [line for part in (above, left, right, below) for line in in_order(part)]


def in_rows(pieces: list[Line]) -> list[Line]:
    """Return the pieces as lines in the order they have; what stands at the right of the one before joins it."""
    rows: list[list[Line]] = []
    for piece in pieces:
        last = rows[-1][-1] if rows else None
        if last is not None and _beside(last, piece) and piece.box.left >= _right(last):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [_joined(row) for row in rows]


def _gutter(pieces: list[Line]) -> tuple[int, float, float] | None:
    """Return the strip that parts two columns, x and the middles of its first and last piece, or None."""
    best: tuple[int, list[Line]] | None = None
    for x in sorted({_right(piece) + 1 for piece in pieces}):
        for run in _runs(pieces, x):
            if (best is None or len(run) > len(best[1])) and _are_columns(run, x):
                best = x, run
    if best is None:
        return None
    middles = [_middle(piece) for piece in best[1]]
    return best[0], min(middles), max(middles)


def _runs(pieces: list[Line], x: int) -> list[list[Line]]:
    """Return the groups of pieces, from the top down, between those that cross `x`."""
    runs: list[list[Line]] = [[]]
    for piece in sorted(pieces, key=_middle):
        if piece.box.left < x < _right(piece):
            runs.append([])
        else:
            runs[-1].append(piece)
    return runs


def _are_columns(run: list[Line], x: int) -> bool:
    left = [piece for piece in run if _right(piece) <= x]
    right = [piece for piece in run if piece.box.left >= x]
    if min(len(left), len(right)) < ROWS:
        return False
    # Nothing but white between them, wider than the space between words.
    if min(piece.box.left for piece in right) - x < median(piece.box.height for piece in run) * 0.8:
        return False
    return (_running(left) and _running(right)) or _aligned(left, right) < ALIGNED


def _running(column: list[Line]) -> bool:
    """Tell whether a column holds running text: long lines, most of which fill its width."""
    width = max(_right(piece) for piece in column) - min(piece.box.left for piece in column)
    usual = median(piece.box.width for piece in column)
    return usual >= FILLED * width and usual >= LONG * median(piece.box.height for piece in column)


def _aligned(left: list[Line], right: list[Line]) -> float:
    """Return which part of the shorter side stands beside a piece of the other."""
    fewer, more = sorted((left, right), key=len)
    beside = sum(any(_beside(piece, other) for other in more) for piece in fewer)
    return beside / len(fewer)


def _rows(pieces: list[Line]) -> list[list[Line]]:
    rows: list[list[Line]] = []
    for piece in sorted(pieces, key=_middle):
        if rows and all(_beside(piece, other) for other in rows[-1]):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return rows


def _joined(row: list[Line]) -> Line:
    row = sorted(row, key=lambda piece: piece.box.left)
    left, top = row[0].box.left, min(piece.box.top for piece in row)
    right, bottom = max(map(_right, row)), max(piece.box.top + piece.box.height for piece in row)
    text = row[0].text
    for before, piece in pairwise(row):
        apart = piece.box.left - _right(before) > before.box.height
        text += (GAP if apart else " ") + piece.text
    score = min(piece.score for piece in row)
    pieces = tuple(one for piece in row for one in piece.pieces or (piece,))
    return Line(text, Box(left, top, right - left, bottom - top), score, pieces if len(row) > 1 else ())


def _beside(one: Line, other: Line) -> bool:
    """Tell whether two pieces stand on one line: their middles are closer than half a line."""
    return abs(_middle(one) - _middle(other)) < 0.5 * min(one.box.height, other.box.height)


def _middle(piece: Line) -> float:
    return piece.box.top + piece.box.height / 2


def _right(piece: Line) -> int:
    return piece.box.left + piece.box.width
