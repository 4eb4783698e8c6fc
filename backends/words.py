"""What of a text is compared, and which words may be one.  Pure.

English words without their endings, numbers, and Chinese by characters and their pairs; a letter that was
misread is forgiven, another number is not.
"""

import re
import unicodedata

from backends.questions import SAME, STOP_PHRASES, STOP_WORDS

SHORT, LONG = 4, 8  # letters: shorter words are never mistaken, longer ones may have two mistakes

_WORD = re.compile(
    r"0x[0-9a-f]+|[^\W_\u2e80-\u9fff\uf900-\ufaff]+(?:[.,:'’][^\W_\u2e80-\u9fff\uf900-\ufaff]+)*"
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")


def words(text: str) -> list[str]:
    """Return what of a text is compared: words without endings, numbers, Chinese characters and their pairs."""
    text = _CAMEL.sub(" ", unicodedata.normalize("NFKC", text)).lower()
    found = [SAME.get(word) or _stem(word) for word in _WORD.findall(text)]
    for run in _CHINESE.findall(text):
        found += [*run, *(run[at : at + 2] for at in range(len(run) - 1))]
    return found


def asked_words(question: str) -> tuple[str, ...]:
    """Return the words of a question without what only makes it a question; all of them when no others are left."""
    plain = unicodedata.normalize("NFKC", question).lower()
    kept = STOP_PHRASES.sub(" ", plain)
    kept = _WORD.sub(lambda found: " " if found[0] in STOP_WORDS else found[0], kept)
    return tuple(dict.fromkeys(words(kept) or words(plain)))


def misread(word: str, other: str) -> bool:
    """Tell whether two words may be one that was read wrongly, or two forms of one."""
    if _CHINESE.match(word) or _CHINESE.match(other) or min(len(word), len(other)) < SHORT:
        return False
    if _confusable(word) == _confusable(other):
        return True
    if any(map(str.isdigit, word + other)):
        return False  # another number is another number
    allowed = 1 if len(word) < LONG else 2
    return abs(len(word) - len(other)) <= allowed and _distance(word, other, allowed) <= allowed


def _stem(word: str) -> str:
    word = word.removesuffix("'s").removesuffix("’s")
    if not word.isascii() or not word.isalpha():
        return word
    for ending in ("ies", "ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= SHORT - 1 and not word.endswith("ss"):
            return word.removesuffix(ending) + ("y" if ending == "ies" else "")
    return word.removesuffix("e") if len(word) >= SHORT else word


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
