"""The pages of one document as they come in, over as many workers as it takes."""

from dataclasses import replace
from typing import Any

from app import answers
from app.errors import DocumentError, Unreadable
from app.model.attachments import PAGE_LIMIT, Attachment, Picture
from app.model.sentences import Sentence, sentence

SKIP_LIMIT = 5  # pages that may fail before the rest is left alone


class Pages:
    """Collects pages in order and decides how to go on when a worker ends early.

    `next` is the page a worker is to begin with; `over` says that there is nothing more to read.
    `words` replace the text layer of the pages they are for.
    """

    def __init__(self, reading: Attachment, words: dict[int, str]) -> None:
        self.next = 1
        self.over = False
        self._reading = reading
        self._words = words
        self._pictures: list[Picture] = []
        self._skipped: list[int] = []
        self._last = 0
        self._run_began = 1
        self._counted = False  # whether this worker has said how many pages there are

    def begin_run(self) -> None:
        """Remember where a new worker starts."""
        self._run_began = self.next
        self._counted = False

    def take(self, head: dict[str, Any], picture: Picture | None) -> None:
        """Take in one frame: the number of pages, a page, or a page that could not be drawn."""
        if not self._counted:
            total = answers.count(head, "total")
            self._last = answers.count(head, "last", min(total, PAGE_LIMIT))
            self._reading = replace(self._reading, total=total)
            self._counted = True
            return
        number = answers.number(head, self.next)
        if number > self._last:
            raise Unreadable("worker.died")
        self.next += 1
        if picture is None:
            self._skipped.append(number)
        else:
            text = self._words.get(number) or answers.text(head, "text")
            self._pictures.append(replace(picture, number=number, text=text))

    def fail(self, error: DocumentError) -> None:
        """Go on after a worker ended early; raises `error` when there is nothing to go on with."""
        if not self._last:
            raise error
        # One that died after some pages may only have used up its memory: the same page gets a fresh one.
        # One that was late, be it by the clock or by the processor's (SIGXCPU), would be late again.
        if self.next == self._run_began or error.sentence.key == "worker.late":
            self._skipped.append(self.next)
            self.next += 1
        if self.next > self._last or len(self._skipped) > SKIP_LIMIT:
            self.finish()

    def finish(self) -> None:
        """Read no further; raises `Unreadable` when not one page could be drawn."""
        self.over = True
        if not self._pictures:
            raise Unreadable("document.undrawable")

    def attachment(self) -> Attachment:
        """Return the attachment as far as it has been read."""
        return replace(self._reading, pictures=tuple(self._pictures), notice=self._notice())

    def _notice(self) -> Sentence | None:
        if not self.over:
            return None
        if self.next <= self._last:
            return sentence("document.cut", n=self.next)
        if self._skipped:
            pages = ", ".join(map(str, self._skipped))
            return sentence("document.skipped", n=len(self._skipped), pages=pages)
        if self._reading.total > self._last:
            return sentence("document.capped", n=self._last, total=self._reading.total)
        return None
