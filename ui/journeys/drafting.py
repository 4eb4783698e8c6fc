"""Unsent questions: each conversation has its draft, and every change of it is soon in the store."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from app.errors import AppError
from app.model.attachments import Attachment, Draft, Progress
from app.model.sentences import sentence
from app.store import Store
from ui.composer import Composer
from ui.shelf import Shelf
from ui.tasks import Tasks

SAVE_AFTER = 0.25  # seconds: the most typing that a kill can take


class Drafting:
    """Keeps the drafts of all conversations; the composer shows that of `thread` (None: a new one)."""

    def __init__(self, composer: Composer, shelf: Shelf, store: Store, tasks: Tasks) -> None:
        self.thread: int | None = None
        self._composer = composer
        self._shelf = shelf
        self._store = store
        self._tasks = tasks
        self._drafts: dict[int | None, Draft] = {}
        self._dirty: set[int | None] = set()
        self._saving: asyncio.Task[None] | None = None

    def begin(self, stored: Draft) -> None:
        """Show the stored draft of a new conversation, and behind it what was typed before the store was open."""
        stored = self._drafts[None] = _without_unfinished(stored)
        self._composer.draft_changed.connect(self._edited)
        self._shelf.pages_chosen.connect(self._choose_pages)
        self._set(None, replace(stored, text=stored.text + self._composer.draft().text))
        self.show(None)

    async def load(self, thread: int | None) -> None:
        """Have the draft of a conversation at hand."""
        if thread not in self._drafts:
            stored = _without_unfinished(await self._store.draft(thread))
            self._drafts.setdefault(thread, stored)

    def show(self, thread: int | None) -> None:
        """Put the draft of this conversation, loaded before, into the composer."""
        self.thread = thread
        self._composer.set_draft(self._drafts[thread])

    def put(self, thread: int | None, attachment: Attachment) -> None:
        """Add an attachment to a draft, or replace it there by what has been read of it since."""
        draft = self._drafts.get(thread, Draft())
        known = next((one for one in draft.attachments if one.id == attachment.id), None)
        if known is None:
            kept = (*draft.attachments, attachment)
        else:
            # Which pages to send is the user's choice and survives the reading that still goes on.
            attachment = replace(attachment, chosen=known.chosen)
            kept = tuple(attachment if one is known else one for one in draft.attachments)
        self._set(thread, replace(draft, attachments=kept))
        if thread == self.thread:
            self._composer.put_attachment(attachment)

    @contextmanager
    def failing(self, thread: int | None, attachment: Attachment) -> Iterator[None]:
        """Where what is done here fails, say so at the attachment, too: none is being read for ever."""
        try:
            yield
        except Exception as error:
            fault = error.sentence if isinstance(error, AppError) else sentence("window.unexpected")
            self.put(thread, replace(attachment, progress=Progress.FAILED, fault=fault))
            raise

    def find(self, thread: int | None, attachment_id: str) -> Attachment | None:
        """Return an attachment as it now is in a draft; None when it has been taken out."""
        draft = self._drafts.get(thread, Draft())
        return next((one for one in draft.attachments if one.id == attachment_id), None)

    def sent(self, thread: int | None, draft: Draft, now: int) -> None:
        """Forget what was sent of a draft; its conversation is called `now` from here on.

        What was typed or attached since stays, as the draft of the next question.
        """
        before = self._drafts.get(thread, Draft())
        ids = {one.id for one in draft.attachments}
        left = Draft(
            before.text.removeprefix(draft.text),
            tuple(one for one in before.attachments if one.id not in ids),
        )
        if thread != now:
            self._set(thread, Draft())
        self._set(now, left)
        if self.thread == thread:
            self.show(now)

    async def save(self) -> None:
        """Put every changed draft into the store now."""
        while self._dirty:
            thread = next(iter(self._dirty))
            draft = self._drafts[thread]
            await self._store.save_draft(thread, draft)
            if self._drafts[thread] == draft:
                self._dirty.discard(thread)

    def _choose_pages(self, attachment_id: str, pages: tuple[int, ...]) -> None:
        draft = self._drafts.get(self.thread, Draft())
        for one in draft.attachments:
            if one.id == attachment_id:
                self._composer.put_attachment(replace(one, chosen=pages))

    def _edited(self, draft: Draft) -> None:
        self._set(self.thread, draft)

    def _set(self, thread: int | None, draft: Draft) -> None:
        before = self._drafts.get(thread, Draft())
        self._drafts[thread] = draft
        if draft == before:
            return
        self._dirty.add(thread)
        if self._saving is None or self._saving.done():
            self._saving = self._tasks.start(self._save_soon())

    async def _save_soon(self) -> None:
        while self._dirty:
            await asyncio.sleep(SAVE_AFTER)
            await self.save()


def _without_unfinished(draft: Draft) -> Draft:
    """Return a stored draft, its half-read attachments marked: nobody reads them any more."""
    kept = tuple(
        replace(one, progress=Progress.FAILED, fault=sentence("window.reading_interrupted"))
        if one.progress is Progress.READING
        else one
        for one in draft.attachments
    )
    return replace(draft, attachments=kept)
