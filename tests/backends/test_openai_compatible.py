"""The client against a real llama.cpp server: a model that always says the same, and one with eyes."""

import asyncio
import urllib.request
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from app.errors import Rejected
from app.model.checkups import Health
from app.model.events import Finish
from app.model.messages import Ending, Usage
from app.model.profiles import Profile, Sampling, Thinking
from app.model.requests import Request, Role, Said
from backends.openai_compatible import OpenAICompatible


@pytest.fixture
async def micro(llama: Any, blobs: Any) -> AsyncIterator[OpenAICompatible]:
    backend = OpenAICompatible(Profile("p", "P", "llamacpp", llama.url), key="", blobs=blobs)
    yield backend
    await backend.aclose()


@pytest.fixture
async def sight(llama_eye: Any, blobs: Any) -> AsyncIterator[OpenAICompatible]:
    backend = OpenAICompatible(Profile("p", "P", "llamacpp", llama_eye.url), key="", blobs=blobs)
    yield backend
    await backend.aclose()


async def test_thinking_and_answer_stream_apart_word_for_word(
    micro: Any, hear: Any, ask: Any, llama: Any
) -> None:
    heard = await hear(micro, ask("Hello"))
    assert heard.error is None
    assert heard.reasoning == llama.thought
    assert heard.answer == llama.answer
    *_, usage, finish = heard.events
    assert isinstance(usage, Usage)
    assert usage.completion == 41
    assert finish == Finish(Ending.FINISHED)
    assert len(heard.batches) > 5, "the reply did not stream"


async def test_thinking_can_be_switched_off(micro: Any, hear: Any, ask: Any, llama: Any) -> None:
    heard = await hear(micro, ask("Hello", thinking=Thinking.OFF))
    assert (heard.reasoning, heard.answer) == ("", llama.answer)


async def test_an_answer_that_reaches_its_length_is_cut(micro: Any, hear: Any, ask: Any, llama: Any) -> None:
    heard = await hear(micro, ask("Hello", sampling=Sampling(max_tokens=5)))
    assert llama.thought.startswith(heard.reasoning)
    assert heard.reasoning
    assert heard.events[-1] == Finish(Ending.CUT)


async def test_the_model_sees_the_picture(sight: Any, hear: Any, ask: Any, blobs: Any) -> None:
    heard = await hear(sight, ask(blobs.picture("red"), "What colour?"))
    assert "red" in heard.answer
    assert "blue" not in heard.answer


async def test_the_model_sees_two_pictures_in_their_order(
    sight: Any, hear: Any, ask: Any, blobs: Any
) -> None:
    red, blue = blobs.picture("red"), blobs.picture("blue")
    assert "red, blue" in (await hear(sight, ask(red, blue, "And these?"))).answer
    assert "blue, red" in (await hear(sight, ask(blue, red, "And these?"))).answer


async def test_the_turns_before_are_sent_too(sight: Any, hear: Any, blobs: Any) -> None:
    turns = (
        Said(Role.SYSTEM, ("Be short.",)),
        Said(Role.USER, (blobs.picture("green"), "What colour?")),
        Said(Role.ASSISTANT, ("Green.",)),
        Said(Role.USER, (blobs.picture("white"), "And now?")),
    )
    heard = await hear(sight, Request(turns))
    assert "green, white" in heard.answer


async def test_a_question_that_is_too_long_is_rejected_in_words(micro: Any, hear: Any, ask: Any) -> None:
    heard = await hear(micro, ask("word " * 5000))
    assert isinstance(heard.error, Rejected)
    assert heard.error.sentence.key == "backend.too_long"


async def test_a_picture_that_is_none_is_rejected_in_words(
    sight: Any, hear: Any, ask: Any, blobs: Any
) -> None:
    picture = blobs.picture("red")
    broken = type(picture)(blobs.keep(b"no picture at all", "image/png"), 10, 10)
    heard = await hear(sight, ask(broken, "What colour?"))
    assert isinstance(heard.error, Rejected)
    assert heard.error.sentence.key == "backend.bad_media"


async def test_stop_reaches_the_server_before_it_has_said_a_word(
    sight: Any, ask: Any, hear: Any, blobs: Any, llama_eye: Any
) -> None:
    said_before = await asyncio.to_thread(_predicted, llama_eye.url)
    large = blobs.picture("red", (1280, 720))
    task = asyncio.create_task(hear(sight, ask(large, "What colour?")))
    await _until(lambda: llama_eye.running() > 0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await _until(lambda: llama_eye.running() == 0)
    # A whole reply is more than ten tokens; one may be under way when the line is cut.
    assert await asyncio.to_thread(_predicted, llama_eye.url) <= said_before + 2


async def test_closing_a_reply_half_way_leaves_the_server_free_for_the_next(
    micro: Any, ask: Any, hear: Any, llama: Any
) -> None:
    reply = micro.stream(ask("Hello"))
    await anext(reply)
    await reply.aclose()
    await _until(lambda: llama.running() == 0)
    assert (await hear(micro, ask("Again"))).answer == llama.answer


async def test_a_working_server_is_found_working_and_tells_its_limits(sight: Any) -> None:
    found = await sight.check()
    assert found.health is Health.WORKS
    assert len(found.models) == 1
    assert found.models[0].endswith("eye-glm41v.gguf")
    assert sight.limits.context == 4096
    assert sight.limits.pictures is None


async def _until(true: Callable[[], bool]) -> None:
    for _ in range(3000):
        if await asyncio.to_thread(true):
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not come true in half a minute")


def _predicted(address: str) -> int:
    with urllib.request.urlopen(address.removesuffix("/v1") + "/metrics") as reply:
        lines = reply.read().decode().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("llamacpp:tokens_predicted_total")))
