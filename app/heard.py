"""What has come of a reply so far, as its events arrive."""

import time
from dataclasses import replace

from app.model.events import Answer, Events, Finish, Reasoning, Steered
from app.model.messages import Ending, Reply, Usage
from app.model.sentences import Sentence, sentence


class Heard:
    """Takes the events of one reply in, and gives the reply as it stands."""

    def __init__(self, begun: Reply) -> None:
        """`begun` is `WRITING`; what it has already stays at its beginning."""
        self._begun = begun
        self._reasoning = [begun.reasoning]
        self._answer = [begun.answer]
        self._clock = _ThoughtClock(begun.thought)
        self._usage = begun.usage
        self._steering = list(begun.steering)
        self._ended: Ending | None = None

    def take(self, events: Events) -> None:
        """Take the next batch."""
        for event in events:
            if isinstance(event, Reasoning | Answer):
                self._clock.hear(event)
                (self._reasoning if isinstance(event, Reasoning) else self._answer).append(event.text)
            elif isinstance(event, Usage):
                self._usage = _added(self._usage, event)
            elif isinstance(event, Steered) and event.by not in self._steering:
                self._steering.append(event.by)
            elif isinstance(event, Finish):
                self._ended = event.ended

    def reply(self) -> Reply:
        """Return the reply as far as it has come, still `WRITING`."""
        return replace(
            self._begun,
            reasoning="".join(self._reasoning),
            answer="".join(self._answer),
            thought=self._clock.seconds(),
            usage=self._usage,
            steering=tuple(self._steering),
        )

    def closed(self, fault: Sentence | None = None, *, stopped: bool = False) -> Reply:
        """Return the reply as it ended: `stopped` by the user, by this `fault`, or as the server said."""
        if stopped:
            return replace(self.reply(), ended=Ending.STOPPED)
        if fault is not None or self._ended is None:
            return replace(self.reply(), ended=Ending.BROKEN, fault=fault or sentence("chat.no_end"))
        return replace(self.reply(), ended=self._ended)


class _ThoughtClock:
    """How long a model reasoned: from its first thought to its first word of answer, and before it went on."""

    def __init__(self, before: float | None) -> None:
        self._before = before
        self._began: float | None = None
        self._ended: float | None = None
        self._last = 0.0

    def hear(self, event: Reasoning | Answer) -> None:
        self._last = time.monotonic()
        if isinstance(event, Reasoning):
            self._began = self._began if self._began is not None else self._last
        elif self._began is not None and self._ended is None:
            self._ended = self._last

    def seconds(self) -> float | None:
        if self._began is None:
            return self._before
        return (self._before or 0.0) + (self._ended if self._ended is not None else self._last) - self._began


def _added(before: Usage | None, more: Usage) -> Usage:
    """Return what both parts of a reply cost."""
    if before is None:
        return more
    return Usage(
        before.prompt + more.prompt,
        before.completion + more.completion,
        _sum(before.reasoning, more.reasoning),
        _sum(before.cached, more.cached),
    )


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None and other is None else (one or 0) + (other or 0)
