"""Which lines of a text answer a question?  Word for word, no model.  Pure.

BM25 over the lines, with what helps on screens and pages: Chinese is compared by pairs of characters,
question words do not count, a letter misread is forgiven, and a line that holds the kind of thing that was
asked for (an amount, a date, a value after a label) comes before one that only names it.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from backends.questions import SAME, STOP_PHRASES, STOP_WORDS, WANTED

SATURATION = 1.2  # how soon a word's repetitions stop counting
LENGTH = 0.5  # how much a long line is worth less than a short one
SIMILAR = 0.75  # what a word is worth that is only nearly the one asked for
HOLDS = 0.6  # how much better a line is that holds the kind of thing asked for
SHORT, LONG = 4, 8  # letters: shorter words are never mistaken, longer ones may have two mistakes

_WORD = re.compile(
    r"0x[0-9a-f]+|[^\W_\u2e80-\u9fff\uf900-\ufaff]+(?:[.,:'’][^\W_\u2e80-\u9fff\uf900-\ufaff]+)*"
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")

_LABELLED = re.compile(r"^(.{1,60}?)\s*[::=]\s*\S")


@dataclass(frozen=True, slots=True)
class Match:
    """A line that matches: its index among the lines, and how well (only comparable within one ranking)."""

    index: int
    score: float


def rank(question: str, lines: Sequence[str], *, most: int = 8) -> tuple[Match, ...]:
    """Return the lines that answer `question`, best first, at most `most`; none when no word is in common."""
    asked = tuple(dict.fromkeys(words(_without_questions(question))))
    documents = [Counter(words(line)) for line in lines]
    if not asked or not documents:
        return ()
    frequency = Counter(word for document in documents for word in document)
    alike = {word: _alike(word, frequency) for word in asked}
    average = sum(map(Counter.total, documents)) / len(documents) or 1.0
    patterns = [pattern for wanted, pattern in WANTED if wanted.search(question)]
    matches = []
    for index, (line, document) in enumerate(zip(lines, documents, strict=True)):
        found = {word: _weight(document, alike[word]) for word in asked}
        if not any(found.values()):
            continue
        stretch = SATURATION * (1 - LENGTH + LENGTH * document.total() / average)
        score = sum(
            _rarity(alike[word], frequency, len(documents)) * count * (SATURATION + 1) / (count + stretch)
            for word, count in found.items()
        )
        covered = sum(1 for count in found.values() if count) / len(asked)
        matches.append(Match(index, score * (0.5 + covered) * _fitness(line, asked, alike, patterns)))
    return tuple(sorted(matches, key=lambda match: (-match.score, match.index))[:most])


def words(text: str) -> list[str]:
    """Return what of a text is compared: words without endings, numbers, Chinese characters and their pairs."""
    text = _CAMEL.sub(" ", unicodedata.normalize("NFKC", text)).lower()
    found = [SAME.get(word) or _stem(word) for word in _WORD.findall(text)]
    for run in _CHINESE.findall(text):
        found += [*run, *(run[at : at + 2] for at in range(len(run) - 1))]
    return found


def _without_questions(question: str) -> str:
    plain = unicodedata.normalize("NFKC", question).lower()
    plain = _WORD.sub(lambda found: " " if found[0] in STOP_WORDS else found[0], plain)
    kept = STOP_PHRASES.sub(" ", plain)
    return kept if words(kept) else plain


def _stem(word: str) -> str:
    word = word.removesuffix("'s").removesuffix("’s")
    if not word.isascii() or not word.isalpha():
        return word
    for ending in ("ies", "ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= SHORT - 1 and not word.endswith("ss"):
            return word.removesuffix(ending) + ("y" if ending == "ies" else "")
    return word.removesuffix("e") if len(word) > SHORT else word


def _alike(word: str, vocabulary: Counter[str]) -> dict[str, float]:
    """Return the words of the text that may be this one, each with what it is worth."""
    return {
        other: 1.0 if other == word else SIMILAR
        for other in vocabulary
        if other == word or _misread(word, other)
    }


def _misread(word: str, other: str) -> bool:
    """Tell whether two words may be one that was read wrongly, or two forms of one."""
    if _CHINESE.match(word) or _CHINESE.match(other) or min(len(word), len(other)) < SHORT:
        return False
    if _confusable(word) == _confusable(other):
        return True
    if any(map(str.isdigit, word + other)):
        return False  # another number is another number
    allowed = 1 if len(word) < LONG else 2
    return abs(len(word) - len(other)) <= allowed and _distance(word, other, allowed) <= allowed


def _confusable(word: str) -> str:
    return (
        word.translate(str.maketrans("0158|!", "olsbll"))
        .replace("i", "l")
        .replace("rn", "m")
        .replace("vv", "w")
    )


def _distance(one: str, two: str, limit: int) -> int:
    """Return the edits between two words, `limit` + 1 as soon as there are more."""
    row = list(range(len(two) + 1))
    for at, letter in enumerate(one, 1):
        previous, row[0] = row[0], at
        for column, other in enumerate(two, 1):
            cost = min(row[column] + 1, row[column - 1] + 1, previous + (letter != other))
            previous, row[column] = row[column], cost
        if min(row) > limit:
            return limit + 1
    return row[-1]


def _weight(document: Counter[str], alike: dict[str, float]) -> float:
    return sum(document[word] * worth for word, worth in alike.items() if word in document)


def _rarity(alike: dict[str, float], frequency: Counter[str], total: int) -> float:
    holders = min(total, sum(frequency[word] for word in alike))
    return math.log(1 + (total - holders + 0.5) / (holders + 0.5))


def _fitness(
    line: str, asked: Sequence[str], alike: dict[str, dict[str, float]], patterns: list[re.Pattern[str]]
) -> float:
    """Return how much better a line is for holding what was asked for, not only naming it."""
    fitness = 1.0 + sum(HOLDS for pattern in patterns if pattern.search(line))
    labelled = _LABELLED.match(unicodedata.normalize("NFKC", line))
    if labelled:
        label = set(words(labelled[1]))
        named = sum(1 for word in asked if not label.isdisjoint(alike[word]))
        # All of the label was asked for: "Total" rather than "Subtotal of the previous total".
        fitness += 0.5 * named / max(len(label), 1)
    if line.rstrip().endswith(("?", "?")):
        fitness *= 0.6  # a question is seldom the answer to one
    return fitness
