"""The player of scripts keeps to the port like every backend."""

from typing import Any

import pytest

from app.errors import Broken
from app.model.checkups import Health
from app.model.events import Answer, Finish, Reasoning
from app.model.messages import Ending
from backends.scripted import Scripted

SCRIPT = (Reasoning("hm"), 0.001, (Answer("a"), Answer("b")), Finish(Ending.FINISHED))


async def test_it_plays_its_script(hear: Any, ask: Any) -> None:
    heard = await hear(Scripted(SCRIPT), ask("Hi"))
    assert heard.batches == [(SCRIPT[0],), SCRIPT[2], (SCRIPT[3],)]


async def test_one_script_after_the_other_the_last_one_again(hear: Any, ask: Any) -> None:
    backend = Scripted([Answer("1"), Finish(Ending.FINISHED)], [Answer("2"), Finish(Ending.FINISHED)])
    assert [(await hear(backend, ask("Hi"))).answer for _ in range(3)] == ["1", "2", "2"]
    assert len(backend.requests) == 3


async def test_it_breaks_where_the_script_says(hear: Any, ask: Any) -> None:
    heard = await hear(Scripted([Answer("half"), Broken("backend.lost")]), ask("Hi"))
    assert heard.answer == "half"
    assert isinstance(heard.error, Broken)


async def test_it_notices_when_it_is_stopped(ask: Any) -> None:
    backend = Scripted([Answer("a"), 60.0, Finish(Ending.FINISHED)])
    reply = backend.stream(ask("Hi"))
    await anext(reply)
    await reply.aclose()
    assert backend.stopped == 1
    with pytest.raises(StopAsyncIteration):
        await anext(reply)


async def test_its_checkup_is_the_one_given() -> None:
    assert (await Scripted(SCRIPT).check()).health is Health.WORKS


async def test_it_answers_at_once_where_it_has_something_to_say(ask: Any) -> None:
    request = ask("Hi")
    backend = Scripted([Reasoning("hm"), 60.0, Answer("late")], at_once=[Answer("now"), SCRIPT[3]])
    assert await backend.answer_now(request) is False
    reply = backend.stream(request)
    assert await anext(reply) == (Reasoning("hm"),)
    assert await backend.answer_now(ask("Hi")) is False
    assert await backend.answer_now(request) is True
    assert [batch async for batch in reply] == [(Answer("now"),), (SCRIPT[3],)]


async def test_else_it_has_to_be_asked_again(ask: Any) -> None:
    request = ask("Hi")
    backend = Scripted([Reasoning("hm"), 60.0])
    reply = backend.stream(request)
    await anext(reply)
    assert await backend.answer_now(request) is False
    await reply.aclose()
