"""A model that runs inside the app: the engine, spoken to as any llama.cpp server is."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from pathlib import Path

from app.errors import BackendError, Broken, Rejected, Unreachable
from app.model.checkups import Checkup, Health
from app.model.events import Events
from app.model.profiles import Profile
from app.model.requests import Request
from app.model.sentences import sentence
from app.ports import Blobs
from backends import checkup, presets
from backends.engine import Engine, Running
from backends.openai_compatible import OpenAICompatible
from backends.watch import Patience


class OnThisComputer:
    """Speaks the `Backend` port; starts the engine when first asked, and again when it has ended."""

    def __init__(
        self, profile: Profile, *, engine: Engine, blobs: Blobs, patience: Patience | None = None
    ) -> None:
        self.limits = presets.limits(profile)
        name = profile.model or Path(profile.weights.model).stem
        self._profile = replace(profile, model=name)
        self._engine = engine
        self._blobs = blobs
        self._patience = patience
        self._spoken_to: Running | None = None
        self._client: OpenAICompatible | None = None

    def stream(self, request: Request) -> AsyncGenerator[Events, None]:
        """Yield the reply: see `app.ports`."""
        return self._stream(request)

    async def answer_now(self, request: Request) -> bool:
        """Have the running stream of this request end its thinking: see `app.ports`."""
        return self._client is not None and await self._client.answer_now(request)

    async def count(self, request: Request) -> int | None:
        """Have the engine count: see `app.ports`.  Not worth loading a model for."""
        if self._client is None or self._spoken_to is None or self._spoken_to.ended.is_set():
            return None
        return await self._client.count(replace(request, model=self._profile.model))

    async def check(self) -> Checkup:
        """Load the model and hear a word of it: see `app.ports`."""
        try:
            async with self._loaded() as client:
                found = await client.check()
                self.limits = client.limits
                if found.health is Health.UNREACHABLE:
                    raise Broken(found.sentence.key, **dict(found.sentence.args))
        except BackendError as error:
            return checkup.failed(error, ())
        found = replace(found, server=None)  # it is ours, at an address that is nobody's
        if found.health is Health.WORKS and self.limits.pictures == 0:
            return replace(found, sentence=sentence("engine.works_blind", model=self._profile.model))
        return found

    async def aclose(self) -> None:
        """Close the connections; the model stays loaded until it is idle, for who asks next."""
        client, self._client, self._spoken_to = self._client, None, None
        if client is not None:
            await client.aclose()

    async def _stream(self, request: Request) -> AsyncGenerator[Events, None]:
        # As it is: the client knows its replies by the very request, and the engine minds no name of a model.
        async with self._loaded() as client, contextlib.aclosing(client.stream(request)) as batches:
            async for batch in batches:
                yield batch

    @contextlib.asynccontextmanager
    async def _loaded(self) -> AsyncIterator[OpenAICompatible]:
        """Give a client of the engine with our model in it; a fault of a dead engine is told as that."""
        if not self._profile.weights.model:
            raise Rejected("engine.no_model")
        async with self._engine.running(self._profile.weights, self._profile.model) as running:
            client = await self._connected(running)
            try:
                yield client
            except (Broken, Unreachable) as error:
                if await running.died():
                    raise Broken("engine.died") from error
                raise

    async def _connected(self, running: Running) -> OpenAICompatible:
        if self._client is None or self._spoken_to is not running:
            await self.aclose()
            profile = replace(self._profile, base_url=running.url)
            self._client = OpenAICompatible(
                profile, key=running.key, blobs=self._blobs, patience=self._patience
            )
            self._spoken_to = running
            # What it does not tell is as its preset says.
            with contextlib.suppress(BackendError):
                await self._client.learn()
            self.limits = self._client.limits
        return self._client
