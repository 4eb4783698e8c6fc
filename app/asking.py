"""A question asked from the shell: what was offered goes in, a reply comes out, and nothing is kept."""

from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from app.blobs import BlobStore
from app.errors import AppError, Rejected
from app.fit import trimmed
from app.heard import Heard
from app.i18n import say
from app.intake import Intake
from app.model.attachments import Attachment, Draft, Progress
from app.model.events import Events
from app.model.messages import Ending, Message, Question, Reply
from app.model.profiles import Profile
from app.model.requests import Request
from app.plan import asked, load_of, obstacle, request_for
from app.stream import Stream
from app.terminal import complain
from app.voices import Voices
from app.workers import Workers


@dataclass(frozen=True, slots=True)
class Rooms:
    """What a command of the shell works with."""

    workers: Workers
    blobs: BlobStore
    intake: Intake
    voices: Voices


class Asking:
    """One question, its last of `messages`, on its way to the backend of a profile, and its reply on the way back.

    `error` is what went wrong, if something did.
    """

    def __init__(self, voices: Voices, profile: Profile, messages: Sequence[Message]) -> None:
        self.error: AppError | None = None
        self._voices = voices
        self._profile = profile
        self._messages = messages
        self._heard = Heard(Reply(0, "", "", Ending.WRITING, datetime.now(UTC), profile.name, profile.model))

    async def run(self, show: Callable[[Events], None]) -> Reply:
        """Show each batch of the reply, and return it as it ended; a fault is in it and in `error`.

        One who is cancelled here finds in `stopped` what had come.
        """
        try:
            request = self._request()
            backend = await self._voices.get(self._profile)
            async with aclosing(Stream(request).batches(backend)) as batches:
                async for events in batches:
                    self._heard.take(events)
                    show(events)
        except AppError as error:
            self.error = error
        return self._heard.closed(self.error.sentence if self.error is not None else None)

    def stopped(self) -> Reply:
        """Return what came before the user stopped it."""
        return self._heard.closed(stopped=True)

    def _request(self) -> Request:
        """Return what is sent; raises `Rejected` for what must not be."""
        limits = self._voices.limits(self._profile)
        request = request_for(self._messages, self._profile, limits)
        question = self._messages[-1]
        draft = Draft(question.text, question.attachments) if isinstance(question, Question) else Draft()
        problem = obstacle(draft, load_of(request, limits), self._profile, limits)
        if problem is not None:
            raise Rejected(problem.key, **dict(problem.args))
        return request


class Printer(Protocol):
    """Prints a reply, as text or as JSON."""

    def show(self, events: Events) -> None:
        """Print the next events."""
        ...

    def end(self, reply: Reply) -> None:
        """Print how it ended."""
        ...


async def ask(
    rooms: Rooms, profile: Profile, text: str, files: Sequence[Path], printer: Printer, *, fit: bool
) -> bool:
    """Ask one question about all the files together, and say whether it was answered."""
    attachments = [await attached(rooms.intake, file) for file in files]
    usable = [is_usable(attachment) for attachment in attachments]
    if not all(usable):
        return False
    draft = Draft(text, tuple(attachments))
    smaller, gone = trimmed(draft, profile, rooms.voices.limits(profile))
    if fit and gone:
        complain(say("fit.trimmed", n=gone))
        draft = smaller
    asking = Asking(rooms.voices, profile, (asked(draft),))
    reply = await asking.run(printer.show)
    printer.end(reply)
    if gone and not fit:
        complain(say("cli.try_fit", n=gone))
    return reply.fault is None


async def attached(intake: Intake, file: Path) -> Attachment:
    """Return a file as an attachment, READY or FAILED."""
    async with aclosing(intake.open(file)) as values:
        return [value async for value in values][-1]


def is_usable(attachment: Attachment) -> bool:
    """Say whether an attachment can be sent, and on stderr what the user should know of it."""
    words = attachment.fault or attachment.notice
    if words is not None:
        complain(f"{attachment.name}: {say(words)}")
    return attachment.progress is Progress.READY
