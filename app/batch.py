"""The same question about each of many files, a few at a time."""

import asyncio
import hashlib
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from app.asking import Asking, Rooms, attached
from app.errors import AppError
from app.fit import trimmed
from app.formats import examine
from app.i18n import say
from app.intake import Intake
from app.locker import Lockers
from app.model.attachments import Attachment, Draft, Progress
from app.model.events import Events
from app.model.messages import Reply
from app.model.profiles import Profile
from app.model.sentences import Sentence, sentence
from app.plan import asked
from app.results import Asked, Printed, Result, Results, appended
from app.retries import UNWATCHED
from app.serving import ENGINES
from app.terminal import complain

# How many requests at a time a server of each kind has use for, where that is more than one: engines answer them
# together, llama.cpp has few slots, and the hosted ones count how many a customer has under way.
JOBS = {"vllm": 4, "sglang": 4, "llamacpp": 2, "zai": 2, "bigmodel": 2, "openai": 2}
JOBS |= dict.fromkeys(ENGINES, 4)
AHEAD = 4  # times the jobs: answers that may wait until it is their turn to be printed


@dataclass(frozen=True, slots=True)
class Same:
    """The question, whom it goes to, and whether pages that are too many are left out."""

    text: str
    profile: Profile
    fit: bool = False

    @property
    def model(self) -> str:
        """Who is asked, as the results tell it: a reader without a model has its name, a server its address."""
        return self.profile.model or self.profile.base_url or self.profile.name or self.profile.id


@dataclass(frozen=True, slots=True)
class How:
    """How many jobs at a time, None for what suits the server; in order or not; and into which file, if any."""

    jobs: int | None = None
    ordered: bool = True
    output: str | None = None


async def ask_each(rooms: Rooms, same: Same, files: Sequence[Path], how: How) -> bool:
    """Ask the question about each file, write a line each, and say whether all were answered.

    Raises `StoreError` and `Unreadable` where the lines cannot be written, `BrokenPipeError` where nobody reads them.
    """
    jobs = how.jobs or JOBS.get(same.profile.preset, 1)
    to_file = appended(Path(how.output), same.text, same.model) if how.output else None
    with to_file or nullcontext(Printed()) as results:
        batch = Batch(rooms, same, results, jobs, ordered=how.ordered)
        await batch.run(files)
    if batch.skipped and sys.stderr.isatty():
        complain(say("batch.skipped", n=batch.skipped))
    if batch.failed:
        complain(say("batch.failed", n=batch.failed, total=len(files)))
    return not batch.failed


class Batch:
    """Asks, and writes the results; `failed` and `skipped` count."""

    def __init__(self, rooms: Rooms, same: Same, results: Results, jobs: int, *, ordered: bool) -> None:
        self.failed = 0
        self.skipped = 0
        self._rooms = rooms
        self._same = same
        self._results = results
        self._ordered = ordered
        self._room = jobs * AHEAD if ordered else jobs
        self._slots = asyncio.Semaphore(jobs)
        # What draws pages is ours, however many requests the server can take.
        self._reading = asyncio.Semaphore(os.cpu_count() or 1)
        self._lockers = Lockers(rooms.blobs)
        self._under_way: list[asyncio.Task[Result | None]] = []

    async def run(self, files: Iterable[Path]) -> None:
        """Ask about each file; when this is cancelled, what has been answered is written still."""
        try:
            for file in files:
                self._under_way.append(asyncio.create_task(self._one(file)))
                if len(self._under_way) >= self._room:
                    await self._next()
            while self._under_way:
                await self._next()
        finally:
            await self._end()

    async def _next(self) -> None:
        """Wait for the result whose turn it is, and write it."""
        waited = self._under_way[:1] if self._ordered else self._under_way
        done, _ = await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            self._under_way.remove(task)
            self._write(task.result())

    async def _end(self) -> None:
        left, self._under_way = self._under_way, []
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        for task in left:
            if not task.cancelled() and task.exception() is None:
                self._write(task.result())

    def _write(self, result: Result | None) -> None:
        if result is None:
            self.skipped += 1
            return
        self.failed += result.failed
        self._results.add(result.line())

    async def _one(self, file: Path) -> Result | None:
        """Return what became of one file, None if it has been answered before; nothing of it is kept."""
        async with self._slots:
            try:
                digest = await self._rooms.workers.thread(_digest, file)
            except (AppError, OSError) as error:
                return Result(self._asked(file, ""), fault=_fault(error))
            about = self._asked(file, digest)
            if self._results.has(about):
                return None
            with self._lockers.locker() as locker:
                async with self._reading:
                    attachment = await attached(Intake(locker, self._rooms.workers), file)
                if attachment.progress is not Progress.READY:
                    return Result(about, fault=attachment.fault)
                return await self._ask(about, attachment)

    async def _ask(self, about: Asked, attachment: Attachment) -> Result:
        profile = self._same.profile
        draft, gone = Draft(self._same.text, (attachment,)), 0
        if self._same.fit:
            draft, gone = trimmed(draft, profile, self._rooms.voices.limits(profile))
        return Result(about, await self._patiently(draft), left_out=gone)

    async def _patiently(self, draft: Draft) -> Reply:
        """Return the reply; a server that is busy is asked again when it says, or ever more seldom."""
        tried = 0
        while True:
            asking = Asking(self._rooms.voices, self._same.profile, (asked(draft),))
            reply = await asking.run(_listen)
            tried += 1
            pause = UNWATCHED.pause(asking.error, tried)
            if pause is None:
                return reply
            await asyncio.sleep(pause)

    def _asked(self, file: Path, digest: str) -> Asked:
        return Asked(str(file), digest, self._same.text, self._same.model)


def _listen(_: Events) -> None:
    """Show nothing while it comes: `Asking` keeps it."""


def _digest(file: Path) -> str:
    """Return the SHA-256 of a file's content; raises `DocumentError` for what cannot be read, `OSError`."""
    examine(file)
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _fault(error: AppError | OSError) -> Sentence:
    if isinstance(error, AppError):
        return error.sentence
    return sentence("document.unreadable", reason=error.strerror or type(error).__name__)
