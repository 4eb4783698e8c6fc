"""What real `transformers serve` does that no other server does."""

from collections.abc import Callable

import httpx2

from app.errors import Rejected
from app.model.requests import Request
from tests.model_servers import ModelServer
from tests.servers.talk import Connect, Hear

Ask = Callable[..., Request]


async def test_a_field_that_it_does_not_know(
    transformers: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    """So it is spoken to in no dialect but the plainest; "thinking" is Z.ai's."""
    heard = await hear(connect(transformers, preset="zai"), ask("Hello"))
    assert isinstance(heard.error, Rejected)
    assert heard.error.sentence.key == "backend.rejected"
    assert dict(heard.error.sentence.args)["status"] == 422


async def test_a_model_that_was_unloaded_is_loaded_again(
    transformers: ModelServer, connect: Connect, ask: Ask, hear: Hear
) -> None:
    backend = connect(transformers)
    assert (await hear(backend, ask("Hello"))).answer == transformers.answer
    assert httpx2.post(transformers.url.removesuffix("/v1") + "/reset", timeout=60).is_success
    assert (await hear(backend, ask("Hello again"))).answer == transformers.answer
