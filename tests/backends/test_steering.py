"""How thinking is controlled, and a reply made to go on, for each kind of server and model."""

import json
from typing import Any

import pytest

from app.errors import Broken
from app.model.events import Answer, Event, Finish, Reasoning, Steered
from app.model.messages import Ending, Steering
from app.model.profiles import Effort, Thinking
from app.model.requests import Begun, Request, Role, Said
from backends.presets import DIALECTS, dialect
from backends.steering import Approach, approach, hearing
from backends.translate import body
from tests.raw_replies import (
    DONE,
    HELLO,
    STOP,
    Behave,
    event,
    replies,
    sends,
)

GLM, TAGGED, EFFORT = "glm-4.5v", "zai-org/GLM-4.1V-9B-Thinking", "glm-5.3-flash"
THOUGHT = Begun(" let me see ", "")
HALF = Begun(" let me see ", "The quick \n")
SERVERS = sorted(set(DIALECTS) - {"reader"})


def put(preset: str, model: str = GLM, **more: Any) -> Approach:
    return approach(Request((Said(Role.USER, ("Hello",)),), **more), dialect(preset), model)


def begun(preset: str, model: str, so_far: Begun, thinking: Thinking = Thinking.ON) -> Any:
    """Return the message that is to go on."""
    request = Request((Said(Role.USER, ("Hello",)),), thinking=thinking, begun=so_far)
    *_, last = body(request, dialect(preset), model, str)["messages"]
    assert last.pop("role") == "assistant"
    return last


@pytest.mark.parametrize(
    ("preset", "fragment", "means"),
    [
        ("vllm", {"chat_template_kwargs": {"enable_thinking": False}}, Steering.TEMPLATE_SWITCH),
        ("sglang", {"chat_template_kwargs": {"enable_thinking": False}}, Steering.TEMPLATE_SWITCH),
        ("zai", {"thinking": {"type": "disabled"}}, Steering.THINKING_FIELD),
        ("openai", {"reasoning_effort": "none"}, Steering.EFFORT),
    ],
)
def test_thinking_is_switched_off_as_each_server_has_it(preset: str, fragment: Any, means: Steering) -> None:
    how = put(preset, thinking=Thinking.OFF)
    assert (how.fragment, how.means) == (fragment, (means,))


@pytest.mark.parametrize("preset", [name for name in SERVERS if not DIALECTS[name].strict])
def test_a_model_that_always_thinks_is_told_how_hard(preset: str) -> None:
    always = dialect(preset).always
    if dialect(preset).strict:  # it takes no word that it does not know
        assert put(preset, EFFORT, effort=Effort.LOW, thinking=Thinking.OFF).fragment == {}
        return
    for effort in Effort:
        how = put(preset, EFFORT, effort=effort)
        assert (how.fragment, how.means) == ({**always, "reasoning_effort": effort.value}, (Steering.EFFORT,))
    assert put(preset, EFFORT).fragment == always
    assert put(preset, EFFORT, thinking=Thinking.OFF, effort=Effort.MAX).fragment["reasoning_effort"] == "low"


@pytest.mark.parametrize("preset", SERVERS)
def test_effort_is_for_those_that_know_it(preset: str) -> None:
    assert put(preset, effort=Effort.LOW) == put(preset)
    assert put(preset, TAGGED, effort=Effort.LOW).means == ()


@pytest.mark.parametrize(
    ("preset", "keys"),
    [
        ("vllm", ["thinking_token_budget"]),
        ("llamacpp", ["thinking_budget_tokens", "reasoning_budget_tokens"]),
        ("sglang", []),
        ("zai", []),
        ("openai", []),
    ],
)
def test_a_budget_goes_to_the_servers_that_keep_one(preset: str, keys: list[str]) -> None:
    how = put(preset, budget=500)
    assert [key for key in how.fragment if "budget" in key] == keys
    assert all(how.fragment[key] == 500 for key in keys)
    assert (Steering.TOKEN_BUDGET in how.means) == bool(keys)
    assert put(preset, budget=500, thinking=Thinking.OFF) == put(preset, thinking=Thinking.OFF)


def test_each_server_is_handed_a_begun_reply_in_its_own_way() -> None:
    field = {"reasoning": "let me see", "content": "\n"}
    assert begun("vllm", GLM, THOUGHT) == field
    assert begun("llamacpp", GLM, THOUGHT) == {"reasoning_content": "let me see", "content": "\n"}
    assert begun("sglang", GLM, THOUGHT) == {"content": "<think>let me see</think>\n"}
    assert begun("vllm", GLM, HALF) == {**field, "content": "The quick"}
    assert begun("sglang", GLM, HALF) == {"content": "<think>let me see</think>\nThe quick"}


@pytest.mark.parametrize("preset", ["vllm", "sglang", "llamacpp"])
def test_a_template_that_takes_turns_as_they_are_gets_the_tags(preset: str) -> None:
    assert begun(preset, TAGGED, THOUGHT) == {"content": "<think> let me see </think><answer>"}
    assert begun(preset, TAGGED, HALF) == {"content": "<think> let me see </think><answer>The quick"}


def test_no_thinking_is_opened_or_closed_twice() -> None:
    assert begun("sglang", EFFORT, THOUGHT) == {"content": "let me see</think>\n"}
    assert begun("sglang", GLM, Begun("", "Half")) == {"content": "Half"}
    assert begun("sglang", GLM, HALF, Thinking.OFF) == {"content": "The quick"}
    assert begun("sglang", GLM, Begun("", "")) == {"content": "<think></think>\n"}


@pytest.mark.parametrize("preset", ["vllm", "sglang", "llamacpp"])
def test_going_on_leaves_the_rest_of_the_prompt_as_it_was(preset: str) -> None:
    how, before = put(preset, begun=HALF), put(preset)
    assert before.fragment.items() <= how.fragment.items()
    assert how.means == (*before.means, Steering.CONTINUED)
    assert "budget" not in str(put(preset, begun=THOUGHT, budget=5).fragment)


@pytest.mark.parametrize("preset", ["zai", "bigmodel", "openai"])
def test_others_are_asked_again(preset: str) -> None:
    off = put(preset, thinking=Thinking.OFF)
    how = put(preset, begun=THOUGHT)
    assert (how.fragment, how.more, how.begun) == (off.fragment, (), None)
    assert how.means == (*off.means, Steering.ASKED_AGAIN)
    said, go_on = put(preset, begun=HALF).more
    assert said == Said(Role.ASSISTANT, ("The quick",))
    assert go_on.role is Role.USER
    assert "“The quick”" in str(go_on.parts[0])
    assert "截断" in str(put(preset, begun=Begun("", "床前明月光")).more[1].parts[0])
    assert put(preset, EFFORT, begun=THOUGHT).fragment == {"reasoning_effort": "low"}


def heard(preset: str, model: str, so_far: Begun | None, *deltas: Any) -> list[Event]:
    chunks = hearing(Request((), begun=so_far), dialect(preset), model)
    ends: list[Any] = [{"choices": [{"delta": delta}]} for delta in deltas]
    ends.append({"choices": [{"delta": {}, "finish_reason": "stop"}]})
    events = [event for chunk in ends for event in chunks.read(chunk)]
    return [*events, *chunks.rest(), *chunks.finish()]


def test_in_a_forced_answer_all_is_the_answer_and_no_tag_is_shown() -> None:
    steered = [Steered(Steering.TEMPLATE_SWITCH), Steered(Steering.CONTINUED)]
    done = Finish(Ending.FINISHED)
    for field in ("reasoning", "reasoning_content", "content"):
        events = heard("vllm", GLM, THOUGHT, {field: "</think>"}, {field: "<answer>Red.</answer><|user|>"})
        assert events == [*steered, Answer("Red."), done]
        assert heard("vllm", TAGGED, HALF, {field: "fox.</answer>"})[1:] == [Answer("fox."), done]
    assert heard("sglang", TAGGED, THOUGHT, {"content": "Red.</answer>"})[1:] == [Answer("Red."), done]
    assert heard("sglang", EFFORT, THOUGHT, {"content": "Red."})[1:] == [Answer("Red."), done]


def test_an_answer_that_goes_on_may_speak_of_tags() -> None:
    events = heard("vllm", GLM, HALF, {"content": "<think>"}, {"content": " opens it."})
    assert "".join(event.text for event in events if isinstance(event, Answer)) == "<think> opens it."


def test_who_is_asked_again_and_thinks_again_is_heard_thinking() -> None:
    events = heard("zai", EFFORT, THOUGHT, {"reasoning_content": "hm"}, {"content": "Red."})
    assert events[2:4] == [Reasoning("hm"), Answer("Red.")]


def test_who_is_asked_again_to_go_on_and_says_all_again_is_heard_once() -> None:
    half = Begun("", "The quick brown fox ")
    events = heard("openai", GLM, half, {"content": "The quick brown"}, {"content": " fox jumps."})
    assert events[2:-1] == [Answer("jumps.")]


def test_the_means_are_told_with_the_first_word() -> None:
    first, second, *_ = heard("vllm", GLM, None, {"reasoning": "hm"}, {"content": "Red."})
    assert (first, second) == (Steered(Steering.TEMPLATE_SWITCH), Reasoning("hm"))
    assert heard("vllm", GLM, None)[0] == Steered(Steering.TEMPLATE_SWITCH)


@pytest.mark.parametrize("model", [GLM, EFFORT])
@pytest.mark.parametrize("so_far", [None, THOUGHT, HALF])
def test_a_strict_server_is_told_nothing_but_the_plainest(model: str, so_far: Begun | None) -> None:
    for thinking in Thinking:
        how = put("transformers", model, thinking=thinking, effort=Effort.MAX, budget=100, begun=so_far)
        assert how.fragment == {}


WORDS = {"error": {"message": "reasoning_config is not configured", "type": "BadRequestError", "code": 400}}


@pytest.mark.parametrize("refuses", [replies(400, WORDS), replies(500, WORDS), sends(event(WORDS), DONE)])
@pytest.mark.parametrize("wish", [{"budget": 50}, {"begun": Begun("hm", "")}])
async def test_a_server_that_cannot_steer_so_is_asked_without(
    refuses: Behave, wish: Any, raw_server: Any, speak: Any, hear: Any, ask: Any
) -> None:
    """vLLM without a parser refuses a budget, within the stream; a template may refuse a reply that has begun."""
    asked: list[None] = []

    async def behave(writer: Any) -> None:
        asked.append(None)
        await (refuses if len(asked) == 1 else sends(HELLO, STOP, DONE))(writer)
        writer.close()

    server = await raw_server(behave)
    heard = await hear(speak(server.url), ask("Hi", **wish))
    assert heard.error is None
    assert (heard.answer, heard.events[-1]) == ("Hello", Finish(Ending.FINISHED))
    first, second = (json.loads(each.body) for each in server.asked)
    assert first != second
    assert "thinking_token_budget" not in second
    assert [turn["role"] for turn in second["messages"]] == ["user"]
    assert Steered(Steering.TOKEN_BUDGET) not in heard.events


@pytest.mark.parametrize("wish", [{}, {"budget": 50}, {"begun": Begun("hm", "half ")}])
async def test_a_fault_that_is_none_of_the_steering_is_told(
    wish: Any, raw_server: Any, speak: Any, hear: Any, ask: Any
) -> None:
    server = await raw_server(replies(400, {"error": {"message": "too odd"}}))
    heard = await hear(speak(server.url), ask("Hi", **wish))
    assert heard.error.sentence.key == "backend.rejected"
    assert len(server.asked) == (2 if wish else 1)


async def test_a_reply_that_breaks_while_it_goes_on_is_not_asked_again(
    raw_server: Any, speak: Any, hear: Any, ask: Any
) -> None:
    server = await raw_server(sends(HELLO))
    heard = await hear(speak(server.url), ask("Hi", begun=Begun("hm", "half ")))
    assert heard.answer == "Hello"
    assert isinstance(heard.error, Broken)
    assert len(server.asked) == 1
