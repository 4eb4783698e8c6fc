"""What a reply tells of how it came about."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app import i18n
from app.model.messages import Ending, Reply, Steering, Usage, Wish
from app.model.profiles import Effort, Thinking
from ui.reply_note import details, note

OFF, BUDGET = Wish(Thinking.OFF), Wish(budget=512)
REPLY = Reply(1, "", "a", Ending.FINISHED, datetime(2026, 1, 1, tzinfo=UTC), "vLLM", "GLM")


def test_nothing_special_is_not_told() -> None:
    assert (note(REPLY), details(REPLY)) == ("", "")


@pytest.mark.parametrize("means", [Steering.TEMPLATE_SWITCH, Steering.THINKING_FIELD])
def test_how_thinking_was_switched_is_told_on_demand(means: Steering) -> None:
    reply = replace(REPLY, steering=(means,))
    assert (note(reply), details(reply) != "") == ("", True)


@pytest.mark.parametrize(
    ("wish", "steering", "told"),
    [
        (None, (Steering.TEMPLATE_SWITCH,), ""),
        (Wish(), (Steering.TEMPLATE_SWITCH,), ""),
        (OFF, (Steering.TEMPLATE_SWITCH,), "Thinking off (template switch)"),
        (OFF, (Steering.THINKING_FIELD,), "Thinking off (request field)"),
        (OFF, (Steering.EFFORT,), "Thinking off (effort setting)"),
        (OFF, (), ""),
        (None, (Steering.EFFORT,), "Thinking effort set"),
        (Wish(effort=Effort.MAX), (Steering.EFFORT,), "Thinking effort: Highest"),
        (None, (Steering.TOKEN_BUDGET,), "Thinking limited"),
        (BUDGET, (Steering.TOKEN_BUDGET,), "Thinking limited to 512 tokens (server’s budget)"),
        (BUDGET, (Steering.TEMPLATE_SWITCH,), ""),
        (
            BUDGET,
            (Steering.BUDGET_SPENT, Steering.REASONING_END),
            "Thinking stopped at 512 tokens (server ended it)",
        ),
        # A server that did not keep to what it was told.
        (
            BUDGET,
            (Steering.TOKEN_BUDGET, Steering.BUDGET_SPENT, Steering.ASKED_AGAIN),
            "Thinking stopped at 512 tokens (asked again)",
        ),
        (Wish(), (Steering.ANSWER_NOW, Steering.CONTINUED), "Answered now (continued the turn)"),
        (Wish(), (Steering.ANSWER_NOW, Steering.REASONING_END), "Answered now (server ended it)"),
        (
            BUDGET,
            (Steering.TOKEN_BUDGET, Steering.ANSWER_NOW, Steering.CONTINUED),
            "Thinking limited to 512 tokens (server’s budget) · Answered now (continued the turn)",
        ),
        # It was told to answer, and broke off.
        (Wish(), (Steering.ANSWER_NOW,), ""),
        (OFF, (Steering.TEMPLATE_SWITCH, Steering.CONTINUED), "Thinking off (template switch) · Continued"),
        (None, (Steering.REASONING_END,), "Thinking ended early"),
    ],
)
def test_it_says_what_was_asked_and_by_which_means(
    wish: Wish | None, steering: tuple[Steering, ...], told: str
) -> None:
    assert note(replace(REPLY, wish=wish, steering=steering)) == told


@pytest.mark.parametrize(
    ("thought", "told"), [(511, "limited to"), (512, "stopped at"), (None, "limited to")]
)
def test_a_budget_is_spent_when_the_server_says_so(thought: int | None, told: str) -> None:
    reply = replace(REPLY, wish=BUDGET, steering=(Steering.TOKEN_BUDGET,), usage=Usage(10, 600, thought))
    assert note(reply) == f"Thinking {told} 512 tokens (server’s budget)"


def test_a_model_that_thinks_all_the_same_is_not_said_to_be_silent() -> None:
    reply = replace(REPLY, wish=OFF, reasoning="hm")
    assert note(reply) == "Thinking cannot be switched off here"
    told = note(replace(reply, steering=(Steering.TEMPLATE_SWITCH,)))
    assert told == "Thought although asked not to (template switch)"


@pytest.mark.parametrize("language", list(i18n.LANGUAGES))
@pytest.mark.parametrize("means", list(Steering))
def test_every_means_has_its_words(language: str, means: Steering) -> None:
    i18n.use(language)
    reply = replace(REPLY, steering=(means,))
    assert not note(reply).startswith("reply.")
    assert details(reply)
    assert not details(reply).startswith("reply.")


@pytest.mark.parametrize(
    ("usage", "told"),
    [
        (Usage(10, 4), ["Question and what came before: 10 tokens.", "Answer: 4 tokens."]),
        (
            Usage(1000, 40, 30, 960),
            [
                "Question and what came before: 1,000 tokens, 960 of them from the server’s cache.",
                "Thinking: 30 tokens.",
                "Answer: 10 tokens.",
            ],
        ),
        # Of a server that counts the thinking beside the completion.
        (
            Usage(10, 4, 30),
            ["Question and what came before: 10 tokens.", "Thinking: 30 tokens.", "Answer: 4 tokens."],
        ),
    ],
)
def test_tokens_are_told_apart(usage: Usage, told: list[str]) -> None:
    assert details(replace(REPLY, usage=usage)).splitlines() == told
