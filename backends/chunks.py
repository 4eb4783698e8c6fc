"""Their chunks as our events.  Pure: JSON in, events out.

Nothing a server sends is trusted to have a shape: whatever is not where it belongs is not there.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from app.errors import Broken
from app.model.events import Answer, Event, Events, Finish, Reasoning, Steered
from app.model.messages import Ending, Steering, Usage
from backends.errors import from_reason
from backends.seam import Seam
from backends.tags import Piece, Splitter
from backends.told import mapping

TEXT_LIMIT = 10 * 2**20  # characters of reasoning and answer together

_ENDINGS = {
    "stop": Ending.FINISHED,
    "eos": Ending.FINISHED,
    "eos_token": Ending.FINISHED,
    "stop_sequence": Ending.FINISHED,
    "length": Ending.CUT,
    "max_tokens": Ending.CUT,
    "model_context_window_exceeded": Ending.CUT,
}


class Chunks:
    """Reads the chunks of one reply: `splitter` takes its content apart, `seam` joins its answer to what was there.

    `means` are those by which it is steered, told with its first words.
    `answering` where the thinking is over: whatever field its parser puts it in, all that comes is the answer.  `id` is
    what the server calls the reply, empty until it has said so.
    """

    def __init__(
        self,
        splitter: Splitter | None = None,
        seam: Seam | None = None,
        *,
        means: tuple[Steering, ...] = (),
        answering: bool = False,
    ) -> None:
        self.id = ""
        self._splitter = splitter or Splitter()
        self._seam = seam or Seam("")
        self._untold: Events = tuple(map(Steered, means))
        self._answering = answering
        self._thought = bytearray()  # UTF-8: as pieces, of a word each, it would take ten times as much
        self._answered = False
        self._usage: Usage | None = None
        self._reason = ""
        self._room = TEXT_LIMIT

    @property
    def ended(self) -> bool:
        """Whether the server has said how the reply ended; its counts may still follow."""
        return bool(self._reason)

    def read(self, chunk: object) -> Iterator[Event]:
        """Yield what a chunk says; raises `Broken` when the reply grows beyond all measure."""
        chunk = mapping(chunk)
        self.id = self.id or _text(chunk, "id")
        self._usage = _usage(chunk.get("usage")) or self._usage
        choice = _first(chunk.get("choices"))
        if not choice:
            return
        delta = mapping(choice.get("delta"))
        # Two names for one thing; servers that send both send the same text twice.
        thought = _text(delta, "reasoning_content") or _text(delta, "reasoning")
        content = _text(delta, "content")
        self._room -= len(thought) + len(content)
        if self._room < 0:
            raise Broken("backend.endless")
        if self._answering:
            thought, content = "", thought + content
        if thought:
            self._splitter.reasoning_comes_apart()
            yield from self._said((Reasoning(thought),))
        if content:
            yield from self._said(self._splitter.feed(content))
        self._reason = _text(choice, "finish_reason") or self._reason

    def rest(self) -> Events:
        """Return the text that was held back, in case it was a tag or there already; to be asked for once, at the end."""
        held = tuple(self._said(self._splitter.close()))
        new = self._seam.close()
        return (*held, Answer(new)) if new else held

    def finish(self, *, key: str = "") -> Events:
        """Return the counts and the `Finish`; raises `BackendError`, `key` kept out, unless the server ended it properly.

        A reply that is all thinking and yet finished was an answer which the server, or the model, put in the wrong
        place: it is given as the answer, too.
        """
        ending = _ENDINGS.get(self._reason)
        if ending is None:
            raise from_reason(self._reason, key=key)
        thought = self._thought.decode()
        misplaced = ending is Ending.FINISHED and not self._answered and thought.strip()
        answer = (Answer(thought),) if misplaced else ()
        counted = (self._usage,) if self._usage else ()
        return (*self._tell(), *answer, *counted, Finish(ending))

    def _tell(self) -> Events:
        untold, self._untold = self._untold, ()
        return untold

    def _said(self, pieces: Iterable[Piece]) -> Iterator[Event]:
        for piece in pieces:
            yield from self._tell()
            if isinstance(piece, Reasoning):
                self._thought += piece.text.encode()
                yield piece
            else:
                self._answered = True
                if new := self._seam.feed(piece.text):
                    yield Answer(new)


def _first(value: object) -> dict[str, Any]:
    return mapping(value[0]) if isinstance(value, list) and value else {}


def _text(holder: dict[str, Any], name: str) -> str:
    value = holder.get(name)
    # JSON can write half of a character, which no pipe, file or database takes.
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def _number(holder: dict[str, Any], name: str) -> int | None:
    value = holder.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _usage(value: object) -> Usage | None:
    counts = mapping(value)
    prompt, completion = _number(counts, "prompt_tokens"), _number(counts, "completion_tokens")
    if prompt is None or completion is None:
        return None
    thought = _number(mapping(counts.get("completion_tokens_details")), "reasoning_tokens")
    cached = _number(mapping(counts.get("prompt_tokens_details")), "cached_tokens")
    return Usage(prompt, completion, thought, cached)
