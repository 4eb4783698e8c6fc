"""Notices a reply that has begun to go round in circles, and one whose end only says again what it has said.  Pure.

The guard hears the text as it streams.  It remembers the runs of `SPAN` words among the last `MEMORY`; a run that
comes for the third time is an echo.  Echoes raise a score, and everything new lowers it four times as fast (a
cumulative sum), so that the score climbs only while more than four words in five are echoes.  Each word costs the
same, however long the reply has become.
"""

import re
from collections import Counter, deque
from dataclasses import replace

from app.model.events import Answer, Events, Looping, Reasoning

SPAN = 10  # words of a run: so many that prose does not repeat one by chance
MEMORY = 4_000  # words: a circle longer than half of this is not seen
TIMES = 3  # saying a thing twice is emphasis, or a draft and its fair copy
ENOUGH = 160.0  # echoes after which it is said
FORGIVEN = 4.0  # echoes that one new word outweighs
REGULAR = 0.15  # what an echo counts in a table or in code, where lines are alike by right …
LINE = 40  # … for as many words as a line may have
LEAST_RESTATED = 60  # letters: a shorter end is not worth folding

_WIDE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff"
# The end of a line; the number of an item; a Chinese, Japanese or Korean character; a number, a word or some signs, in
# pieces, so that a thousand noughts in a row are many.
_WORD = re.compile(rf"\n|\d{{1,4}}[.):、]|\d{{1,4}}|[{_WIDE}]|(?:(?![{_WIDE}\d])\w){{1,8}}|[^\w\s]{{1,8}}")
_ITEM = re.compile(r"\d+[.):、]")
_COMPLETE = re.compile(rf"\n|[{_WIDE}]|\d+[.):、]|.{{8}}")
_FENCES = "```", "~~~"
_SENTENCE = re.compile(r"\S.*?(?:[.!?][*_)”\"]*(?=\s)|[。！？]|$)", re.MULTILINE)


class RepetitionGuard:
    """Hears one text, reasoning or answer, piece by piece."""

    def __init__(self) -> None:
        self._unfinished = ""
        self._line = _Line()
        self._run: deque[str] = deque(maxlen=SPAN)
        self._runs: deque[int] = deque()
        self._counts: Counter[int] = Counter()
        self._score = 0.0
        self._circling = False

    def hear(self, piece: str) -> bool:
        """Take the next piece, and say whether the text goes round in circles now."""
        text = self._unfinished + piece
        words = list(_WORD.finditer(text))
        self._unfinished = ""
        if words and words[-1].end() == len(text) and not _COMPLETE.fullmatch(words[-1][0]):
            self._unfinished = words.pop()[0]
        for word in words:
            self._take(word[0])
        return self._circling

    def _take(self, word: str) -> None:
        weight = self._line.weigh(word)
        if not weight:
            return
        self._run.append(word)
        if len(self._run) == SPAN:
            run = hash(tuple(self._run))
            echo = self._counts[run] >= TIMES - 1
            self._remember(run)
            # It never climbs much higher: a text that finds its way out is soon forgiven.
            self._score = min(self._score + weight, 2 * ENOUGH) if echo else max(self._score - FORGIVEN, 0.0)
            # Only once it is forgiven altogether: whoever reads it should not see the warning flicker.
            self._circling = self._score >= ENOUGH or (self._circling and self._score > 0.0)

    def _remember(self, run: int) -> None:
        self._counts[run] += 1
        self._runs.append(run)
        if len(self._runs) > MEMORY:
            oldest = self._runs.popleft()
            self._counts[oldest] -= 1
            if not self._counts[oldest]:
                del self._counts[oldest]


class ReplyGuard:
    """Hears a whole reply, its reasoning and its answer each for itself; `circling` is where it goes round, if it does."""

    def __init__(self) -> None:
        self.circling: Looping | None = None
        self._reasoning, self._answer = RepetitionGuard(), RepetitionGuard()

    def hear(self, events: Events) -> Looping | None:
        """Take what came, and return what there is to say of it: that a circle has begun, or that it is over."""
        before = self.circling
        for event in events:
            if isinstance(event, Reasoning):
                self.circling = Looping(answer=False) if self._reasoning.hear(event.text) else None
            elif isinstance(event, Answer):
                self.circling = Looping(answer=True) if self._answer.hear(event.text) else None
        if self.circling is None and before is not None:
            return replace(before, over=True)
        return self.circling if self.circling != before else None


class _Line:
    """What kind of line the words stand in."""

    def __init__(self) -> None:
        self._words = 0
        self._begun = False
        self._row = False
        self._fence = False
        self._code = False

    def weigh(self, word: str) -> float:
        """Return what an echo counts here: nothing for the end of a line, or the number of an item of a list."""
        if word == "\n":
            self._code ^= self._fence
            self._begun = self._row = self._fence = False
            self._words = 0
            return 0.0
        self._words += 1
        if not self._begun:
            self._row = self._row or word.startswith("|")
            self._fence = self._fence or word.startswith(_FENCES)
            self._begun = word[0].isalnum()
            if _ITEM.fullmatch(word):
                return 0.0
        regular = (self._row or self._code) and self._words <= LINE
        return REGULAR if regular else 1.0


def restated_from(answer: str) -> int | None:
    """Return where in an answer (in characters) an end begins that only says again what stands before it.

    Whole sentences, alike but for case, emphasis and blank space; None if there is no such end, or if it lies in code
    or in a table.
    """
    sentences = [(found.start(), _letters(found[0])) for found in _SENTENCE.finditer(answer)]
    first: dict[str, int] = {}
    for number, (_, letters) in enumerate(sentences):
        first.setdefault(letters, number)
    start = len(sentences)
    while start and first[sentences[start - 1][1]] < start - 1:
        start -= 1
    if sum(len(letters) for _, letters in sentences[start:]) < LEAST_RESTATED:
        return None
    place = sentences[start][0]
    in_code = sum(answer.count(fence, 0, place) for fence in _FENCES) % 2
    return None if in_code or _row_at(answer, place) else place


def _row_at(answer: str, place: int) -> bool:
    return answer[answer.rfind("\n", 0, place) + 1 :].startswith("|")


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
