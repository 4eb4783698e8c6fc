"""Thinking controlled on real servers: a budget, an answer at once, a reply that goes on."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from app.model.events import Reasoning, Steered
from app.model.messages import Ending, Steering
from app.model.profiles import Sampling, Thinking
from app.model.requests import Begun, Request
from app.ports import Backend
from app.stream import Stream
from backends.presets import DIALECTS
from tests.model_servers import ModelServer
from tests.servers.cases import Painted
from tests.servers.talk import Connect, Hear, Heard

Ask = Callable[..., Request]
TAGGED = "GLM-4.1V-9B-Thinking"


def means(heard: Heard) -> list[Steering]:
    return [event.by for event in heard.events if isinstance(event, Steered)]


def only(server: ModelServer, *presets: str) -> None:
    """Skip a test that is not about this server."""
    if server.preset not in presets:
        pytest.skip(f"not about {server.preset}")


def is_answer(heard: Heard, server: ModelServer) -> bool:
    """Tell whether it is the answer, or its end: llama.cpp's model knows no word that follows an empty line."""
    return bool(heard.answer) and server.answer.endswith(heard.answer)


@pytest.fixture
def endless(scripted: ModelServer, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> Request:
    """A question with a picture over which the model thinks without end, of a server that keeps no budget."""
    spoken = replace(DIALECTS[scripted.preset], budget=())
    if scripted.preset == "llamacpp":
        # Without the last word of its thought it finds no end to it.
        spoken = replace(spoken, always={**spoken.always, "logit_bias": [[" reply", False]]})
    monkeypatch.setitem(DIALECTS, scripted.preset, spoken)
    return replace(ask(Painted("red"), "Count without end."), sampling=Sampling(temperature=0))


async def listen(backend: Backend, request: Request, *, hurried: bool = False) -> Heard:
    """Listen to a reply to its end, as the app does; `hurried`: it is told to answer now at its first thought."""
    heard = Heard()
    stream = Stream(request)
    async with asyncio.timeout(120), contextlib.aclosing(stream.batches(backend)) as batches:
        async for batch in batches:
            heard.events.extend(batch)
            if hurried and any(isinstance(event, Reasoning) for event in batch):
                stream.answer_now()
    return heard


async def test_thinking_is_over_when_its_budget_is_spent(
    scripted: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    only(scripted, "vllm", "llamacpp")
    heard = await hear(connect(scripted), replace(ask(Painted("red"), "Hello"), budget=4))
    assert heard.error is None
    assert 0 < len(heard.reasoning) < len(scripted.thought) / 2
    assert scripted.thought.startswith(heard.reasoning)
    assert (heard.answer, heard.ended) == (scripted.answer, Ending.FINISHED)
    assert means(heard) == [Steering.TEMPLATE_SWITCH, Steering.TOKEN_BUDGET]


async def test_a_budget_is_no_reason_to_think(
    scripted: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    heard = await hear(connect(scripted), replace(ask("Hello"), budget=4, thinking=Thinking.OFF))
    assert (heard.reasoning, heard.answer) == ("", scripted.answer)


async def test_a_budget_is_kept_for_a_server_that_keeps_none(
    scripted: ModelServer, endless: Request, connect: Connect
) -> None:
    heard = await listen(connect(scripted), replace(endless, budget=200))
    # By our estimate, and as soon as a batch has come: a fast server has thought on meanwhile.
    assert heard.reasoning.count(" ") > 100
    assert is_answer(heard, scripted)
    assert heard.ended is Ending.FINISHED
    assert Steering.TOKEN_BUDGET not in means(heard)
    assert Steering.BUDGET_SPENT in means(heard)


async def test_it_answers_now_in_mid_thought(
    scripted: ModelServer, endless: Request, connect: Connect
) -> None:
    heard = await listen(connect(scripted), endless, hurried=True)
    assert heard.reasoning
    assert (heard.answer, heard.ended) == (scripted.answer, Ending.FINISHED)
    if scripted.preset == "llamacpp":
        assert means(heard) == [Steering.TEMPLATE_SWITCH, Steering.ANSWER_NOW, Steering.REASONING_END]
    else:
        assert means(heard) == [
            Steering.TEMPLATE_SWITCH,
            Steering.ANSWER_NOW,
            Steering.TEMPLATE_SWITCH,
            Steering.CONTINUED,
        ]


async def test_an_answer_that_is_forced_has_the_picture_before_it(
    scripted: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    backend, begun = connect(scripted), Begun(scripted.thought[:20], "")
    seeing = await hear(backend, replace(ask(Painted("red"), "Hello"), begun=begun))
    blind = await hear(backend, replace(ask("Hello"), begun=begun))
    # 112 × 112 pixels are 4 × 4 patches of 28, with a mark on either side.
    assert seeing.usage.prompt - blind.usage.prompt == 18


async def test_an_answer_without_any_thinking(
    scripted: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    heard = await hear(connect(scripted), replace(ask("Hello"), begun=Begun("", "")))
    assert heard.reasoning == ""
    assert is_answer(heard, scripted)


@pytest.mark.parametrize("thinking", [Thinking.ON, Thinking.OFF])
async def test_a_reply_that_was_cut_goes_on_without_a_seam(
    thinking: Thinking, scripted: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    backend = connect(scripted)
    asked = replace(ask(Painted("red"), "Hello"), thinking=thinking)
    for length in range(24, 34, 3):
        short = length if thinking is Thinking.ON else length - 21
        first = await hear(backend, replace(asked, sampling=Sampling(max_tokens=short)))
        assert first.ended is Ending.CUT
        second = await hear(backend, replace(asked, begun=Begun(first.reasoning, first.answer)))
        assert second.error is None
        assert second.reasoning == ""
        assert first.answer + second.answer == scripted.answer, f"cut after {short} tokens"
        assert means(second) == [Steering.TEMPLATE_SWITCH, Steering.CONTINUED]


async def test_a_reply_that_was_cut_while_it_thought_goes_on_with_its_answer(
    scripted: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    backend = connect(scripted)
    first = await hear(backend, replace(ask("Hello"), sampling=Sampling(max_tokens=8)))
    assert (first.ended, first.answer) == (Ending.CUT, "")
    second = await hear(backend, replace(ask("Hello"), begun=Begun(first.reasoning, "")))
    assert second.reasoning == ""
    assert is_answer(second, scripted)


async def test_a_model_whose_template_takes_turns_as_they_are(
    scripted: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    """vLLM wants to be asked by the name it gave; the others do not mind."""
    only(scripted, "llamacpp", "sglang")
    backend, answer = connect(scripted, model=TAGGED), scripted.answer
    for begun in (Begun(scripted.thought, ""), Begun(scripted.thought, answer[: answer.index("model") + 5])):
        heard = await hear(backend, replace(ask("Hello"), model=TAGGED, begun=begun))
        assert begun.answer + heard.answer == answer


async def test_what_it_cannot_go_on_with_it_is_asked_again(
    scripted: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    """What SGLang is told, vLLM refuses: as an older version or another template would what it is told itself."""
    only(scripted, "vllm")
    heard = await hear(connect(scripted, preset="sglang"), replace(ask("Hello"), begun=Begun("hm", "")))
    assert heard.error is None
    assert (heard.reasoning, heard.answer) == ("", scripted.answer)
    assert means(heard) == [Steering.TEMPLATE_SWITCH, Steering.ASKED_AGAIN]
