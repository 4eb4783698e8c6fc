"""The real SmolLM2, fetched by the real pip as a user would, in the real engine."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from app.library import WORDS, Library
from app.model.attachments import Picture
from app.model.events import Answer, Finish
from app.model.messages import Ending
from app.model.profiles import Profile, Weights
from app.model.requests import Request, Role, Said
from app.model.screens import Line
from app.repetition import restated_from
from app.workers import Workers
from backends.engine import Engine
from backends.fetching import fetch
from backends.make import make
from backends.wording import MOST

PAGES = {
    "what is the total?": "Invoice 2024-117\nNorthwind Traders\nDue on 14 March 2025\nTax: $6,200.75\nTotal: $61,200.75",
    "why does it fail?": "File Edit View\nUpdate failed\nError code: 0x80070005\nAccess is denied. Run it as an administrator.",
    "": "Weather\nToday 21 C sunny\nTomorrow 17 C heavy rain from noon\nWind 30 km/h",
}
LONG = "\n".join(f"Row {n}: {n * 7919 % 100_003} units of part {n * 31 % 997}" for n in range(3000))


class NoEyes:
    async def read(
        self, pictures: Sequence[Picture]
    ) -> AsyncGenerator[tuple[Picture, tuple[Line, ...]], None]:
        for picture in pictures:
            yield picture, ()


@pytest.fixture(scope="session")
def fetched(tmp_path_factory: pytest.TempPathFactory) -> Weights:
    """Fetch it, once."""
    folder = tmp_path_factory.mktemp("models")

    async def bring() -> Weights:
        workers = Workers()
        try:
            library = Library(folder, workers, lambda: fetch)
            async with aclosing(library.fetch(WORDS)) as counts:
                seen = [count async for count in counts]
            assert seen[-1] == max(seen) == WORDS.size
            assert await library.kept(WORDS) == -1
            return library.weights(WORDS)
        finally:
            workers.close()

    weights = asyncio.run(bring())
    assert [file.name for file in Path(weights.model).parent.iterdir()] == [WORDS.model.name]
    return weights


@pytest.fixture
async def reader(fetched: Weights, workers: Workers, blobs: Any) -> AsyncIterator[Any]:
    engine = Engine(workers)
    profile = Profile("reader", "", "reader")
    yield make(profile, key="", blobs=blobs, ocr=NoEyes(), engine=engine, wording=fetched)
    await engine.close()


def asked(page: str, question: str) -> Request:
    return Request((Said(Role.USER, (f"[page.txt]\n{page}", question)),))


async def words_of(reader: Any, page: str, question: str) -> str:
    events = [event async for batch in reader.stream(asked(page, question)) for event in batch]
    assert events[-1] == Finish(Ending.FINISHED)
    answer = "".join(event.text for event in events if isinstance(event, Answer))
    read, mark, words = answer.partition("### SmolLM2 (basic offline model, often wrong)\n\n")
    assert mark
    assert page.splitlines()[-1] in read
    assert "could not be" not in words
    return words.strip()


@pytest.mark.parametrize("question", PAGES)
async def test_it_says_something_short_of_what_was_read(
    reader: Any, question: str, figure: Callable[[str], None]
) -> None:
    begun = time.perf_counter()
    words = await words_of(reader, PAGES[question], question)
    figure(f"SmolLM2, loaded and asked {question!r}: {time.perf_counter() - begun:.1f} s: {words}")
    assert words
    assert len(words.split()) <= MOST
    assert restated_from(words) is None
    # It is often wrong; that it can read at all, one amount shows.
    if "total" in question:
        assert "61,200.75" in words


async def test_a_long_text_of_numbers_fits_its_context(reader: Any) -> None:
    assert await words_of(reader, LONG, "how many units has row 2741? " * 50)


async def test_stop_is_at_once(reader: Any) -> None:
    stream = reader.stream(asked(LONG, "how many units?"))
    async for batch in stream:
        if any(isinstance(event, Answer) and "SmolLM2 (" in event.text for event in batch):
            break
    begun = time.perf_counter()
    await stream.aclose()
    assert time.perf_counter() - begun < 5
