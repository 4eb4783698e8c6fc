"""What a reply tells of how it came about."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app import i18n
from app.model.messages import Ending, Reply, Steering, Usage
from ui.reply_note import details, note

REPLY = Reply(1, "", "a", Ending.FINISHED, datetime(2026, 1, 1, tzinfo=UTC), "vLLM", "GLM")


def test_nothing_special_is_not_told() -> None:
    assert (note(REPLY), details(REPLY)) == ("", "")


@pytest.mark.parametrize("means", [Steering.TEMPLATE_SWITCH, Steering.THINKING_FIELD])
def test_how_thinking_was_switched_is_told_on_demand(means: Steering) -> None:
    reply = replace(REPLY, steering=(means,))
    assert (note(reply), details(reply) != "") == ("", True)


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
