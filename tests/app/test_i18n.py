"""Sentences in the language chosen, and what is not a sentence of ours left as it is."""

from collections.abc import Iterator

import pytest

from app.i18n import say, use
from app.model.sentences import sentence


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use("en")
    yield
    use("en")


def test_a_sentence_is_said_in_the_language_chosen() -> None:
    assert say("doctor.profiles", n=3) == "3 backends are set up."
    assert say(sentence("doctor.profiles", n=1)) == "One backend is set up."
    use("zh")
    assert "3" in say("doctor.profiles", n=3)
    assert say("doctor.profiles", n=3) != "3 backends are set up."


@pytest.mark.parametrize(
    "key", ["later.version", "{n}", "{n.real}", "{n.__class__}", "{n:9000000}", "{0}", "{"]
)
def test_a_key_that_is_none_is_shown_and_never_filled(key: str) -> None:
    assert say(key, n=7) == key
    assert say(sentence(key, n=7)) == key


def test_a_sentence_whose_gaps_cannot_be_filled_keeps_them() -> None:
    assert say("doctor.no_office") == say("doctor.no_office", other="x")
    assert "{command}" in say("doctor.no_office")
