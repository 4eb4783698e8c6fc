"""Looking through a draft for secrets before it leaves for somebody else's server."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace

from PySide6 import QtWidgets
from PySide6.QtCore import Qt
from shiboken6 import isValid

from app.errors import AppError
from app.i18n import say
from app.model.attachments import Attachment, Draft, Picture
from app.model.messages import Message
from app.model.profiles import Profile
from app.model.screens import Line
from app.model.sentences import Sentence, sentence
from app.outside import is_careful
from app.ports import Blobs, Ocr, Workers
from app.secrets import find
from app.suspicion import Place, Suspicion, places, suspect, suspicion, to_look_at, unseen_by, without_secrets
from ui.journeys.drafting import Drafting
from ui.journeys.marking import Marking, Marks
from ui.journeys.stage import Stage
from ui.secrets_review import SecretsReview, Verdict, told
from ui.tasks import Tasks

Decision = tuple[Verdict, Mapping[str, Marks]]


class Guarding:
    """Reads the pictures of a draft on this computer, and asks before any that seems to show a secret is sent.

    It reads ahead while the question is still being written, so that sending seldom waits.
    """

    def __init__(
        self,
        stage: Stage,
        drafting: Drafting,
        marking: Marking,
        ocr: Callable[[], Ocr],
        profile: Callable[[], Profile],
        blobs: Blobs,
        workers: Workers,
        tasks: Tasks,
    ) -> None:
        """`ocr` gives the reader, and may block; `profile` is the one that will be asked."""
        self._stage = stage
        self._drafting = drafting
        self._marking = marking
        self._find_ocr = ocr
        self._profile = profile
        self._blobs = blobs
        self._workers = workers
        self._tasks = tasks
        self._known: dict[str, tuple[Line, ...]] = {}  # by digest
        self._cleared: set[str] = set()  # digests that the user has seen, and lets go
        self._one = asyncio.Lock()  # one reader at a time: each takes a core
        self._ahead: asyncio.Task[None] | None = None
        self._waiting = False  # a question that is to be sent waits for its pictures
        stage.composer.attachments_changed.connect(self._look_ahead)

    async def clear(self, draft: Draft, profile: Profile, is_stopped: Callable[[], bool]) -> Draft | None:
        """Return the draft on the screen as it may be sent to this profile; None when the user wants it back."""
        thread = self._drafting.thread
        while is_careful(profile):
            found: Suspicion | AppError
            try:
                found = await self._look(draft, is_stopped)
            except AppError as error:
                found = error
            latest = self._latest(thread, draft)
            if is_stopped() or self._drafting.thread != thread or latest is None:
                return None  # the draft stays where it is
            if latest != draft:  # marked meanwhile, or something was taken out
                draft = latest
                continue
            if isinstance(found, AppError):
                blind = sentence("secrets.blind", reason=say(found.sentence))
                return draft if await self._ask_plainly(blind) else None
            return await self._ask(thread, draft, found) if found else draft
        return draft

    async def may_resend(
        self, messages: Sequence[Message], profile: Profile, is_stopped: Callable[[], bool]
    ) -> bool:
        """Tell whether what was asked before may be sent to this profile, who has not seen it yet."""
        thread = self._drafting.thread
        earlier = Draft("", unseen_by(profile, messages))
        if not is_careful(profile) or not earlier.attachments:
            return True
        try:
            found = await self._look(earlier, is_stopped)
        except AppError as error:
            return await self._ask_plainly(sentence("secrets.blind", reason=say(error.sentence)))
        if is_stopped() or self._drafting.thread != thread:
            return False
        if found and not await self._ask_plainly(sentence("secrets.earlier", found=" ".join(told(found)))):
            return False
        self._cleared |= {one.picture.blob.digest for one in places(earlier)}
        return True

    # Looking

    def _look_ahead(self, _: tuple[Attachment, ...]) -> None:
        if is_careful(self._profile()) and (self._ahead is None or self._ahead.done()):
            self._ahead = self._tasks.start(self._read_ahead())

    async def _read_ahead(self) -> None:
        try:
            while (unread := await self._unread_of(self._stage.composer.draft())) and not self._waiting:
                await self._read(unread, lambda: not self._waiting)
        except AppError:
            return  # told when it matters: once the question is sent

    async def _unread_of(self, draft: Draft) -> tuple[Picture, ...]:
        return self._unread(await self._to_look_at(draft))

    async def _to_look_at(self, draft: Draft) -> tuple[Place, ...]:
        new = [one for one in places(draft) if one.picture.blob.digest not in self._cleared]
        return await self._workers.thread(to_look_at, new)

    def _unread(self, wanted: Sequence[Place]) -> tuple[Picture, ...]:
        return tuple(one.picture for one in wanted if one.picture.blob.digest not in self._known)

    async def _look(self, draft: Draft, is_stopped: Callable[[], bool]) -> Suspicion:
        wanted = await self._to_look_at(draft)

        def go_on() -> bool:
            done = len(wanted) - len(self._unread(wanted))
            self._stage.composer.set_estimate(sentence("secrets.looking", n=done, total=len(wanted)))
            return not is_stopped()

        if unread := self._unread(wanted):
            go_on()
            self._waiting = True
            try:
                await self._read(unread, go_on)
            finally:
                self._waiting = False
        read = {
            one: self._known[digest] for one in wanted if (digest := one.picture.blob.digest) in self._known
        }
        cleared = tuple(one for one in places(draft) if one.picture.blob.digest in self._cleared)
        return await self._workers.thread(_judged, draft, read, cleared)

    async def _read(self, pictures: Sequence[Picture], go_on: Callable[[], bool]) -> None:
        """Read these pictures in one worker, as long as `go_on` says so; raises `DocumentError`."""
        async with self._one:
            unread = tuple(one for one in pictures if one.blob.digest not in self._known)
            ocr = await self._workers.thread(self._find_ocr)
            async with aclosing(ocr.read(unread)) as found:
                async for picture, lines in found:
                    self._known[picture.blob.digest] = lines
                    if not go_on():
                        break

    def _latest(self, thread: int | None, draft: Draft) -> Draft | None:
        """Return the draft with its attachments as they are now; None when nothing of it is left."""
        found = (self._drafting.find(thread, one.id) for one in draft.attachments)
        latest = replace(draft, attachments=tuple(one for one in found if one is not None))
        return latest if latest.text.strip() or latest.attachments else None

    # Asking

    async def _ask(self, thread: int | None, draft: Draft, found: Suspicion) -> Draft | None:
        review = SecretsReview(found, self._blobs.read, self._stage.window)
        decided: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()

        def decide(verdict: Verdict) -> None:
            if not decided.done():
                decided.set_result((verdict, review.marks()))

        review.decided.connect(decide)
        review.open()
        try:
            verdict, marks = await decided
        finally:
            if isValid(review):
                review.close()
        if verdict is Verdict.BACK:
            return None
        if verdict is Verdict.HIDE and not await self._hide(thread, draft, marks):
            return None  # a chip says why
        latest = self._latest(thread, draft)
        if latest is not None:
            self._cleared |= {one.picture.blob.digest for one in places(latest)}
        return latest

    async def _hide(self, thread: int | None, draft: Draft, marks: Mapping[str, Marks]) -> bool:
        """Hide what is marked and what the texts hold; tell whether that has been done everywhere."""
        for one in draft.attachments:
            if (clean := without_secrets(one)) != one:
                self._drafting.put(thread, clean)
            if one.id in marks:
                hidden = await self._marking.put(thread, one.id, marks[one.id])
                if hidden is not None and hidden.fault is not None:
                    return False
        return True

    async def _ask_plainly(self, what: Sentence) -> bool:
        """Ask whether to send what nothing can be hidden in."""
        box = QtWidgets.QMessageBox(self._stage.window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(say("secrets.title"))
        box.setText(say(what))
        send = box.addButton(say("secrets.as_it_is"), box.ButtonRole.AcceptRole)
        back = box.addButton(say("secrets.back"), box.ButtonRole.RejectRole)
        box.setDefaultButton(back)
        box.setEscapeButton(back)
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def tell() -> None:
            if not answer.done():
                answer.set_result(box.clickedButton() is send)

        box.finished.connect(tell)
        box.open()
        return await answer


def _judged(draft: Draft, read: Mapping[Place, Sequence[Line]], cleared: Sequence[Place]) -> Suspicion:
    """Search what was read, which takes its time: on a thread."""
    suspects = (suspect(place, find(lines)) for place, lines in read.items())
    return suspicion(draft, (*read, *cleared), tuple(one for one in suspects if one is not None))
