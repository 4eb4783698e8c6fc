"""What a request costs, said before it is sent, beside what the real processors and real vLLM count."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.budget import media_tokens, request_tokens
from app.calibration import Calibration
from app.model.limits import Limits, Sight
from app.model.profiles import Profile, Thinking
from app.model.requests import Request
from tests.model_servers import TEXTS, ModelServer
from tests.servers.cases import Content, Filmed, Painted
from tests.servers.talk import Connect, Hear
from tests.token_cases import CLIPS, EDGES, PICTURES, SIGHTS, cases, ours, theirs

Ask = Callable[..., Request]

ENGLISH = "The table on this page counts returned goods once, and the chart beside it counts them twice. " * 8
CHINESE = "这张截图里写了什么?请一行一行地读给我听,并说明每一行的意思。" * 8
KNOWN = f"{TEXTS['thought']} {TEXTS['answer']} " * 4
REQUESTS = {
    "text": (ENGLISH,),
    "Chinese": (CHINESE,),
    "both": (ENGLISH, CHINESE),
    "a picture": (Painted("red", 320, 240), "What is it?"),
    "a screenshot": (Painted("blue", 1920, 1080), ENGLISH),
    "pictures": (*(Painted("red", 300 + 70 * n, 200 + 10 * n) for n in range(8)), "Compare."),
    "a sliver": (Painted("red", 900, 12), "What is it?"),
    "a clip": (Filmed("red", "blue"), "What happens?"),
    # Not ten seconds: the tiny tokenizer takes one digit of a time at once, GLM's takes three.
    "a longer clip": (Filmed("red", "blue", 9), "What happens?"),
    "a picture and a clip": (Painted("red"), Filmed("red", "blue", 7), CHINESE),
}


def test_every_size_and_clip_costs_what_the_real_processors_say() -> None:
    asked = cases()
    assert len(asked) == len(SIGHTS) * (len(EDGES) + PICTURES + CLIPS)
    said = theirs(asked)
    assert [(case, ours(case)) for case in asked] == list(zip(asked, said, strict=True))


@pytest.mark.parametrize("thinking", [Thinking.ON, Thinking.OFF])
@pytest.mark.parametrize("contents", REQUESTS.values(), ids=REQUESTS)
async def test_a_whole_request_costs_what_vllm_counts(
    contents: tuple[Content, ...],
    thinking: Thinking,
    vllm: ModelServer,
    connect: Connect,
    ask: Ask,
    hear: Hear,
    record_property: Callable[[str, object], None],
) -> None:
    backend = connect(vllm)
    request = replace(ask(*contents), thinking=thinking)
    words = await backend.count(request)
    assert words is not None
    predicted = words + media_tokens(request, backend.limits)
    counted = (await hear(backend, request)).usage.prompt
    record_property("predicted, counted", (predicted, counted))
    print(f"{predicted} predicted, {counted} counted")
    assert predicted == pytest.approx(counted, rel=0.01, abs=1)


async def test_the_estimate_follows_the_server(
    vllm: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    """With the words that the tiny tokenizer was made of; of others it makes more than can be learned."""
    backend, learned = connect(vllm), Calibration()
    profile = Profile("p", "Test", "vllm", vllm.url, vllm.model)
    for times in (1, 2, 3):
        request = ask(Painted("red"), KNOWN * times)
        counted = (await hear(backend, request)).usage.prompt
        learned.learn(profile, request, backend.limits, counted)
    words = learned.words(profile)
    request = ask(Painted("blue", 640, 480), KNOWN * 2)
    counted = (await hear(backend, request)).usage.prompt
    predicted = request_tokens(request, replace(backend.limits, words=words))
    print(f"{words:.3f} words learned, {predicted} predicted, {counted} counted")
    assert words != 1.0
    assert predicted == pytest.approx(counted, rel=0.02)


async def test_a_model_served_under_another_name_is_known_by_its_own(
    vllm: ModelServer, connect: Connect
) -> None:
    backend = connect(vllm)
    await backend.check()
    assert backend.limits.sight is Sight.GLM_4V
    assert backend.limits.counts
    assert backend.limits != Limits()
