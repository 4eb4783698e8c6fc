"""What real vLLM does when things are not as they should be, and when the user stops it."""

import asyncio
import base64
import contextlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.blobs import BlobStore
from app.errors import Refused, Rejected, Unreachable
from app.model.attachments import Picture
from app.model.checkups import Checkup, Health
from app.model.events import Answer
from app.model.messages import Ending
from app.model.profiles import Sampling, Thinking
from app.model.requests import Request
from backends import nearby
from tests.big_servers import VLLM, running, script_model, vllm_command
from tests.model_servers import CONTEXT, ModelServer, free_port
from tests.servers.cases import Filmed, Painted
from tests.servers.talk import Connect, Hear, words_that_leave
from tests.servers.tap import Tap

Ask = Callable[..., Request]
GENEROUS = 60  # seconds that a busy machine may take


def found(checkup: Checkup) -> tuple[Health, str]:
    return checkup.health, checkup.sentence.key


async def test_it_works_and_says_what_it_has(vllm: ModelServer, connect: Connect) -> None:
    backend = connect(vllm)
    checkup = await backend.check()
    assert found(checkup) == (Health.WORKS, "backend.works")
    assert checkup.models == (vllm.model,)
    assert backend.limits.context == CONTEXT
    server = checkup.server
    assert server is not None
    assert (server.preset, server.model, server.context) == ("vllm", vllm.model, CONTEXT)
    assert re.match(r"\d+\.\d+", server.version)


async def test_it_is_found_without_its_key_only_where_it_needs_none(vllm: ModelServer) -> None:
    """A server that tells nobody its models is not proposed."""
    assert [server.preset for server in await nearby.find((vllm.url,))] == ([] if vllm.key else ["vllm"])


async def test_the_first_model_is_used_where_none_is_chosen(
    vllm: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    heard = await hear(connect(vllm, model=""), ask("Hello"))
    assert heard.answer == vllm.answer


async def test_a_model_it_does_not_have(vllm: ModelServer, connect: Connect, ask: Ask, hear: Hear) -> None:
    backend = connect(vllm, model="glm-9")
    checkup = await backend.check()
    assert found(checkup) == (Health.NO_MODEL, "backend.no_model")
    assert checkup.models == (vllm.model,)
    heard = await hear(backend, ask("Hello"))
    assert isinstance(heard.error, Rejected)
    assert heard.error.sentence.key == "backend.no_model"


@pytest.mark.parametrize("key", ["", "another-key"])
async def test_a_wrong_key(key: str, vllm: ModelServer, connect: Connect, ask: Ask, hear: Hear) -> None:
    backend = connect(vllm, key=key)
    assert found(await backend.check()) == (Health.REFUSED, "backend.wrong_key")
    heard = await hear(backend, ask("Hello"))
    assert isinstance(heard.error, Refused)
    assert heard.error.sentence.key == "backend.wrong_key"


async def test_nobody_there(connect: Connect, ask: Ask, hear: Hear, tmp_path: Path) -> None:
    backend = connect(ModelServer("vllm", f"http://127.0.0.1:{free_port()}/v1", tmp_path))
    assert found(await backend.check()) == (Health.UNREACHABLE, "backend.nobody")
    heard = await hear(backend, ask("Hello"))
    assert isinstance(heard.error, Unreachable)
    assert heard.error.sentence.key == "backend.nobody"


async def test_while_it_loads_nobody_is_there_yet(connect: Connect, tmp_path: Path) -> None:
    """vLLM opens its port last of all: a server that loads cannot be told from one that is off."""
    log = tmp_path / "log"
    server = ModelServer("vllm", f"http://127.0.0.1:{free_port()}/v1", log)
    with running(VLLM, log, vllm_command(script_model("glm4v"), server.url)) as process:
        backend = connect(server)
        for _ in range(3):
            assert found(await backend.check()) == (Health.UNREACHABLE, "backend.nobody")
            await asyncio.sleep(0.5)
        assert process.poll() is None, log.read_text(errors="replace")


async def test_a_conversation_that_is_too_long(
    vllm: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    heard = await hear(connect(vllm), ask("word " * CONTEXT))
    assert isinstance(heard.error, Rejected)
    assert heard.error.sentence.key == "backend.too_long"


async def test_pictures_that_are_too_large_together(
    vllm: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    # 2,691 tokens each.
    screens = (Painted("red", 1920, 1080), Painted("blue", 1920, 1080))
    heard = await hear(connect(vllm), ask(*screens, "Compare."))
    assert isinstance(heard.error, Rejected)
    assert heard.error.sentence.key == "backend.too_long"


async def test_more_pictures_than_it_takes(vllm: ModelServer, connect: Connect, ask: Ask, hear: Hear) -> None:
    heard = await hear(connect(vllm), ask(*[Painted("red")] * 51, "Count."))
    assert isinstance(heard.error, Rejected)
    assert heard.error.sentence.key == "backend.too_many"


async def test_a_picture_that_is_none(
    vllm: ModelServer, connect: Connect, ask: Ask, hear: Hear, blobs: BlobStore
) -> None:
    broken = Picture(blobs.keep(b"no picture at all", "image/png"), 10, 10)
    request = ask(Painted("red"), "?")
    turn = replace(request.turns[0], parts=(broken, "?"))
    heard = await hear(connect(vllm), replace(request, turns=(turn,)))
    assert isinstance(heard.error, Rejected)
    assert heard.error.sentence.key == "backend.bad_media"


async def test_each_kind_of_media_is_counted(
    vllm: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    """One reply to a picture and a clip cost what the two cost apart: both reached the model."""
    picture, clip = Painted("red"), Filmed("red", "blue")
    backend = connect(vllm)
    nothing, one, other, both = [
        (await hear(backend, ask(*media, "?"))).usage.prompt
        for media in ((), (picture,), (clip,), (picture, clip))
    ]
    # 112 × 112 pixels are 4 × 4 patches of 28, with a mark on either side.
    assert one - nothing == 18
    assert other - nothing > 18
    assert both - other == one - nothing


async def test_a_reply_that_reaches_its_length_while_thinking(
    vllm: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    heard = await hear(connect(vllm), replace(ask("Hello"), sampling=Sampling(max_tokens=5)))
    assert heard.error is None
    assert heard.ended is Ending.CUT
    assert heard.reasoning
    assert vllm.thought.startswith(heard.reasoning)
    assert heard.answer == ""


async def test_an_answer_that_reaches_its_length(
    vllm: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    request = replace(ask("Hello"), thinking=Thinking.OFF, sampling=Sampling(max_tokens=7))
    heard = await hear(connect(vllm), request)
    assert heard.ended is Ending.CUT
    assert heard.answer
    assert vllm.answer.startswith(heard.answer)


async def test_the_context_is_full_in_mid_answer(
    vllm: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    backend = connect(vllm)
    words = await words_that_leave(60, CONTEXT, backend, ask)
    heard = await hear(backend, replace(ask(f"{words} Count without end."), thinking=Thinking.OFF))
    assert heard.ended is Ending.CUT
    assert heard.answer.startswith(" one two three")
    assert heard.usage.prompt + heard.usage.completion == CONTEXT


async def test_sampling_is_taken(vllm: ModelServer, connect: Connect, ask: Ask, hear: Hear) -> None:
    sampling = Sampling(temperature=0.8, top_p=0.6, max_tokens=500)
    heard = await hear(connect(vllm), replace(ask("Hello"), sampling=sampling))
    assert (heard.reasoning, heard.answer) == (vllm.thought, vllm.answer)


@pytest.mark.parametrize("thinking", [Thinking.ON, Thinking.OFF])
async def test_stop_frees_the_server_in_mid_reply(
    thinking: Thinking, vllm: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    backend = connect(vllm)
    reply = backend.stream(replace(ask("Count without end."), thinking=thinking))
    text = ""
    while "ten one" not in text:
        text += "".join(getattr(event, "text", "") for event in await anext(reply))
    assert await asyncio.to_thread(vllm.running) == 1
    await reply.aclose()
    await until(lambda: vllm.running() == 0)
    assert (await hear(backend, ask("Hello"))).answer == vllm.answer


async def test_stop_frees_the_server_when_the_task_is_cancelled(
    vllm: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    task = asyncio.create_task(hear(connect(vllm), ask("Count without end.")))
    await until(lambda: vllm.running() == 1)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await until(lambda: vllm.running() == 0)


async def test_four_replies_at_once_do_not_mix(
    vllm_eye: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    backend = connect(vllm_eye)
    colors = ("red", "green", "blue", "yellow")
    replies = await asyncio.gather(*(hear(backend, ask(Painted(color), "?")) for color in colors))
    assert [reply.answer for reply in replies] == [f"I see one picture: {color}." for color in colors]


async def test_the_bytes_of_a_picture_are_the_same_in_every_turn(
    vllm_eye: ModelServer,
    connect: Connect,
    ask: Ask,
    hear: Hear,
    blobs: BlobStore,
    tap: Callable[[ModelServer], Awaitable[Tap]],
) -> None:
    line = await tap(vllm_eye)
    backend = connect(line.near)
    first = ask(Painted("green", 300, 200), "What is this?")
    heard = await hear(backend, first)
    assert heard.answer == "I see one picture: green."
    picture = first.turns[0].parts[0]
    assert isinstance(picture, Picture)
    encoded = base64.b64encode(blobs.read(picture.blob))
    assert line.sent.count(encoded) == 1
    again = ask("And now?")
    await hear(backend, replace(again, turns=(*first.turns, *again.turns)))
    assert line.sent.count(encoded) == 2


async def test_a_reply_comes_in_pieces(vllm: ModelServer, connect: Connect, ask: Ask) -> None:
    batches = [batch async for batch in connect(vllm).stream(ask("Hello"))]
    with_answer = [batch for batch in batches if any(isinstance(event, Answer) for event in batch)]
    assert len(with_answer) > 5


async def until(true: Callable[[], bool]) -> None:
    """Wait until something about a server is true."""
    async with asyncio.timeout(GENEROUS):
        while not await asyncio.to_thread(true):  # noqa: ASYNC110 - the server tells only who asks
            await asyncio.sleep(0.05)
