"""The app without its window: a conversation in a real store, and a voice in the network's thread."""

import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from app.blobs import BlobStore
from app.chat import Chat, Turn
from app.model.attachments import Draft
from app.model.events import Events
from app.model.messages import Ending
from app.model.profiles import Profile
from app.ports import Backend
from app.remote import Remote
from app.store import Store
from app.workers import Workers
from backends import presets
from backends.openai_compatible import OpenAICompatible


class Mind:
    """Asks one server, in one conversation, as the window's journeys do."""

    def __init__(self, store: Store, blobs: BlobStore, workers: Workers, url: str) -> None:
        self.blobs = blobs
        self.workers = workers
        self._chat = Chat(store)
        self._profile = Profile("bench", "bench", "vllm", url, "m")
        self._voice = Remote(
            lambda: OpenAICompatible(self._profile, key="", blobs=blobs),
            presets.limits(self._profile),
            workers,
        )
        self._thread: int | None = None

    async def ask(self, draft: Draft, show: Callable[[Events], None] = lambda _: None) -> None:
        """Ask and hear the reply to its end; raises `RuntimeError` when it does not come to one."""
        await self.hear(await self.open(draft), show)

    async def open(self, draft: Draft) -> Turn:
        """Keep a question and the reply that begins: all that is done before the network is touched."""
        self._thread, _ = await self._chat.ask(self._thread, draft)
        return await self._chat.open(self._thread, self._profile, self._voice.limits)

    async def hear(self, turn: Turn, show: Callable[[Events], None]) -> None:
        """Hear a reply to its end; raises `RuntimeError` when it does not come to one."""
        reply = await turn.run(self._find, show)
        if reply.ended is not Ending.FINISHED:
            raise RuntimeError(f"the reply ended as {reply.ended}") from turn.error

    def forget(self) -> None:
        """Begin a new conversation with the next question."""
        self._thread = None

    async def aclose(self) -> None:
        """Close the connection."""
        await self._voice.aclose()

    async def _find(self) -> Backend:
        return self._voice


@contextlib.asynccontextmanager
async def awake(url: str) -> AsyncIterator[Mind]:
    """Give a mind with a memory of its own that has spoken with the server before: its client is built."""
    workers = Workers()
    with tempfile.TemporaryDirectory(prefix="glimpse-bench-") as name:
        folder = Path(name)
        store = await Store.open(folder / "history.sqlite", workers.single("store"))
        mind = Mind(store, BlobStore(folder / "blobs"), workers, url)
        try:
            await mind.ask(Draft("Hi"))
            yield mind
        finally:
            await mind.aclose()
            await store.close()
            workers.close()
