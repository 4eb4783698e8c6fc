"""Which lines of a text answer a question?  Word for word, no model.  Pure.

BM25 over the lines: a word that few lines have tells more, and its repetitions soon stop counting.  Then what helps
on screens and pages, each a factor with a name below: how many of the words asked for a line has, whether it holds
the kind of thing asked for (an amount, a date), whether it is a label of just that, or only a question.
A line is also found by what the line before it is about (see `leads`), which by itself is no answer.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backends.leads import Lead, leads, opens
from backends.questions import WANTED
from backends.words import asked_words, misread, words

SATURATION = 1.2  # how soon a word's repetitions stop counting
LENGTH = 0.5  # how much a long line is worth less than a short one
SIMILAR = 0.75  # what a word is worth that is only nearly the one asked for
LED = 0.7  # what a word is worth that only the leading line has
HOLDS = 1.0  # how much better a line is that holds the kind of thing asked for
LACKS = 0.4  # what a line is worth that holds nothing of the kind
LABEL = 0.5  # how much better a line is whose label is all that was asked for
OPENS = 0.4  # what a question or a bare label is worth: the answer comes after it

_LABELLED = re.compile(r"^([^:=]{1,60})[:=]\s*[^\s:=]")


@dataclass(frozen=True, slots=True)
class Match:
    """A line that matches: its index among the lines, and how well (only comparable within one ranking)."""

    index: int
    score: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: for each of its words the words of the text that may be it, and the kinds of thing it wants."""

    alike: Mapping[str, Mapping[str, float]]
    wanted: Sequence[re.Pattern[str]]

    def count(self, document: Mapping[str, int]) -> dict[str, float]:
        """Return how often each word asked for is in a line."""
        return {
            word: sum(document.get(other, 0) * worth for other, worth in others.items())
            for word, others in self.alike.items()
        }

    def named(self, text: str) -> int:
        """Return how many of the words asked for are in a text."""
        there = set(words(text))
        return sum(not there.isdisjoint(others) for others in self.alike.values())


def rank(question: str, lines: Sequence[str]) -> tuple[Match, ...]:
    """Return the lines that have to do with `question`, best first; none when no word is in common."""
    documents = [Counter(words(line)) for line in lines]
    frequency = Counter(word for document in documents for word in set(document))
    alike = {word: _alike(word, frequency) for word in asked_words(question)}
    asked = Asked(alike, [pattern for wanted, pattern in WANTED if wanted.search(question)])
    rarity = {word: _rarity(others, frequency, len(documents)) for word, others in alike.items()}
    average = sum(map(Counter.total, documents)) / max(len(documents), 1) or 1.0
    own = [asked.count(document) for document in documents]
    matches = []
    for index, lead in enumerate(leads(lines)):
        found = _with_lead(own, index, lead)
        if not any(found.values()):
            continue
        stretch = SATURATION * (1 - LENGTH + LENGTH * documents[index].total() / average)
        score = sum(rarity[word] * n * (SATURATION + 1) / (n + stretch) for word, n in found.items())
        covered = sum(n > 0 for n in found.values()) / len(found)
        matches.append(Match(index, score * (0.5 + covered) * _fitness(lines[index], asked)))
    return tuple(sorted(matches, key=lambda match: (-match.score, match.index)))


def _alike(word: str, vocabulary: Mapping[str, int]) -> dict[str, float]:
    """Return the words of the text that may be this one, each with what it is worth."""
    return {
        other: 1.0 if other == word else SIMILAR
        for other in vocabulary
        if other == word or misread(word, other)
    }


def _rarity(alike: Mapping[str, float], frequency: Counter[str], total: int) -> float:
    holders = min(total, sum(frequency[word] for word in alike))
    return math.log(1 + (total - holders + 0.5) / (holders + 0.5))


def _with_lead(own: Sequence[Mapping[str, float]], index: int, lead: Lead | None) -> dict[str, float]:
    """Return how often a line, or else the one that leads it, has each word asked for."""
    found = dict(own[index])
    # The head is over every row: it helps the row that was named, it does not bring them all.
    if lead is None or (lead.head and not any(found.values())):
        return found
    return {word: max(count, LED * own[lead.index][word]) for word, count in found.items()}


def _fitness(line: str, asked: Asked) -> float:
    """Return how much better a line is for holding what was asked for, not only naming it."""
    line = unicodedata.normalize("NFKC", line)
    held = sum(pattern.search(line) is not None for pattern in asked.wanted)
    fitness = LACKS if asked.wanted and not held else 1.0 + HOLDS * held
    if labelled := _LABELLED.match(line):
        # All of the label was asked for: "Total" rather than "Subtotal of the previous total".
        label = set(words(labelled[1]))
        fitness += LABEL * asked.named(labelled[1]) / max(len(label), 1)
    return fitness * (OPENS if opens(line) else 1.0)
