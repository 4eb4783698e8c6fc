"""Thinking and other tags that a model left in its answer, taken apart as the text streams in.

    <think>…</think>   reasoning, where the answer begins with it; the opening tag may be in the prompt
    <answer>…</answer> the answer proper, in some models after their thinking
    box tokens         mark a final result; the marks go, the result stays
    end tokens         leak at the very end; further in they stay, for somebody may be asking about them
    <|assistant|>      leaks on a line of its own at the very beginning

Nothing that could still become a tag is let out, and what does not become one is let out unchanged.
"""

import re
from collections.abc import Iterator
from enum import Enum, auto

from app.model.events import Answer, Reasoning

THINK, END_THINK = "<think>", "</think>"
ANSWER, END_ANSWER = "<answer>", "</answer>"
BOXES = ("<|begin_of_box|>", "<|end_of_box|>")
ENDS = ("<|endoftext|>", "<|user|>", "<|assistant|>", "<|system|>", "<|observation|>", "<|im_end|>", "</s>")

_TAGS = (THINK, END_THINK, ANSWER, END_ANSWER, *BOXES, *ENDS)
_TAG = re.compile("(" + "|".join(map(re.escape, _TAGS)) + ")")
_LEADING_ROLE = re.compile(r"^\s*<\|assistant\|>\n")
_LONGEST = max(map(len, _TAGS))

Piece = Reasoning | Answer


class _Place(Enum):
    START = auto()  # nothing but white space so far
    THINKING = auto()
    AFTER = auto()  # the thinking is over, nothing but white space since
    ANSWER = auto()


class Splitter:
    """Splits the content of one reply.

    `opened` when the prompt itself ended with ``<think>``, `tagged` when it ended within ``<answer>``.  `begun` is what
    there was of the answer where the reply goes on: with nothing of it the thinking at least is over.
    """

    def __init__(self, *, opened: bool = False, tagged: bool = False, begun: str | None = None) -> None:
        self._place = _Place.ANSWER if begun else _Place.THINKING if opened else _Place.START
        self._held = ""  # may become a tag
        self._pending = ""  # counts only if something follows: white space at the start, end tokens
        self._silent = True
        self._in_answer = tagged
        # Where a reply goes on nobody knows whether its answer began with a tag.
        self._ends = ENDS if begun is None else (*ENDS, END_ANSWER)

    def feed(self, text: str) -> Iterator[Piece]:
        """Yield what is certain now that `text` has come."""
        text = self._held + text
        keep = _possible_tag(text)
        self._held = text[len(text) - keep :]
        for token in _TAG.split(text[: len(text) - keep]):
            yield from self._take(token)

    def close(self) -> Iterator[Piece]:
        """Yield what was held back: no tag will complete it any more."""
        held, self._held = self._held, ""
        yield from self._take(held)

    def reasoning_comes_apart(self) -> None:
        """Note that the server sends the thinking in a field of its own: none is expected in the content."""
        if self._place is _Place.THINKING and self._silent:
            self._place = _Place.START

    def _take(self, token: str) -> Iterator[Piece]:
        if not token or self._moves(token):
            return
        waits = bool(self._pending) or self._place in (_Place.START, _Place.AFTER)
        if token in self._ends or (waits and not token.strip()):
            self._pending += token
            return
        said, self._pending, self._silent = self._pending + token, "", False
        if self._place is _Place.START:
            said = _LEADING_ROLE.sub("", said)
        if self._place is _Place.THINKING:
            yield Reasoning(said)
        else:
            self._place = _Place.ANSWER
            yield Answer(said)

    def _moves(self, tag: str) -> bool:
        """Go where `tag` leads from here; False when it is nothing but text here."""
        match tag, self._place:
            case "<think>", _Place.START:
                self._place = _Place.THINKING
            case "</think>", _Place.START | _Place.THINKING:
                self._place = _Place.AFTER
            case "<answer>", _Place.START | _Place.AFTER:
                self._place, self._in_answer = _Place.ANSWER, True
            case "</answer>", _Place.ANSWER if self._in_answer:
                self._in_answer = False
                return True
            case (("<|begin_of_box|>" | "<|end_of_box|>"), place) if place is not _Place.THINKING:
                return True
            case _:
                return False
        self._pending = ""
        return True


def _possible_tag(text: str) -> int:
    """Return how many characters at the end of `text` may be the beginning of a tag."""
    start = text.rfind("<", max(0, len(text) - _LONGEST + 1))
    if start < 0:
        return 0
    end = text[start:]
    return len(end) if any(tag.startswith(end) and tag != end for tag in _TAGS) else 0
