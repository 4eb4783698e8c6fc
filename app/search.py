"""Words as the index of the history knows them.

SQLite's tokenizers split at spaces, so a Chinese sentence is one long word to them and no word of two characters
is ever found.  Here every such character stands alone, and a search for several looks for them in a row.
"""

import re
import unicodedata

# Han with all its extensions, kana, bopomofo and hangul: scripts that put no space between words.
_ALONE = re.compile("([\u2e80-\u9fff\ua000-\ua4cf\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff])")


def spaced(text: str) -> str:
    """Return the text as it is indexed: full-width forms made plain, characters of Chinese apart."""
    return _ALONE.sub(r" \1 ", unicodedata.normalize("NFKC", text))


def terms(words: str) -> tuple[str, ...]:
    """Return what was typed as separate terms, those without a letter or digit left out."""
    found = unicodedata.normalize("NFKC", words).split()
    return tuple(term for term in found if any(map(str.isalnum, term)))


def query(words: str) -> str:
    """Return the FTS5 query that finds all these words, the last letters of each left open; '' for none."""
    phrases = (spaced(term).replace('"', '""') for term in terms(words))
    return " AND ".join(f'"{phrase}" *' for phrase in phrases)
