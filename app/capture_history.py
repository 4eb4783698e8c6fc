"""The captures of the last days, to be used again: taken, hidden in, forgotten.

What is forgotten is gone from the disk, too, unless something else is made of the same bytes.
"""

from collections.abc import Awaitable, Callable, Collection
from functools import partial

from app.blobs import BlobStore
from app.model.attachments import Attachment, Blob, Progress
from app.model.captures import Capture
from app.model.screens import Box
from app.ports import Workers
from app.store import Store

WEIGHT = 200_000_000  # bytes of all of them together


class CaptureHistory:
    """Remembers captures, the newest first, as many as the user wants.  All calls raise `StoreError`."""

    def __init__(
        self,
        store: Store,
        blobs: BlobStore,
        workers: Workers,
        most: Callable[[], int],
        settle: Callable[[], Awaitable[None]],
        *,
        may_delete: bool,
    ) -> None:
        """`most` is how many are kept, 0 for none; `settle` stores what is still on its way there.

        Without `may_delete` nobody knows what else the blobs are for: they stay until a later start sweeps them.
        """
        self._store = store
        self._blobs = blobs
        self._workers = workers
        self._most = most
        self._settle = settle
        self._may_delete = may_delete
        self._listeners: list[Callable[[], None]] = []

    def on_change(self, listener: Callable[[], None]) -> None:
        """Have this called after every change."""
        self._listeners.append(listener)

    def is_on(self) -> bool:
        """Return whether captures are remembered."""
        return self._most() > 0

    async def all(self) -> tuple[Capture, ...]:
        """Return every capture, the newest first."""
        return await self._store.captures()

    async def read(self, blob: Blob) -> bytes:
        """Return the bytes of what one is made of."""
        return await self._workers.thread(self._blobs.read, blob)

    async def keep(self, attachment: Attachment, box: Box | None) -> None:
        """Remember what was taken of this place, if captures are remembered and it could be read at all."""
        if self.is_on() and attachment.progress is Progress.READY:
            await self._change(partial(self._store.keep_capture, attachment, box, self._most(), WEIGHT))

    async def hide(self, old: Attachment, new: Attachment) -> None:
        """Let what was taken as `old` be seen only as `new`, in which something is hidden.

        Nothing is left of `old`, even if it was never captured, but what has been sent or is attached elsewhere.
        """
        await self._change(partial(self._store.replace_capture, old, new))

    async def forget(self, captures: Collection[Capture]) -> None:
        """Forget these."""
        await self._change(partial(self._store.forget_captures, [capture.id for capture in captures]))

    async def forget_all(self) -> None:
        """Forget all of them."""
        await self._change(self._store.forget_all_captures)

    async def trim(self) -> None:
        """Forget what is more than the user wants now."""
        await self._change(partial(self._store.trim_captures, self._most(), WEIGHT))

    async def _change(self, change: Callable[[], Awaitable[set[str]]]) -> None:
        # First what is on its way into the store: a draft may be made of the very bytes.
        await self._settle()
        left_over = await change()
        if self._may_delete:
            for digest in left_over:
                await self._workers.thread(self._blobs.drop, digest)
        for listener in self._listeners:
            listener()
