"""Code in colours: Pygments reads it, a few lines at a time, and nothing is ever guessed."""

from functools import cache

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.styles import get_style_by_name
from pygments.token import string_to_tokentype
from pygments.util import ClassNotFound
from PySide6.QtGui import QColor, QFont, QTextCharFormat

from ui.blocks import Run, Runs

LETTERS = 20_000  # a longer passage stays in one colour: a lexer may be slow on what it was not made for
_LINES = (48, 96)
_OPENED = (('"""', '"""'), ("'''", "'''"), ("/*", "*/"), ("<!--", "-->"))


@cache
def lexer(language: str) -> Lexer | None:
    """Return what reads this language, None when nobody does."""
    try:
        found = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
    return found if found.name != "Text only" else None


def warm_up(style: str) -> None:
    """Load what the first piece of code would otherwise have to wait for."""
    lexer("python")
    colours(style, "Token.Keyword")


def passages(lines: list[str]) -> list[int]:
    """Return where the passages begin that are read one by one: after 48 to 96 lines, at a seam.

    A passage depends on nothing that follows it, so a growing text keeps its passages.
    """
    starts = [0]
    least, most = _LINES
    while len(lines) > starts[-1] + least:
        begin = starts[-1]
        seam = next(
            (i for i in range(begin + least, min(begin + most, len(lines))) if _is_seam(lines, begin, i)),
            None,
        )
        if seam is None:
            if len(lines) <= begin + most:
                break
            seam = begin + most
        starts.append(seam)
    return starts


def _is_seam(lines: list[str], begin: int, i: int) -> bool:
    if not lines[i][:1].strip() or lines[i - 1].strip():
        return False
    text = "\n".join(lines[begin:i])
    return all(
        text.count(left) % 2 == 0 if left == right else text.count(left) <= text.count(right)
        for left, right in _OPENED
    )


def coloured(lines: list[str], language: str) -> list[Runs]:
    """Return the runs of each line of one passage."""
    reader = lexer(language) if language else None
    if reader is None or sum(map(len, lines)) > LETTERS:
        return [(Run(line),) if line else () for line in lines]
    made: list[list[Run]] = [[]]
    for kind, text in reader.get_tokens("\n".join(lines)):
        name = str(kind)
        for i, piece in enumerate(text.split("\n")):
            if i:
                made.append([])
            if not piece:
                continue
            line = made[-1]
            if line and (line[-1].token == name or piece.isspace()):
                line[-1] = Run(line[-1].text + piece, token=line[-1].token)
            else:
                line.append(Run(piece, token=name))
    # A lexer that adds or swallows a line break must not shift the code.
    return [tuple(made[i]) if i < len(made) else () for i in range(len(lines))]


@cache
def colours(style: str, token: str) -> QTextCharFormat:
    """Return how the Pygments style `style` shows a token; the font is left to others."""
    look = QTextCharFormat()
    if not token:
        return look
    found = get_style_by_name(style).style_for_token(string_to_tokentype(token.removeprefix("Token.")))
    if found["color"]:
        look.setForeground(QColor(f"#{found['color']}"))
    if found["bold"]:
        look.setFontWeight(QFont.Weight.DemiBold)
    if found["italic"]:
        look.setFontItalic(True)
    return look
