"""What real llama.cpp does when things are not as they should be, and when the user stops it."""

import asyncio
import contextlib
import re
from collections.abc import Callable

from app.errors import Busy, Rejected
from app.model.checkups import Health
from app.model.requests import Request
from tests.model_servers import CONTEXT, ModelServer
from tests.servers.cases import Filmed, Painted
from tests.servers.talk import Connect, Hear

Ask = Callable[..., Request]


async def test_while_it_loads_it_says_so(
    llama_loading: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    backend = connect(llama_loading)
    checkup = await backend.check()
    assert (checkup.health, checkup.sentence.key) == (Health.LOADING, "backend.loading")
    heard = await hear(backend, ask("Hello"))
    assert isinstance(heard.error, Busy)
    assert heard.error.sentence.key == "backend.loading"


async def test_it_works_and_says_how_much_it_can_hold(llama: ModelServer, connect: Connect) -> None:
    backend = connect(llama)
    assert (await backend.check()).health is Health.WORKS
    assert backend.limits.context == CONTEXT


async def test_a_conversation_that_is_too_long(
    llama: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    heard = await hear(connect(llama), ask("word " * 2 * CONTEXT))
    assert isinstance(heard.error, Rejected)
    assert heard.error.sentence.key == "backend.too_long"


async def test_stop_frees_the_server(llama_eye: ModelServer, connect: Connect, ask: Ask, hear: Hear) -> None:
    reply = asyncio.create_task(hear(connect(llama_eye), ask(Painted("red", 1280, 720), "?")))
    async with asyncio.timeout(60):
        while await asyncio.to_thread(llama_eye.running) == 0:  # noqa: ASYNC110 - it tells only who asks
            await asyncio.sleep(0.02)
        reply.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reply
        while await asyncio.to_thread(llama_eye.running):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_it_takes_a_clip_and_makes_pictures_of_it(
    llama_eye: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    """So it is sent none: our stills are fewer, and say where in the clip they stand."""
    heard = await hear(connect(llama_eye, preset="vllm"), ask(Filmed("green", "black"), "?"))
    assert heard.error is None
    assert re.match(r"I see \w+ pictures?: ", heard.answer)
