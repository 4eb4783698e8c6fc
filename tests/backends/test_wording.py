"""What was read, put into words by a small model: after all of it, under its mark, and never instead of it."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.budget import text_tokens
from app.errors import Broken
from app.model.attachments import Picture
from app.model.events import Answer, Finish, Reasoning
from app.model.messages import Ending
from app.model.profiles import Profile, Thinking, Weights
from app.model.requests import Begun
from app.model.screens import Line
from app.workers import Workers
from backends.engine import Engine
from backends.make import make
from backends.reader import Reader
from backends.scripted import Scripted
from backends.wording import MOST, ROOM, Wording, excerpt, is_english
from tests.model_servers import MODELS

MICRO = MODELS / "micro-glm41v.gguf"
MARK = "### SmolLM2 (basic offline model, often wrong)"
PAGE = "[r.txt]\nInvoice 117\nDue on 14 March\nTotal: $61,200.75"
ENDS = Finish(Ending.FINISHED)


class NoEyes:
    async def read(
        self, pictures: Sequence[Picture]
    ) -> AsyncGenerator[tuple[Picture, tuple[Line, ...]], None]:
        for picture in pictures:
            yield picture, ()


def reader(model: Scripted, file: Path = MICRO) -> Reader:
    return Reader(NoEyes(), Wording(model, file))


async def read_alone(hear: Any, request: Any) -> str:
    """Return what is read, without the line that says who reads."""
    heard = await hear(Reader(NoEyes()), request)
    return str(heard.answer.partition("\n")[2])


async def test_it_comes_last_under_its_mark_and_the_read_text_is_as_without_it(hear: Any, ask: Any) -> None:
    model = Scripted([Reasoning("hm"), Answer("The total"), Answer(" is $61,200"), Answer(".75."), ENDS])
    heard = await hear(reader(model), ask(PAGE, "what is the total?"))
    read, mark, words = heard.answer.partition(MARK)
    assert mark
    assert read.partition("\n")[2] == await read_alone(hear, ask(PAGE, "what is the total?"))
    assert words == "\n\nThe total is $61,200.75.\n"
    assert "often wrong" in read.splitlines()[0], "whoever reads from the top is told, too"
    assert heard.events[-1] == ENDS
    assert heard.events.count(ENDS) == 1
    assert not any("hm" in event.text for event in heard.events if isinstance(event, Reasoning))


async def test_it_is_asked_for_little_and_not_to_think(hear: Any, ask: Any) -> None:
    model = Scripted([Answer("Yes."), ENDS])
    await hear(reader(model), ask(PAGE, "what is the total?"))
    (request,) = model.requests
    ((prompt,),) = [turn.parts for turn in request.turns]
    assert isinstance(prompt, str)
    assert "Total: $61,200.75" in prompt
    assert prompt.endswith("what is the total?")
    assert (request.thinking, request.sampling.max_tokens) == (Thinking.OFF, MOST)


async def test_without_its_file_the_reader_reads_as_ever(hear: Any, ask: Any, tmp_path: Path) -> None:
    model = Scripted([Answer("Yes."), ENDS])
    heard = await hear(reader(model, tmp_path / "gone.gguf"), ask(PAGE, "the total?"))
    alone = await hear(Reader(NoEyes()), ask(PAGE, "the total?"))
    assert heard.answer == alone.answer
    assert model.requests == []


async def test_where_nothing_was_read_nothing_is_put_into_words(hear: Any, ask: Any) -> None:
    model = Scripted([Answer("Yes."), ENDS])
    await hear(reader(model), ask("hello?"))
    assert model.requests == []


@pytest.mark.parametrize(
    ("page", "question"),
    [(PAGE, "总额是多少？"), ("[r.txt]\n总额 61,200.75 元", "what?"), ("[r]\nИтого", "sum?")],
)
async def test_what_is_not_english_is_not_given_to_it_and_that_is_said(
    hear: Any, ask: Any, page: str, question: str
) -> None:
    model = Scripted([Answer("Yes."), ENDS])
    heard = await hear(reader(model), ask(page, question))
    assert model.requests == []
    assert heard.answer.count("knows English only") == 1
    assert MARK not in heard.answer


async def test_a_fault_is_told_after_all_that_was_read(hear: Any, ask: Any) -> None:
    model = Scripted([Answer("The total "), Broken("engine.died")])
    heard = await hear(reader(model), ask(PAGE, "the total?"))
    assert heard.error is None
    assert await read_alone(hear, ask(PAGE, "the total?")) in heard.answer
    assert "could not be put into words. The engine stopped" in heard.answer.splitlines()[-1]
    assert heard.events[-1] == ENDS


async def test_stop_stops_it(ask: Any) -> None:
    model = Scripted([Answer("The total "), 60.0, ENDS])
    stream = reader(model).stream(ask(PAGE, "the total?"))
    async for events in stream:
        if any(isinstance(event, Answer) and event.text.startswith("The") for event in events):
            break
    await stream.aclose()
    assert model.stopped == 1


async def test_it_cannot_play_with_the_page(hear: Any, ask: Any) -> None:
    model = Scripted([Answer("# No\n\n### Lines"), Answer(" [x](http://e"), Answer("vil/) *b* <i>"), ENDS])
    heard = await hear(reader(model), ask(PAGE, "the total?"))
    words = heard.answer.partition(MARK)[2]
    assert words == "\n\n\\# No ### Lines \\[x\\](http://evil/) \\*b\\* \\<i\\>\n"


async def test_where_it_says_the_same_again_it_is_ended(hear: Any, ask: Any) -> None:
    said = "The museum of natural history is a very special place, and people like to go there on Sundays. "
    model = Scripted([Answer(said), Answer(said), Answer(said), ENDS])
    heard = await hear(reader(model), ask(PAGE, "the total?"))
    assert heard.answer.count("special place") == 1
    assert heard.answer.endswith(" …\n")


async def test_cut_at_its_limit_it_says_that_it_is_not_whole(hear: Any, ask: Any) -> None:
    model = Scripted([Answer("The total is of cour"), Finish(Ending.CUT)])
    heard = await hear(reader(model), ask(PAGE, "the total?"))
    assert heard.answer.endswith("\n\nThe total is of …\n")
    assert heard.events[-1] == ENDS, "the reader is done"


async def test_a_reply_that_goes_on_repeats_nothing(hear: Any, ask: Any) -> None:
    both = reader(Scripted([Answer("The total "), Answer("is 61. "), Answer("Pay it."), ENDS]))
    asked = ask(PAGE, "what is the total?")
    whole = await hear(both, asked)
    for length in (0, 40, whole.answer.index(MARK) + 5, len(whole.answer) - 6, len(whole.answer)):
        begun = Begun(whole.reasoning, whole.answer[:length])
        rest = await hear(both, replace(asked, begun=begun))
        assert begun.answer + rest.answer == whole.answer


def test_of_a_long_text_it_gets_what_matches_in_its_order() -> None:
    lines = [f"Line {n} about something else entirely" for n in range(2000)]
    lines[1500], lines[1700] = "The total is 7", "Total of the other page"
    lines[1600] = "x" * 100_000
    text = excerpt("what is the total?", lines)
    assert text.index("Line 0 ") < text.index("The total is 7") < text.index("Total of the other")
    assert text_tokens(text) <= ROOM
    assert len(excerpt("", ["1234567890"] * 3 + [f"{n:040}" for n in range(500)])) < 1.2 * ROOM


@pytest.mark.parametrize(
    ("text", "english"),
    [("", True), ("12:30", True), ("a naïve café", True), ("总额 total", False), ("Привет", False)],
)
def test_english_is_told_by_its_letters(text: str, english: bool) -> None:
    assert is_english(text) is english


async def test_it_runs_in_the_engine_and_is_told_when_that_dies(
    workers: Workers, blobs: Any, hear: Any, ask: Any, tmp_path: Path
) -> None:
    engine = Engine(workers)
    profile = Profile("reader", "", "reader")
    file = tmp_path / "words.gguf"

    def made(one: Profile) -> Any:
        weights = Weights(str(file), "", 2048, threads=1)
        return make(one, key="", blobs=blobs, ocr=NoEyes(), engine=engine, wording=weights)

    backend, off = made(profile), made(replace(profile, in_words=False))
    request = ask(PAGE, "what is the total?")
    file.write_bytes(MICRO.read_bytes())
    heard = await hear(backend, request)
    assert "This tiny model knows no facts" in heard.answer.partition(MARK)[2]
    assert MARK not in (await hear(off, request)).answer
    await engine.close()
    file.write_bytes(MICRO.read_bytes()[:1_000])
    heard = await hear(backend, request)
    assert heard.error is None
    assert await read_alone(hear, request) in heard.answer
    assert "could not be put into words" in heard.answer.partition(MARK)[2]
    await asyncio.gather(backend.aclose(), off.aclose())
    await engine.close()
