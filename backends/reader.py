"""The built-in reader: no model, but what stands in pictures and pages, the lines asked for first.

It works on a machine without a key, a server or a GPU, and speaks the same port as every server.
"""

import contextlib
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass

from app.errors import DocumentError, Rejected
from app.i18n import say
from app.model.attachments import Picture
from app.model.checkups import Checkup, Health
from app.model.events import Answer, Event, Events, Finish, Reasoning
from app.model.limits import Limits
from app.model.messages import Ending
from app.model.requests import Begun, Request, Role, Said
from app.model.screens import Line
from app.model.sentences import sentence
from app.ports import Ocr
from backends.markdown import literal
from backends.ranking import rank
from backends.wording import Wording

MOST = 8  # lines that are told first, as those that match
WORTH = 0.25  # of the best match's score another must have: less only shares a word with the question


@dataclass(frozen=True, slots=True)
class Sheet:
    """Something to read: a picture or page, or text that came without one; `place` says where it stands."""

    place: str
    picture: Picture | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One line that was read, with its place; a line of a text layer has no box."""

    place: str
    line: Line | None
    text: str

    @property
    def where(self) -> str:
        """Where it stands, in words."""
        if self.line is None:
            return self.place
        box = self.line.box
        spot = say("reader.spot", left=box.left, top=box.top, width=box.width, height=box.height)
        return say("reader.spot_on", place=self.place, spot=spot) if self.place else spot


class _Unsaid:
    """Tells what is new from what a reply that goes on had already."""

    def __init__(self, begun: Begun) -> None:
        self._said = {Reasoning: begun.reasoning, Answer: begun.answer}

    def of(self, events: Events) -> Iterator[Event]:
        """Yield the events without the text that was there."""
        for event in events:
            if not isinstance(event, Reasoning | Answer):
                yield event
                continue
            kind, text = type(event), event.text
            said = self._said[kind]
            if said.startswith(text):
                self._said[kind] = said[len(text) :]
                continue
            # Where it differs, all that follows is new.
            self._said[kind] = ""
            yield kind(text.removeprefix(said))


class Reader:
    """Speaks the `Backend` port with an `Ocr` for eyes."""

    def __init__(self, ocr: Ocr, wording: Wording | None = None) -> None:
        """`wording` puts what was read into words, too."""
        self.limits = Limits(hurries=False)
        self._ocr = ocr
        self._wording = wording

    async def stream(self, request: Request) -> AsyncGenerator[Events, None]:
        """Yield what is being read as reasoning, and what was read as the answer: see `app.ports`.

        A reply that goes on is read anew, for reading says the same each time; what was there is left out.
        """
        unsaid = _Unsaid(request.begun or Begun("", ""))
        async with contextlib.aclosing(self._tell(request)) as batches:
            async for events in batches:
                if rest := tuple(unsaid.of(events)):
                    yield rest

    async def _tell(self, request: Request) -> AsyncGenerator[Events, None]:
        question, sheets = material(request)
        if not sheets:
            yield Answer(say("reader.nothing")), Finish(Ending.FINISHED)
            return
        yield (Reasoning(say("reader.begins", n=len(sheets)) + "\n"),)
        pages: list[tuple[Sheet, tuple[Found, ...]]] = []
        async with contextlib.aclosing(self._read(sheets)) as reading:
            async for sheet, found in reading:
                pages.append((sheet, found))
                place = sheet.place or say("reader.the_picture")
                told = say("reader.read", place=place, i=len(pages), of=len(sheets), n=len(found))
                yield (Reasoning(told + "\n"),)
        lines = [line for _, found in pages for line in found]
        wording = self._wording if self._wording is not None and lines and self._wording.is_here() else None
        yield (Answer(say("reader.about" if wording is None else "reader.about_in_words") + "\n\n"),)
        yield (Answer(_matches(question, lines)),)
        before: tuple[Found, ...] = ()
        for sheet, found in pages:
            yield (Answer(_page(sheet, found, before)),)
            before = found
        if wording is not None:
            async with contextlib.aclosing(wording.tell(question, [line.text for line in lines])) as pieces:
                async for piece in pieces:
                    yield (Answer(piece),)
        yield (Finish(Ending.FINISHED),)

    async def answer_now(self, _: Request) -> bool:
        """Say that there is no thinking to end."""
        return False

    async def count(self, _: Request) -> int | None:
        """Say that nothing here is counted in tokens."""
        return None

    async def check(self) -> Checkup:
        """Say that it works: it needs nobody."""
        return Checkup(Health.WORKS, sentence("reader.works"))

    async def aclose(self) -> None:
        """Let go of the model that puts things into words."""
        if self._wording is not None:
            await self._wording.model.aclose()

    async def _read(self, sheets: Sequence[Sheet]) -> AsyncGenerator[tuple[Sheet, tuple[Found, ...]], None]:
        pictures = [sheet.picture for sheet in sheets if sheet.picture is not None and not sheet.text.strip()]
        try:
            async with contextlib.aclosing(self._ocr.read(pictures)) as reading:
                for sheet in sheets:
                    if sheet.text.strip():
                        lines = [line for line in sheet.text.splitlines() if line.strip()]
                        yield sheet, tuple(Found(sheet.place, None, line) for line in lines)
                    else:
                        _, seen = await anext(reading)
                        yield (
                            sheet,
                            tuple(Found(sheet.place, line, line.text) for line in seen if line.text.strip()),
                        )
        except DocumentError as error:
            raise Rejected(error.sentence.key, **dict(error.sentence.args)) from error


def material(request: Request) -> tuple[str, tuple[Sheet, ...]]:
    """Return the question and what there is to read: of the last turn, or of the last that brought something."""
    asked = [said for said in request.turns if said.role is Role.USER]
    question = _question(asked[-1]) if asked else ""
    for said in reversed(asked):
        if sheets := tuple(_sheets(said)):
            return question, sheets
    return question, ()


def _question(said: Said) -> str:
    last = said.parts[-1] if said.parts else ""
    return last if isinstance(last, str) and not _is_label(last) else ""


def _sheets(said: Said) -> Iterator[Sheet]:
    """Yield what a turn brings; the app puts a label before each page and before a text without pages."""
    alone = sum(isinstance(part, Picture) for part in said.parts) == 1
    count, label = 0, ""
    for part in said.parts:
        if isinstance(part, Picture):
            count += 1
            yield Sheet(_place(part, label, 0 if alone else count), part, part.text)
            label = ""
        elif isinstance(part, str) and _is_label(part):
            label, _, text = part.partition("\n")
            label = label.strip("[]")
            if text.strip():
                yield Sheet(label.rpartition(", ")[0] or label, None, text)


def _is_label(text: str) -> bool:
    return text.startswith("[") and text.partition("\n")[0].endswith("]")


def _place(picture: Picture, label: str, count: int) -> str:
    name = label.rpartition(", ")[0] or label
    if picture.seconds is not None:
        minutes, seconds = divmod(picture.seconds, 60)
        spot = say("reader.time", time=f"{minutes:.0f}:{seconds:04.1f}")
    elif picture.number is not None and label:
        spot = say("reader.page", n=picture.number)
    else:
        spot = say("reader.picture", n=count) if count else ""
    return say("reader.place", name=name, spot=spot) if name and spot else name or spot


def _matches(question: str, lines: Sequence[Found]) -> str:
    if not lines:
        return say("reader.blank") + "\n"
    if not question.strip():
        return ""
    best = _best(question, lines)
    if not best:
        return say("reader.no_match") + "\n\n"
    listed = "\n".join(f"{n}. {_with_places(equal)}" for n, equal in enumerate(best, 1))
    return f"### {say('reader.matches')}\n\n{listed}\n\n"


def _best(question: str, lines: Sequence[Found]) -> list[list[Found]]:
    """Return the lines that match, best first, each with those that read the same, as they come."""
    matches = rank(question, [line.text for line in lines])
    found: dict[str, list[Found]] = {}
    for match in matches:
        if match.score >= WORTH * matches[0].score:
            line = lines[match.index]
            found.setdefault(" ".join(line.text.split()), []).append(line)
    return list(found.values())[:MOST]


def _with_places(equal: Sequence[Found]) -> str:
    """Return a line with where it stands first, and how often it stands elsewhere."""
    where, more = equal[0].where, len(equal) - 1
    if where and more:
        where = say("reader.and_more", place=where, n=more)
    text = f"**{literal(equal[0].text)}**"
    return f"{text} ({literal(where)})" if where else text


def _page(sheet: Sheet, found: Sequence[Found], before: Sequence[Found]) -> str:
    heading = literal(sheet.place) or say("reader.text")
    if not found:
        told = say("reader.empty")
    elif [line.text for line in found] == [line.text for line in before]:
        told = say("reader.same")  # a still of a clip in which nothing moved
    else:
        told = "  \n".join(_with_spot(line) for line in found)
    return f"### {heading}\n\n{told}\n\n"


def _with_spot(found: Found) -> str:
    if found.line is None:
        return literal(found.text)
    box = found.line.box
    return f"{literal(found.text)} `{box.left},{box.top} {box.width}×{box.height}`"
