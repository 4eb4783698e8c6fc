"""Where a reply that goes on meets what was there: no character twice, and none lost.  Pure, incremental.

White space at the end of the beginning is not sent, for models write poorly after it, and may come again.  Who is
asked anew is asked to begin with the last words, so that it shows where the new text joins; what is said again is
dropped only where that is certain.
"""

CERTAIN = 16  # characters: what is said again by chance is shorter
TAIL = 200  # characters: the most that a model is asked to repeat


def tail_of(text: str) -> str:
    """Return the last words of a text, as many as it takes to know the place by them."""
    text = text.rstrip()
    for length in range(min(2 * CERTAIN, len(text)), min(TAIL, len(text)) + 1):
        tail = text[-length:]
        if text.count(tail) == 1 and (
            length == len(text) or text[-length - 1].isspace() or not tail.isascii()
        ):
            return tail
    return text[-TAIL:]


class Seam:
    """Joins what comes to what was there; `repeats` where the model was asked to begin with the last words."""

    def __init__(self, before: str, *, repeats: bool = False) -> None:
        self._before = before.rstrip()
        self._space = before[len(self._before) :]
        self._repeats = repeats
        self._held = ""
        self._open = bool(before)

    def feed(self, text: str) -> str:
        """Return what is certain to be new now that `text` has come."""
        if not self._open:
            return text
        self._held += text
        said = self._held.lstrip()
        undecided = said in self._before if self._repeats else not said
        return "" if undecided else self.close()

    def close(self) -> str:
        """Return what was held back: nothing that follows will tell more about it."""
        if not self._open:
            return ""
        self._open = False
        new = self._held
        if self._repeats:
            said = new.lstrip()
            length = _overlap(self._before, said)
            if self._is_certain(said[:length]):
                new = said[length:]
        space = new[: len(new) - len(new.lstrip())]
        return new[_overlap(self._space, space) :]

    def _is_certain(self, again: str) -> bool:
        long = len(again) >= CERTAIN or again == self._before
        return long and self._before.count(again) == 1


def _overlap(before: str, after: str) -> int:
    """Return how many characters `before` ends with that `after` begins with."""
    longest = min(len(before), len(after))
    return next((length for length in range(longest, 0, -1) if before.endswith(after[:length])), 0)
