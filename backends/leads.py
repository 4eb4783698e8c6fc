"""Which line speaks of what another line says: the head of a table, a question, a label.  Pure.

"South  987  $61,200.75" does not say that it is about revenue: the head of its column does.  "Room 4.12" does not
say what is in there: the question before it does.  So a line is found by the words of the line that leads it, too.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

SPEAKER = 2  # words, or twice as many Chinese characters: longer is no name

_CELLS = re.compile(r"\s{2,}|\t|\s\|\s")  # pieces of one row stand apart
_DIGIT = re.compile(r"\d")
_TIME = re.compile(r"\d{1,2}:\d{2}\s*(?:[ap]m)?", re.IGNORECASE)
_ENDS = re.compile(r"[.!?。！？…,，;；:：\d]\s*$")
_CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Lead:
    """The index of the line that leads another; `head` when it is a table's: every row has that one."""

    index: int
    head: bool = False


def leads(lines: Sequence[str]) -> list[Lead | None]:
    """Return for each line the one that leads it, if any."""
    heads, speakers = _heads(lines), _speakers(lines)
    known = {name for name, times in Counter(speakers).items() if name and times > 1}
    return [_before(lines, speakers, known, at) or heads[at] for at in range(len(lines))]


def opens(line: str) -> bool:
    """Tell whether a line is only said for the sake of the next: a question, or a label before its value."""
    return unicodedata.normalize("NFKC", line).rstrip().endswith(("?", ":"))


def _before(lines: Sequence[str], speakers: Sequence[str], known: Collection[str], at: int) -> Lead | None:
    """Return the question or label that a line comes after; in a chat a name may stand between them."""
    if at > 0 and opens(lines[at - 1]):
        return None if speakers[at] in known else Lead(at - 1)
    return Lead(at - 2) if at > 1 and speakers[at - 1] and opens(lines[at - 2]) else None


def _heads(lines: Sequence[str]) -> list[Lead | None]:
    """Return for each row of a table its head, the first row that is all words."""
    found: list[Lead | None] = []
    head: Lead | None = None
    for at, line in enumerate(lines):
        row = len(_CELLS.split(line.strip())) > 1
        found.append(head if row else None)
        if not row:
            head = None
        elif head is None and not _DIGIT.search(line):
            head = Lead(at, head=True)
    return found


def _speakers(lines: Sequence[str]) -> list[str]:
    """Return for each line the name that it is over a message, without its time; '' where it can be none."""
    names = [_TIME.sub("", line).strip() for line in lines]
    return ["" if _ENDS.search(name) or _length(name) > SPEAKER else name for name in names]


def _length(name: str) -> int:
    chinese = len(_CHINESE.findall(name))
    return chinese // 2 or len(name.split())
