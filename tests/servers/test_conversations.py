"""The table of conversations on every real server."""

import pytest

from app.errors import Rejected
from app.model import Ending, Thinking
from tests.model_servers import ModelServer
from tests.servers.cases import SEEN, SPOKEN, Case
from tests.servers.talk import Compose, Connect, Hear, Heard

THOUGHT_OF_EYES = "Let me look."


@pytest.mark.parametrize("case", SPOKEN, ids=lambda case: case.name)
async def test_a_scripted_model_is_heard_word_for_word(
    case: Case, scripted: ModelServer, connect: Connect, compose: Compose, hear: Hear
) -> None:
    backend = connect(scripted)
    heard = await hear(backend, compose(case))
    if case.filmed and not backend.limits.clips:
        assert_no_clips(heard)
        return
    assert heard.error is None
    assert heard.reasoning == ("" if case.thinking is Thinking.OFF else scripted.thought)
    assert heard.answer == scripted.answer
    assert heard.ended is Ending.FINISHED
    assert heard.usage.completion > 10


@pytest.mark.parametrize("case", SEEN, ids=lambda case: case.name)
async def test_a_seeing_model_gets_the_right_pixels_in_the_right_order(
    case: Case, seeing: ModelServer, connect: Connect, compose: Compose, hear: Hear
) -> None:
    backend = connect(seeing)
    heard = await hear(backend, compose(case))
    if case.filmed and not backend.limits.clips:
        assert_no_clips(heard)
        return
    assert heard.error is None
    assert heard.answer == case.answer
    assert heard.reasoning == ("" if case.thinking is Thinking.OFF else THOUGHT_OF_EYES)


def assert_no_clips(heard: Heard) -> None:
    """A server that would take a clip apart is not sent one."""
    assert isinstance(heard.error, Rejected)
    assert heard.error.sentence.key == "backend.no_clips"
