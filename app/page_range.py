"""Which pages: what a person types, such as ``1-3, 7``, and back."""

import re

from app.model.sentences import Sentence, sentence

_PIECE = re.compile(r"(\d{1,9})?(?:(-)(\d{1,9})?)?")
_SEPARATORS = re.compile(r"[,;，、；\s]+")
_DASHES = re.compile(r"\s*(?:[-–—~～〜至到]|\.\.)\s*")


def parse(text: str, total: int) -> tuple[int, ...] | Sentence:
    """Return the pages in order, empty for all of them, or what is wrong.

    ``3-`` goes on to the end, ``-3`` begins at the first page; nothing and every page mean all.
    """
    pages: set[int] = set()
    for piece in filter(None, _SEPARATORS.split(_DASHES.sub("-", text.strip()))):
        found = _PIECE.fullmatch(piece)
        if found is None or not (found[1] or found[3]):
            return sentence("picker.not_a_range", piece=piece[:20])
        first = int(found[1] or 1)
        last = int(found[3] or total) if found[2] else first
        if first > last:
            return sentence("picker.backwards", first=first, last=last)
        if first < 1 or last > total:
            return sentence("picker.no_such_page", page=last if last > total else first, total=total)
        pages.update(range(first, last + 1))
    return () if len(pages) in (0, total) else tuple(sorted(pages))


def text_of(pages: tuple[int, ...]) -> str:
    """Return the shortest text that `parse` reads as these pages; empty for all."""
    runs: list[tuple[int, int]] = []
    for page in pages:
        if runs and page == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], page)
        else:
            runs.append((page, page))
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
