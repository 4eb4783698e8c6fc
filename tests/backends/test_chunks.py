"""Chunks of every server as events."""

import json
import tracemalloc
from collections import deque
from typing import Any

import pytest

from app.errors import Broken, Rejected
from app.i18n import say
from app.model.events import Answer, Events, Finish, Reasoning
from app.model.messages import Ending, Usage
from backends.chunks import Chunks
from backends.tags import Splitter


def read(*deltas: Any, reason: str = "stop", usage: Any = None, opened: bool = False) -> Events:
    chunks = Chunks(Splitter(opened=opened))
    events = [event for delta in deltas for event in chunks.read({"choices": [{"delta": delta}]})]
    events += chunks.read({"choices": [{"delta": {}, "finish_reason": reason}]})
    events += chunks.read({"choices": [], "usage": usage})
    return (*events, *chunks.rest(), *chunks.finish())


def test_vllm_names_it_reasoning() -> None:
    assert read({"reasoning": "hm"}, {"content": "Yes"})[:2] == (Reasoning("hm"), Answer("Yes"))


def test_others_name_it_reasoning_content_and_send_a_null_beside_the_content() -> None:
    deltas = {"reasoning_content": "hm"}, {"reasoning_content": None, "content": "Yes"}
    assert read(*deltas)[:2] == (Reasoning("hm"), Answer("Yes"))


def test_who_sends_both_names_says_it_once() -> None:
    assert read({"reasoning": "hm", "reasoning_content": "hm"})[0] == Reasoning("hm")


def test_reasoning_that_ends_in_the_chunk_that_ends_the_reply() -> None:
    chunks = Chunks()
    last = {"choices": [{"delta": {"reasoning": " me"}, "finish_reason": "length"}]}
    assert list(chunks.read(last)) == [Reasoning(" me")]
    assert chunks.finish() == (Finish(Ending.CUT),)


def test_tags_in_the_content_are_taken_apart() -> None:
    events = read({"content": "<think>hm</th"}, {"content": "ink><answer>Yes</answer>"})
    assert events[:-1] == (Reasoning("hm"), Answer("Yes"))


def test_the_last_count_counts() -> None:
    usage = {
        "prompt_tokens": 112,
        "completion_tokens": 41,
        "prompt_tokens_details": {"cached_tokens": 96, "image_tokens": 99},
        "completion_tokens_details": {"reasoning_tokens": 21},
    }
    assert read(usage=usage) == (Usage(112, 41, 21, 96), Finish(Ending.FINISHED))


@pytest.mark.parametrize("reason", ["stop", "eos_token"])
def test_finished(reason: str) -> None:
    assert read(reason=reason) == (Finish(Ending.FINISHED),)


@pytest.mark.parametrize("reason", ["length", "model_context_window_exceeded"])
def test_cut(reason: str) -> None:
    assert read(reason=reason) == (Finish(Ending.CUT),)


@pytest.mark.parametrize(
    ("reason", "kind"),
    [(None, Broken), ("", Broken), ("abort", Broken), ("error", Broken), ("sensitive", Rejected)],
)
def test_not_finished(reason: str, kind: Any) -> None:
    with pytest.raises(kind):
        read({"content": "half"}, reason=reason)


def test_thinking_that_is_all_there_is_was_the_answer() -> None:
    assert read({"reasoning": "It is "}, {"reasoning": "red."}) == (
        Reasoning("It is "),
        Reasoning("red."),
        Answer("It is red."),
        Finish(Ending.FINISHED),
    )
    assert read({"content": "<think>It is red."})[1:-1] == (Answer("It is red."),)
    assert read({"reasoning": " \n"})[1:] == (Finish(Ending.FINISHED),)


def test_thinking_that_was_cut_is_no_answer() -> None:
    assert read({"reasoning": "so far"}, reason="length")[1:] == (Finish(Ending.CUT),)


def test_an_answer_however_short_is_the_answer() -> None:
    assert read({"reasoning": "hm"}, {"content": "7"})[1:-1] == (Answer("7"),)


def test_a_prompt_that_opened_the_thinking_and_a_server_that_took_it_apart() -> None:
    assert read({"content": "hm</think>Yes"}, opened=True)[:2] == (Reasoning("hm"), Answer("Yes"))
    apart = read({"reasoning": "hm"}, {"content": "Yes"}, opened=True)
    assert apart[:2] == (Reasoning("hm"), Answer("Yes"))


def test_half_of_a_character_is_replaced_so_that_it_can_be_written_anywhere() -> None:
    chunk = json.loads(
        r'{"choices": [{"delta": {"reasoning": "a\ud83d", "content": "\ude00b \ud83d\ude00"}}]}'
    )
    assert list(Chunks().read(chunk)) == [Reasoning("a?"), Answer("?b \U0001f600")]
    with pytest.raises(Broken) as caught:
        read(reason="\ud83d")
    say(caught.value.sentence).encode()


def test_the_word_that_ends_a_reply_is_told_without_the_key() -> None:
    chunks = Chunks()
    list(chunks.read({"choices": [{"finish_reason": "no such key: hunter2hunter2, " + "x" * 50}]}))
    with pytest.raises(Broken) as raised:
        chunks.finish(key="hunter2hunter2")
    assert dict(raised.value.sentence.args) == {"reason": "no such key: •••, " + "x" * 22}


def test_what_is_thought_is_kept_without_its_pieces() -> None:
    chunks, count, word = Chunks(), 20_000, " word"
    sent = json.dumps({"choices": [{"delta": {"reasoning": word}}]})
    tracemalloc.start()
    for _ in range(count):
        deque(chunks.read(json.loads(sent)), maxlen=0)  # each word is a text of its own, as a server's are
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 2 * count * len(word)
