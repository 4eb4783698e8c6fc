"""What was read, put into words by a small model that runs here.  It is often wrong, so that is always said with it.

It comes after everything that was read, never instead of it: whatever becomes of it, that stands.
"""

import contextlib
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

from app.budget import text_tokens
from app.errors import BackendError
from app.i18n import say
from app.model.events import Answer, Finish
from app.model.messages import Ending
from app.model.profiles import Sampling, Thinking
from app.model.requests import Request, Role, Said
from app.ports import Backend
from app.repetition import restated_from
from backends.markdown import literal
from backends.ranking import rank

ROOM = 1200  # tokens of the text that it gets; the rest of its context is for the question, the answer and our error
ASKED = 200  # tokens of the question
MOST = 120  # tokens of its answer
LINE = 400  # letters of one line

_ENGLISH = 0.8  # of the letters of a text, at least, are those of English where it is
# Read by the model only, which knows no other language.
_PROMPT = "Here is text read from a screen:\n\n{text}\n\nUsing only this text, answer in one short sentence: {question}"
_NO_QUESTION = "What is this about?"


class Wording:
    """Tells in a sentence or two what was read, as Markdown."""

    def __init__(self, model: Backend, file: Path) -> None:
        """`file` is that of the model: while it is not here, nothing is told."""
        self.model = model
        self._file = file

    def is_here(self) -> bool:
        """Tell whether there is a model."""
        return self._file.exists()

    async def tell(self, question: str, lines: Sequence[str]) -> AsyncGenerator[str, None]:
        """Yield it piece by piece under its heading; a fault is told in a sentence, not raised."""
        text = excerpt(question, lines)
        if not (is_english(text) and is_english(question)):
            yield f"*{say('reader.english_only')}*\n"
            return
        yield f"### {say('reader.in_words')}\n\n"
        cut = _cut(question, ASKED) or _NO_QUESTION
        prompt = _PROMPT.format(text=text, question=cut)
        request = Request(
            (Said(Role.USER, (prompt,)),),
            thinking=Thinking.OFF,
            sampling=Sampling(temperature=0.0, max_tokens=MOST),
        )
        try:
            async with contextlib.aclosing(self._spoken(request)) as pieces:
                async for piece in pieces:
                    yield piece
        except BackendError as error:
            yield f"\n\n*{say('reader.no_words', why=say(error.sentence))}*\n"

    async def _spoken(self, request: Request) -> AsyncGenerator[str, None]:
        """Yield what it says, word by word, until it is done or begins again."""
        text, shown, whole = "", "", False
        async with contextlib.aclosing(self.model.stream(request)) as batches:
            async for events in batches:
                text += "".join(event.text for event in events if isinstance(event, Answer))
                whole = Finish(Ending.FINISHED) in events
                again = restated_from(text)
                if again is not None:
                    text = text[:again]
                # The last word may grow, and with it what it means as Markdown.
                now = literal(text if whole else text.rpartition(" ")[0])
                if now != shown and now.startswith(shown):  # what was cut off may have been shown
                    yield now[len(shown) :]
                    shown = now
                if again is not None:
                    break
        yield "\n" if whole else " …\n"


def excerpt(question: str, lines: Sequence[str]) -> str:
    """Return what there is room for, in its order: the lines that match the question, then the others from the top."""
    matching = [match.index for match in rank(question, lines)]
    room, taken, seen = ROOM, [], set[str]()
    for index in dict.fromkeys((*matching, *range(len(lines)))):
        line = " ".join(lines[index].split())[:LINE]
        cost = _tokens(line) + 1
        if line not in seen and cost <= room:
            taken.append((index, line))
            seen.add(line)
            room -= cost
    return "\n".join(line for _, line in sorted(taken))


def is_english(text: str) -> bool:
    """Tell whether a text may be English: whether its letters are; a text of numbers is."""
    letters = [letter for letter in text if letter.isalpha()]
    return sum(map(str.isascii, letters)) >= _ENGLISH * len(letters)


def _cut(text: str, room: int) -> str:
    """Return as many words from the beginning of a text as there is room for."""
    taken = []
    for word in text.split():
        room -= _tokens(word[:LINE]) + 1
        if room < 0:
            break
        taken.append(word[:LINE])
    return " ".join(taken)


def _tokens(text: str) -> int:
    """Return about what a text costs the model, for which each digit is a token."""
    return text_tokens(text) + sum(map(str.isdigit, text))
