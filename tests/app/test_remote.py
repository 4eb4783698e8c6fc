import asyncio
import threading
from collections.abc import AsyncGenerator

import pytest

from app.errors import Broken
from app.model.checkups import Checkup, Health
from app.model.events import Answer, Event, Events, Finish, Reasoning
from app.model.limits import Limits
from app.model.messages import Ending
from app.model.requests import Request
from app.model.sentences import sentence
from app.remote import Remote, merge
from app.workers import Workers
from tests.waiting import until

REQUEST = Request(())


class Voice:
    """Says `events`, one batch each, then waits for ever if asked to."""

    def __init__(self, *events: Event, error: Exception | None = None, forever: bool = False) -> None:
        self.limits = Limits(pictures=3)
        self.closed = False
        self.thread: threading.Thread | None = None
        self.asked: Request | None = None
        self._events, self._error, self._forever = events, error, forever

    async def stream(self, request: Request) -> AsyncGenerator[Events, None]:
        self.thread = threading.current_thread()
        self.asked = request
        try:
            for event in self._events:
                yield (event,)
                await asyncio.sleep(0)
            if self._error:
                raise self._error
            if self._forever:
                await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            self.closed = True

    async def answer_now(self, request: Request) -> bool:
        return request is self.asked and self.thread is threading.current_thread()

    async def count(self, request: Request) -> int | None:
        return None

    async def check(self) -> Checkup:
        self.limits = Limits(pictures=9)
        return Checkup(Health.WORKS, sentence("backend.works"))

    async def aclose(self) -> None:
        self.closed = True


def remote(voice: Voice, workers: Workers) -> Remote:
    return Remote(lambda: voice, voice.limits, workers)


async def test_everything_arrives_in_order_and_in_few_batches(workers: Workers) -> None:
    words = [Reasoning(f"r{n} ") for n in range(500)] + [Answer(f"a{n} ") for n in range(500)]
    voice = Voice(*words, Finish(Ending.FINISHED))
    batches = [events async for events in remote(voice, workers).stream(REQUEST)]
    flat = merge([event for events in batches for event in events])
    assert flat == (
        Reasoning("".join(f"r{n} " for n in range(500))),
        Answer("".join(f"a{n} " for n in range(500))),
        Finish(Ending.FINISHED),
    )
    assert len(batches) < 100
    assert voice.thread is not threading.current_thread()


async def test_closing_the_stream_has_closed_the_backend_when_it_returns(workers: Workers) -> None:
    voice = Voice(Answer("x"), forever=True)
    stream = remote(voice, workers).stream(REQUEST)
    assert await anext(stream) == (Answer("x"),)
    await stream.aclose()
    assert voice.closed


async def test_cancelling_the_reader_closes_the_backend(workers: Workers) -> None:
    voice = Voice(Answer("x"), forever=True)
    arrived = asyncio.Event()

    async def read() -> None:
        async for _ in remote(voice, workers).stream(REQUEST):
            arrived.set()

    task = asyncio.create_task(read())
    await arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: voice.closed)


async def test_what_came_before_a_fault_is_delivered_before_it_is_raised(workers: Workers) -> None:
    voice = Voice(Answer("kept"), error=Broken("backend.broken"))
    seen: list[Event] = []

    async def read() -> None:
        async for events in remote(voice, workers).stream(REQUEST):
            seen.extend(events)

    with pytest.raises(Broken):
        await read()
    assert seen == [Answer("kept")]


async def test_limits_are_those_the_server_told_once_it_was_checked(workers: Workers) -> None:
    made = remote(Voice(), workers)
    assert made.limits.pictures == 3
    assert (await made.check()).health is Health.WORKS
    assert made.limits.pictures == 9


async def test_the_backend_is_told_to_answer_now_on_its_own_loop(workers: Workers) -> None:
    made = remote(Voice(Answer("x"), forever=True), workers)
    assert await made.answer_now(REQUEST) is False
    stream = made.stream(REQUEST)
    await anext(stream)
    assert await made.answer_now(REQUEST) is True
    await stream.aclose()


def test_neighbours_of_a_kind_are_joined_and_no_others() -> None:
    events: list[Event] = [
        Reasoning("a"),
        Reasoning("b"),
        Answer("c"),
        Reasoning("d"),
        Finish(Ending.CUT),
        Answer("e"),
    ]
    assert merge(events) == (Reasoning("ab"), Answer("c"), Reasoning("d"), Finish(Ending.CUT), Answer("e"))
