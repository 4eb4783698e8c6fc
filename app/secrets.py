"""What in a picture or a text is nobody else's business: keys, passwords, numbers of cards, people and accounts.

Pure: patterns over what the reader found.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.model.attachments import PAGE_LIMIT
from app.model.screens import Box, Line
from app.secret_patterns import CODED, PEM, RULES, Kind

_BLOCK = "\N{FULL BLOCK}"
TEXT_LIMIT = 5000  # characters of a line that are looked at

_PEM_LINES = 100  # of a private key, at most


@dataclass(frozen=True, slots=True)
class Span:
    """A secret in a text: the characters from `start` up to `end`."""

    kind: Kind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret in a picture, and the box that hides it, in the picture's pixels."""

    kind: Kind
    box: Box


def spans(text: str) -> tuple[Span, ...]:
    """Return the secrets in a line of text, from the left; none lies over another."""
    plain = _plain(text[:TEXT_LIMIT])
    found: list[Span] = []
    for rule in RULES:
        group = "secret" if "secret" in rule.pattern.groupindex else 0
        for match in rule.pattern.finditer(plain):
            start, end = match.span(group)
            free = all(end <= other.start or other.end <= start for other in found)
            if free and rule.check(match[group]):
                found.append(Span(rule.kind, start, end))
    return tuple(sorted(found, key=lambda span: span.start))


def find(lines: Sequence[Line]) -> tuple[Secret, ...]:
    """Return the secrets in the lines of one picture, with boxes that are rather too large than too small."""
    found: list[Secret] = []
    keys = _private_keys([line.text for line in lines])
    for index, line in enumerate(lines):
        if index in keys:
            found.append(Secret(Kind.PRIVATE_KEY, _grown(line.box)))
        else:
            found += [Secret(span.kind, box) for span in spans(line.text) for box in _boxes(line, span)]
    return tuple(found)


def kinds_in(text: str) -> frozenset[Kind]:
    """Return which kinds of secrets there are in a text of several lines."""
    return _searched(text)[0]


def masked(text: str) -> str:
    """Return a text of several lines with a block in the place of each letter of a secret."""
    return _searched(text)[1]


@lru_cache(maxsize=2 * PAGE_LIMIT)
def _searched(text: str) -> tuple[frozenset[Kind], str]:
    """Return what is in a text, and the text without it; a page takes milliseconds and is asked about again and again."""
    lines = text.split("\n")
    keys = _private_keys(lines)
    found = {at: spans(line) for at, line in enumerate(lines) if at not in keys}
    kinds = {span.kind for line_spans in found.values() for span in line_spans}
    if keys:
        kinds.add(Kind.PRIVATE_KEY)
    if not kinds:
        return frozenset(), text
    clean = (_masked(line, found[at]) if at in found else _BLOCK * len(line) for at, line in enumerate(lines))
    return frozenset(kinds), "\n".join(clean)


def _masked(line: str, secrets: Sequence[Span]) -> str:
    for span in secrets:
        line = line[: span.start] + _BLOCK * (span.end - span.start) + line[span.end :]
    return line


# Places


def _boxes(line: Line, span: Span) -> Iterator[Box]:
    """Yield where the characters stand: one box in each of the pieces that the line was joined of."""
    at = 0
    for piece in line.pieces or (line,):
        begins = line.text.find(piece.text, at)
        if begins < 0:
            yield _grown(line.box)  # it was read again, in other words: better all of it
            return
        at = begins + len(piece.text)
        start, end = max(span.start, begins) - begins, min(span.end, at) - begins
        if start < end:
            yield _part(piece, start, end)


def _part(piece: Line, start: int, end: int) -> Box:
    """Return the box of some characters of a piece.

    Whether its letters are all equally wide is not known, so both guesses are covered, and a letter more on each side.
    """
    lefts, rights = [], []
    for width_of in (_even, _uneven):
        widths = [width_of(letter) for letter in piece.text]
        unit = piece.box.width / (sum(widths) or 1)
        lefts.append(unit * sum(widths[:start]))
        rights.append(unit * sum(widths[:end]))
    margin = piece.box.height * 0.6
    left = 0 if start == 0 else max(min(lefts) - margin, 0)
    right = piece.box.width if end == len(piece.text) else min(max(rights) + margin, piece.box.width)
    box = piece.box
    return _grown(Box(box.left + int(left), box.top, max(int(right) - int(left) + 1, 1), box.height))


def _grown(box: Box) -> Box:
    """Return the box with the rim of its letters."""
    rim = max(2, box.height // 6)
    left, top = max(box.left - rim, 0), max(box.top - rim, 0)
    return Box(left, top, box.left + box.width + rim - left, box.top + box.height + rim - top)


def _even(letter: str) -> float:
    return 2 if letter > "\u2e7f" else 1


def _uneven(letter: str) -> float:
    if letter > "\u2e7f":
        return 2
    if letter in "iljtfrI1|!.,:;'\"`()[]{}- ":
        return 0.6
    return 1.5 if letter in "mwMW@%" else 1.1


# Words


def _plain(text: str) -> str:
    """Return the text with the wide forms of Chinese type as narrow ones, character for character."""
    return text.translate(_NARROW)


_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: " ",
    **dict.fromkeys(map(ord, "–—‐‑−"), "-"),
    **dict.fromkeys(map(ord, "“”"), '"'),
    **dict.fromkeys(map(ord, "‘’"), "'"),
}


def _private_keys(lines: Sequence[str]) -> frozenset[int]:
    """Return which lines are a private key: from its heading on, as long as they look like one."""
    inside = 0
    found = set()
    for index, line in enumerate(lines):
        heading = PEM.search(_plain(line[:TEXT_LIMIT]))
        if heading is not None:
            inside = _PEM_LINES if heading[1].upper() == "BEGIN" else 0
            found.add(index)
        elif inside and CODED.fullmatch(line[:TEXT_LIMIT]):
            inside -= 1
            found.add(index)
        else:
            inside = 0
    return frozenset(found)
