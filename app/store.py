"""The memory of conversations: one SQLite file, one connection, one thread.

Every call runs in the executor's single thread, so that nothing here waits on the caller's loop and all of it is
serial.  What has returned is on the disk.  All calls raise `StoreError`.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from app import captures, conversations, index
from app.database import code, open_database, transaction, translated
from app.model.attachments import Attachment, Draft
from app.model.captures import Capture
from app.model.events import Answer, Reasoning
from app.model.messages import Message, Question, Reply, Thread, Wish
from app.model.screens import Box

P = ParamSpec("P")
T = TypeVar("T")


class Store:
    """Keeps conversations, the drafts of questions, and replies while they are being written."""

    def __init__(self, db: sqlite3.Connection, executor: Executor) -> None:
        self._db = db
        self._executor = executor
        self._fresh = False

    @property
    def fresh(self) -> bool:
        """Whether the file, when it was opened, had never held a conversation.

        It may stand in for one that was moved away, so nobody can say which attachments are still referred to.
        """
        return self._fresh

    @classmethod
    async def open(cls, path: Path, executor: Executor) -> "Store":
        """Open the file, or make it; `executor` has exactly one thread.

        Replies that were being written when the last run died become `BROKEN` with what was kept of them; what was
        deleted then is gone now.  Raises `Newer`, `Damaged`, `Full`, or `StoreError` when another process has the
        file; a file that cannot be read is left as it is.
        """
        loop = asyncio.get_running_loop()
        store = cls(await loop.run_in_executor(executor, open_database, path), executor)
        try:
            await store._write(conversations.recover)
            store._fresh = await store._read(conversations.is_fresh)
        except BaseException:
            await store.close()
            raise
        return store

    async def close(self) -> None:
        """Close the file; nothing may be asked afterwards."""
        await asyncio.get_running_loop().run_in_executor(self._executor, self._db.close)

    async def threads(self) -> tuple[Thread, ...]:
        """Return all conversations, the one asked in last first."""
        return await self._read(conversations.threads)

    async def begin_thread(self, title: str, draft: Draft) -> tuple[Thread, Question]:
        """Begin a conversation with its first question, and forget the draft of the new one: all of it or nothing.

        The title becomes one line of at most 80 characters.
        """
        return await self._write(conversations.begin_thread, title, draft)

    async def create_thread(self, title: str) -> Thread:
        """Begin a conversation without a question, under such a title."""
        return await self._write(conversations.create_thread, title)

    async def rename_thread(self, thread: int, title: str) -> None:
        """Give a conversation another title."""
        await self._write(conversations.rename_thread, thread, title)

    async def delete_thread(self, thread: int) -> None:
        """Hide a conversation; it is gone for good when the store is opened again."""
        await self._write(conversations.mark_thread, thread, deleted=True)

    async def restore_thread(self, thread: int) -> None:
        """Bring back a conversation that was deleted in this run."""
        await self._write(conversations.mark_thread, thread, deleted=False)

    async def messages(self, thread: int) -> tuple[Message, ...]:
        """Return a conversation in order; a reply that is being written as far as it is kept.

        A row that is damaged comes as a failed attachment or a broken reply that says so.
        """
        return await self._read(conversations.messages, thread)

    async def append_question(self, thread: int, draft: Draft) -> Question:
        """Keep a question and forget the draft of its conversation."""
        return await self._write(conversations.append_question, thread, draft)

    async def open_reply(self, thread: int, *, profile: str, model: str, wish: Wish | None = None) -> Reply:
        """Begin a reply: `WRITING`, from this profile and model, of which that was wished."""
        return await self._write(conversations.open_reply, thread, profile=profile, model=model, wish=wish)

    async def reopen_reply(self, reply: int, wish: Wish | None = None) -> Reply:
        """Go on with a reply that has ended: it is `WRITING` again, with all that it had.

        `wish` takes the place of what was asked of its thinking before.
        Should the app die before it is closed, it is `BROKEN` with what it had and what was added.
        """
        return await self._write(conversations.reopen_reply, reply, wish)

    async def extend(self, reply: int, pieces: Sequence[Reasoning | Answer]) -> None:
        """Add what arrived to a reply that is being written: all of it or, with an error, none."""
        await self._write(conversations.extend, reply, tuple(pieces))

    async def close_reply(self, reply: Reply) -> Reply:
        """End a reply as this one has ended, and return it whole; its text is what `extend` has added."""
        return await self._write(conversations.close_reply, reply)

    async def drop_reply(self, reply: int) -> None:
        """Delete a reply that another has replaced.

        There is no undo: call it when the new one has begun to answer, and a retry that fails costs nothing.
        """
        await self._write(conversations.drop_reply, reply)

    async def save_draft(self, thread: int | None, draft: Draft) -> None:
        """Keep the unsent question of a conversation, None for one that is not begun; an empty draft is forgotten."""
        await self._write(conversations.save_draft, thread, draft)

    async def draft(self, thread: int | None) -> Draft:
        """Return the unsent question of a conversation, an empty one when there is none."""
        return await self._read(conversations.draft, thread)

    async def captures(self) -> tuple[Capture, ...]:
        """Return the captures that are remembered, the newest first."""
        return await self._read(captures.captures)

    async def keep_capture(self, attachment: Attachment, box: Box | None, most: int, weight: int) -> set[str]:
        """Remember a capture of this place, and forget the oldest: see `trim_captures`."""
        return await self._write(captures.keep, attachment, box, most, weight)

    async def replace_capture(self, old: Attachment, new: Attachment) -> set[str]:
        """Let `new` take the place of every capture that shares a blob with `old`, whose own blobs count as given up.

        Returns the digests that nothing stored refers to any more, as all that takes captures away does.
        """
        return await self._write(captures.replace, old, new)

    async def forget_captures(self, ids: Sequence[int]) -> set[str]:
        """Forget these captures."""
        return await self._write(captures.forget, ids)

    async def forget_all_captures(self) -> set[str]:
        """Forget every capture."""
        return await self._write(captures.forget_all)

    async def trim_captures(self, most: int, weight: int) -> set[str]:
        """Forget the oldest captures: at most `most` remain, of no more than `weight` bytes together."""
        return await self._write(captures.trim, most, weight)

    async def search(self, words: str, limit: int = 100) -> tuple[Thread, ...]:
        """Return the conversations that have all the words in one message, or in the title, newest first.

        Words may be unfinished; Chinese ones may have any length.
        """
        # As a write, so that a damaged index is made anew.
        return await self._write(conversations.search, words, limit)

    async def digests(self) -> set[str]:
        """Return the digests of all blobs that anything stored may refer to."""
        return await self._read(conversations.digests)

    async def _read(
        self, call: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        job = partial(self._translated, partial(call, self._db, *args, **kwargs))
        return await asyncio.get_running_loop().run_in_executor(self._executor, job)

    async def _write(
        self, call: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        job = partial(self._translated, partial(self._transact, partial(call, self._db, *args, **kwargs)))
        # Shielded: a caller that is cancelled while its words wait in the queue has still said them.
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._executor, job))

    @staticmethod
    def _translated(job: Callable[[], T]) -> T:
        with translated():
            return job()

    def _transact(self, job: Callable[[], T]) -> T:
        try:
            with transaction(self._db):
                return job()
        except sqlite3.DatabaseError as error:
            if code(error) != sqlite3.SQLITE_CORRUPT_VTAB:
                raise
        # The index of words is damaged, not what people wrote: make it anew and try once more.
        with transaction(self._db):
            index.build(self._db)
            return job()
