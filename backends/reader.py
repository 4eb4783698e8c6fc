"""The built-in reader: no model, but what stands in pictures and pages, the lines asked for first.

It works on a machine without a key, a server or a GPU, and speaks the same port as every server.
"""

import contextlib
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass

from app.errors import DocumentError, Rejected
from app.i18n import say
from app.model import (
    Answer,
    Checkup,
    Ending,
    Events,
    Finish,
    Health,
    Limits,
    Line,
    Picture,
    Reasoning,
    Request,
    Role,
    Said,
    sentence,
)
from app.ports import Ocr
from backends.markdown import literal
from backends.ranking import rank


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


class Reader:
    """Speaks the `Backend` port with an `Ocr` for eyes."""

    def __init__(self, ocr: Ocr) -> None:
        self.limits = Limits()
        self._ocr = ocr

    async def stream(self, request: Request) -> AsyncGenerator[Events, None]:
        """Yield what is being read as reasoning, and what was read as the answer: see `app.ports`."""
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
        yield (Answer(say("reader.about") + "\n\n"),)
        yield (Answer(_matches(question, [line for _, found in pages for line in found])),)
        for sheet, found in pages:
            yield (Answer(_page(sheet, found)),)
        yield (Finish(Ending.FINISHED),)

    async def check(self) -> Checkup:
        """Say that it works: it needs nobody."""
        return Checkup(Health.WORKS, sentence("reader.works"))

    async def aclose(self) -> None:
        """Hold on to nothing."""

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
    matches = rank(question, [line.text for line in lines])
    if not matches:
        return say("reader.no_match") + "\n\n"
    best = [lines[match.index] for match in matches]
    listed = "\n".join(f"{n}. {_with_place(line)}" for n, line in enumerate(best, 1))
    return f"### {say('reader.matches')}\n\n{listed}\n\n"


def _page(sheet: Sheet, found: Sequence[Found]) -> str:
    heading = literal(sheet.place) or say("reader.text")
    if not found:
        return f"### {heading}\n\n{say('reader.empty')}\n\n"
    return f"### {heading}\n\n" + "  \n".join(_with_spot(line) for line in found) + "\n\n"


def _with_place(found: Found) -> str:
    where = literal(found.where)
    return f"**{literal(found.text)}** ({where})" if where else f"**{literal(found.text)}**"


def _with_spot(found: Found) -> str:
    if found.line is None:
        return literal(found.text)
    box = found.line.box
    return f"{literal(found.text)} `{box.left},{box.top} {box.width}×{box.height}`"
