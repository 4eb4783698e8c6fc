import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from app.errors import Broken, Unreachable
from app.model.checkups import Checkup, Health
from app.model.events import Answer, Event, Events, Finish, Reasoning, Steered
from app.model.limits import Limits
from app.model.messages import Ending, Steering
from app.model.requests import Begun, Request
from app.model.sentences import sentence
from app.ports import Backend
from app.stream import Stream

DONE = Finish(Ending.FINISHED)
ASKED = Request((), "m")


class Thinker:
    """Thinks for ever, unless it is told or asked to answer; `door`: it can be told while it thinks."""

    def __init__(self, *, door: bool = False, error: Exception | None = None, budget: bool = False) -> None:
        self.limits = Limits()
        self.requests: list[Request] = []
        self.closed = 0
        self._door, self._error, self._budget = door, error, budget
        self._told = asyncio.Event()

    async def stream(self, request: Request) -> AsyncGenerator[Events, None]:
        self.requests.append(request)
        try:
            if request.begun is None:
                if self._budget:
                    yield (Steered(Steering.TOKEN_BUDGET),)
                while not self._told.is_set():
                    yield (Reasoning("thought "),)
                    await asyncio.sleep(0)
            elif self._error is not None:
                raise self._error
            yield (Answer("Red."), DONE)
        finally:
            self.closed += 1

    async def answer_now(self, request: Request) -> bool:
        await asyncio.sleep(0)
        if self._door and request is self.requests[0]:
            self._told.set()
        return self._door

    async def count(self, request: Request) -> int | None:
        return None

    async def check(self) -> Checkup:
        return Checkup(Health.WORKS, sentence("backend.works"))

    async def aclose(self) -> None:
        pass


async def listen(stream: Stream, backend: Backend, after: int = 3) -> list[Event]:
    """Hear a stream to its end, telling it to answer when so many batches have come."""
    heard: list[Event] = []
    async with asyncio.timeout(10), aclosing(stream.batches(backend)) as batches:
        number = 0
        async for events in batches:
            heard.extend(events)
            number += 1
            if number == after:
                stream.answer_now()
    return heard


def text(events: list[Event], kind: type[Reasoning | Answer]) -> str:
    return "".join(event.text for event in events if isinstance(event, kind))


async def test_a_server_with_a_door_is_told_through_it_and_not_asked_again() -> None:
    backend = Thinker(door=True)
    heard = await listen(Stream(ASKED), backend)
    assert heard[-2:] == [Answer("Red."), DONE]
    steered = [event for event in heard if isinstance(event, Steered)]
    assert steered == [Steered(Steering.ANSWER_NOW), Steered(Steering.REASONING_END)]
    assert backend.requests == [ASKED]


async def test_a_server_without_one_is_closed_and_asked_again_with_what_was_thought() -> None:
    backend = Thinker()
    heard = await listen(Stream(ASKED), backend)
    assert heard[-2:] == [Answer("Red."), DONE]
    assert len(backend.requests) == 2
    assert backend.requests[1].begun == Begun(text(heard, Reasoning), "")
    assert heard.count(Steered(Steering.ANSWER_NOW)) == 1
    assert backend.closed == 2


async def test_it_may_be_told_before_the_first_word_and_often() -> None:
    stream = Stream(ASKED)
    stream.answer_now()
    stream.answer_now()
    backend = Thinker()
    heard = await listen(stream, backend, after=1)
    assert text(heard, Answer) == "Red."
    assert len(backend.requests) == 2


async def test_it_is_not_told_once_it_answers() -> None:
    class Answering(Thinker):
        async def stream(self, request: Request) -> AsyncGenerator[Events, None]:
            self.requests.append(request)
            for word in ("It ", "is ", "red."):
                yield (Answer(word),)
                await asyncio.sleep(0)
            yield (DONE,)

    backend = Answering()
    heard = await listen(Stream(ASKED), backend, after=1)
    assert text(heard, Answer) == "It is red."
    assert backend.requests == [ASKED]


async def test_an_answer_that_begins_while_the_server_is_asked_is_taken() -> None:
    class Slow(Thinker):
        async def stream(self, request: Request) -> AsyncGenerator[Events, None]:
            self.requests.append(request)
            yield (Reasoning("hm"),)
            await self._told.wait()
            yield (Answer("Red."), DONE)

        async def answer_now(self, request: Request) -> bool:
            self._told.set()
            await asyncio.sleep(0.01)
            return False

    backend = Slow()
    heard = await listen(Stream(ASKED), backend, after=1)
    assert text(heard, Answer) == "Red."
    assert backend.requests == [ASKED]


async def test_a_budget_is_kept_where_the_server_keeps_none() -> None:
    backend = Thinker()
    heard = await listen(Stream(Request((), budget=40)), backend, after=-1)
    assert text(heard, Answer) == "Red."
    # Two tokens a word, by our estimate.
    assert 15 <= text(heard, Reasoning).count("thought") <= 25
    assert [event for event in heard if isinstance(event, Steered)] == [Steered(Steering.BUDGET_SPENT)]


async def test_a_server_that_keeps_budgets_is_trusted_up_to_a_point() -> None:
    backend = Thinker(budget=True)
    heard = await listen(Stream(Request((), budget=40)), backend, after=-1)
    assert text(heard, Answer) == "Red."
    assert 100 < text(heard, Reasoning).count("thought") < 400


async def test_a_fault_of_the_second_asking_is_raised_and_takes_nothing_away() -> None:
    stream = Stream(ASKED)
    backend = Thinker(error=Unreachable("backend.nobody"))
    heard: list[Event] = []

    async def hear() -> None:
        async with aclosing(stream.batches(backend)) as batches:
            async for events in batches:
                heard.extend(events)
                stream.answer_now()

    with pytest.raises(Unreachable):
        await hear()
    assert text(heard, Reasoning).startswith("thought ")


async def test_a_fault_is_raised_after_what_came_before_it() -> None:
    class Breaking(Thinker):
        async def stream(self, request: Request) -> AsyncGenerator[Events, None]:
            yield (Answer("half"),)
            raise Broken("backend.lost")

    batches = Stream(ASKED).batches(Breaking())
    assert await anext(batches) == (Answer("half"),)
    with pytest.raises(Broken):
        await anext(batches)


async def test_closing_it_closes_the_server() -> None:
    backend = Thinker()
    batches = Stream(ASKED).batches(backend)
    await anext(batches)
    await batches.aclose()
    assert backend.closed == 1


async def test_a_reply_that_goes_on_is_not_asked_again() -> None:
    backend = Thinker()
    stream = Stream(Request((), budget=1, begun=Begun("hm", "half ")))
    heard = await listen(stream, backend, after=1)
    assert text(heard, Answer) == "Red."
    assert len(backend.requests) == 1
