"""What real SGLang does when things are not as they should be, and when the user stops it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import httpx2

from app.errors import Broken, Rejected
from app.model.attachments import Picture
from app.model.checkups import Health
from app.model.messages import Ending
from app.model.profiles import Thinking
from app.model.requests import Request
from tests.model_servers import CONTEXT, ModelServer
from tests.servers.cases import Painted
from tests.servers.talk import Connect, Hear, Heard, Studio, words_that_leave

Ask = Callable[..., Request]
GENEROUS = 120  # seconds that a busy machine may take


async def test_it_works_and_says_what_it_has(sglang: ModelServer, connect: Connect) -> None:
    backend = connect(sglang)
    checkup = await backend.check()
    assert (checkup.health, checkup.models) == (Health.WORKS, (sglang.model,))
    assert backend.limits.context == CONTEXT


async def test_a_picture_that_is_none(
    sglang: ModelServer, connect: Connect, ask: Ask, hear: Hear, studio: Studio
) -> None:
    broken = Picture(studio.blobs.keep(b"no picture at all", "image/png"), 10, 10)
    request = ask(Painted("red"), "?")
    turn = replace(request.turns[0], parts=(broken, "?"))
    heard = await hear(connect(sglang), replace(request, turns=(turn,)))
    assert isinstance(heard.error, Rejected)
    assert heard.fault == "backend.bad_media"


async def test_the_context_is_full_in_mid_answer(
    sglang: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    backend = connect(sglang)
    words = await words_that_leave(60, CONTEXT, backend, ask)
    heard = await hear(backend, replace(ask(f"{words} Count without end."), thinking=Thinking.OFF))
    assert heard.ended is Ending.CUT
    assert heard.answer.startswith(" one two three")


async def test_stop_frees_the_server_in_mid_reply(
    sglang: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    backend = connect(sglang)
    reply = backend.stream(ask("Count without end."))
    text = ""
    while "ten one" not in text:
        text += "".join(getattr(event, "text", "") for event in await anext(reply))
    await _until(lambda: sglang.running() == 1)
    await reply.aclose()
    await _until(lambda: sglang.running() == 0)
    assert (await hear(backend, ask("Hello"))).answer == sglang.answer


async def test_a_reply_that_the_operator_aborts_is_broken_and_keeps_its_text(
    sglang: ModelServer, connect: Connect, ask: Ask
) -> None:
    heard = Heard()
    reply = connect(sglang).stream(replace(ask("Count without end."), thinking=Thinking.OFF))
    try:
        async with asyncio.timeout(GENEROUS):
            async for batch in reply:
                heard.events.extend(batch)
                if "ten one" in heard.answer:
                    await asyncio.to_thread(_abort, sglang)
    except Broken as error:
        heard.error = error
    assert heard.fault == "backend.aborted"
    assert heard.answer.startswith(" one two three")


def _abort(server: ModelServer) -> None:
    url = server.url.removesuffix("/v1") + "/abort_request"
    httpx2.post(url, json={"rid": "", "abort_all": True}).raise_for_status()


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(GENEROUS):
        while not await asyncio.to_thread(true):  # noqa: ASYNC110 - the server tells only who asks
            await asyncio.sleep(0.05)
