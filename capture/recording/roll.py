"""The clock of a recording: which slot of the film a look at the screen falls into, and what happens to the others.

A film has a constant rate, because those who sample it count its frames.  So a slot that was missed is filled with the
picture before it, and the film lasts as long as what it shows, however late the looks were.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from queue import Empty, SimpleQueue
from typing import Protocol

from app.model.recordings import NOTICE, Order
from capture.recording.film import Pixels

BEAT = 0.25  # seconds between two words on how it goes


class Ended(Enum):
    """What ended a recording."""

    STOPPED = auto()
    DISCARDED = auto()
    LIMIT = auto()
    LEFT = auto()  # whoever asked for it is gone


class Film(Protocol):
    """Takes a picture for each slot: see `capture.recording.film.Reel`."""

    slots: int

    def show(self, picture: Pixels) -> None:
        """Fill the next slot with a picture."""
        ...

    def hold(self) -> None:
        """Fill the next slot with the picture before."""
        ...


@dataclass(frozen=True, slots=True)
class Beat:
    """How it goes: `seconds` recorded, `grabs` slots that were looked at in their own time."""

    seconds: float
    grabs: int
    paused: bool
    ending: bool


class Roll:
    """Fills a film from an eye, slot by slot, until it is told to stop.

    `look` returns a picture, or None where it is the same as the last.  `ended` says how it ended, once it has.
    """

    def __init__(
        self,
        film: Film,
        look: Callable[[], Pixels | None],
        heard: "SimpleQueue[str | None]",
        rate: int,
        limit: float,
        now: Callable[[], float] = time.perf_counter,
    ) -> None:
        """`rate` is in frames a second, `limit` in seconds; `now` is the clock."""
        self.grabs = 0
        self.ended: Ended | None = None
        self._film = film
        self._look = look
        self._heard = heard
        self._rate = rate
        self._limit = max(1, int(limit * rate))
        self._now = now
        self._began = now()
        self._paused: float | None = None  # since when

    def run(self) -> Iterator[Beat]:
        """Record; yields a beat at once and then four times a second.  What the eye and the film raise goes through."""
        told = -BEAT
        while self.ended is None:
            if self._paused is None:
                self._take()
            if self._now() - told >= BEAT:
                told = self._now()
                yield self._beat()
            self._hear()
        if self.ended is not Ended.DISCARDED and self._paused is None:
            self._fill(min(round(self._elapsed() * self._rate), self._limit))

    def _take(self) -> None:
        """Look, for the slot that it is now."""
        slot = int(self._elapsed() * self._rate)
        self._fill(min(slot, self._limit))
        if self._film.slots >= self._limit:
            self.ended = Ended.LIMIT
        elif self._film.slots == slot:
            picture = self._look()
            if picture is None:
                self._film.hold()
            else:
                self._film.show(picture)
            self.grabs += 1

    def _fill(self, slots: int) -> None:
        while self._film.slots < slots:
            self._film.hold()

    def _hear(self) -> None:
        """Wait for the next slot, or for what is said until then."""
        if self.ended is not None:
            return
        wait = BEAT if self._paused is not None else self._film.slots / self._rate - self._elapsed()
        try:
            order = self._heard.get(timeout=wait) if wait > 0 else self._heard.get_nowait()
        except Empty:
            return
        self._obey(order)

    def _obey(self, order: str | None) -> None:
        if order == Order.PAUSE and self._paused is None:
            self._fill(round(self._elapsed() * self._rate))
            self._paused = self._now()
        elif order == Order.RESUME and self._paused is not None:
            self._began += self._now() - self._paused
            self._paused = None
        elif order in _ENDS:
            self.ended = _ENDS[order]

    def _elapsed(self) -> float:
        return (self._now() if self._paused is None else self._paused) - self._began

    def _beat(self) -> Beat:
        left = self._limit - self._film.slots
        seconds = self._film.slots / self._rate
        return Beat(seconds, self.grabs, self._paused is not None, left <= NOTICE * self._rate)


_ENDS: dict[str | None, Ended] = {
    Order.STOP: Ended.STOPPED,
    Order.DISCARD: Ended.DISCARDED,
    None: Ended.LEFT,
}
