"""A Markdown text that grows: what is final is frozen, only the open end is read and laid out again."""

from PySide6.QtGui import QTextDocument

from ui.clean import clean
from ui.document_builder import DocumentBuilder
from ui.formats import Formats
from ui.inline import References
from ui.markdown import WINDOW, parse
from ui.markdown_reader import Carry
from ui.theme import Theme

LETTERS = 200_000  # shown before somebody asks for all
BLOCKS = 10_000  # likewise, with the cells of tables
STEP = 1_000  # letters that are read between two looks at how much work that was
SLICE = 400  # blocks that may be laid out in one go
LATE = 60_000  # letters that are worth reading again for links defined below their use


class StreamingDocument:
    """Shows what is written to it, as Markdown, in a document.

    However the text was cut into pieces, the document ends up the same.
    """

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        self._builder = DocumentBuilder(document, Formats(theme))
        self._all = False
        self.clear()

    def clear(self) -> None:
        """Forget everything that was written."""
        self._pieces: list[str] = []
        self._held = ""
        self._length = 0
        self._finished = False
        self._end: int | None = None  # where what is folded begins
        self._begin({})

    @property
    def source(self) -> str:
        """Return the whole text, as Markdown."""
        return "".join(self._pieces)

    @property
    def cards(self) -> list[int]:
        """Return where in the document each piece of code begins."""
        return self._builder.cards

    @property
    def hidden(self) -> int:
        """Return how many letters are kept back because the text is too long to be laid out unasked."""
        return self._length - self._read if self._is_full() else 0

    @property
    def is_folded(self) -> bool:
        """Tell whether the end is kept back because it was folded."""
        return self._read == self._end and not self._all

    def write(self, text: str) -> None:
        """Add to the text; `work` shows it."""
        text = self._held + text
        # Half of a line end must wait for its other half.
        self._held = "\r" if text.endswith("\r") else ""
        self._keep(clean(text.removesuffix("\r")))

    def finish(self) -> None:
        """Take the text as complete."""
        self._keep(clean(self._held))
        self._held = ""
        self._finished = True

    def fold(self, start: int) -> None:
        """Keep back the end, which begins after so many letters, until `show_all`."""
        self._end = start
        if self._read > start:
            self._begin(self._given)
            self.work()

    def work(self, most: int | None = None) -> bool:
        """Read and lay out at most about `most` letters more; return whether some are left."""
        begun, laid = self._read, self._builder.laid
        while self._read < self._length and not self._is_full():
            if most is not None and (self._read - begun >= most or self._builder.laid - laid >= SLICE):
                return True
            self._advance()
        if self._finished and self._known.keys() != self._given.keys() and self._length <= LATE:
            # Links may be defined below where they are used: read it again, knowing them.
            self._begin(self._known)
            self.work()
        return False

    def show_all(self) -> None:
        """Keep nothing back from now on."""
        self._all = True

    def restyle(self, theme: Theme) -> None:
        """Show everything anew in other colours."""
        read = self._read
        self._begin(self._given, Formats(theme))
        while self._read < read:
            self._advance()

    def _keep(self, text: str) -> None:
        if text:
            self._pieces.append(text)
            self._waiting.append(text)
            self._length += len(text)

    def _is_full(self) -> bool:
        return not self._all and (self._full or self._read == self._end)

    def _begin(self, references: References, formats: Formats | None = None) -> None:
        """Read from the beginning, with these links known."""
        self._builder.clear(formats)
        self._waiting = [*self._pieces]  # not read yet
        self._read = 0
        self._full = False
        self._open = ""  # read, but not final
        self._carry = Carry()
        self._given = self._references = self._known = references

    def _advance(self) -> None:
        """Read the next letters."""
        self._waiting = ["".join(self._waiting)] if len(self._waiting) > 1 else self._waiting
        text = self._waiting[0]
        room = STEP - self._read % STEP
        if self._end is not None and self._read < self._end:
            room = min(room, self._end - self._read)
        self._waiting[0] = text[room:]
        self._open += text[:room]
        self._read += len(text[:room])
        while self._take(self._open[:WINDOW]):
            pass
        # Asked only at these places, so that it does not matter in which pieces the text came.
        if self._read % STEP == 0:
            self._full = self._read >= LETTERS or self._builder.weight >= BLOCKS

    def _take(self, text: str) -> bool:
        """Show the open end as far as `text` goes; return whether there is more of it."""
        whole = len(text) == len(self._open)
        parsed = parse(text, self._carry, self._references)
        if not whole and parsed.offset == 0:
            parsed = parse(text, self._carry, self._references, cut=True)
        self._builder.show(parsed.blocks)
        self._builder.freeze(parsed.final)
        self._open = self._open[parsed.offset :]
        self._carry, self._references, self._known = parsed.carry, parsed.references, parsed.known
        return not whole
