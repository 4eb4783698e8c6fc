"""The clock of a recording, with time in our hands: looks that are late, pauses, the limit."""

from collections.abc import Callable, Mapping
from queue import SimpleQueue
from types import MappingProxyType

import numpy as np
import pytest

from capture.recording.film import Pixels
from capture.recording.roll import Ended, Roll

PICTURE = np.zeros((2, 2, 4), np.uint8)


class Clock:
    """Time that passes only when somebody waits or works."""

    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


class Orders(SimpleQueue):  # type: ignore[type-arg]
    """Words said at certain times; whoever waits for one lets the time pass."""

    def __init__(self, clock: Clock, at: Mapping[str, float]) -> None:
        super().__init__()
        self._clock = clock
        self._said = sorted((clock() + seconds, word) for word, seconds in at.items())

    def get(self, block: bool = True, timeout: float | None = None) -> str | None:
        until = self._clock.time + max(timeout or 0, 1e-6)  # no wait is shorter than a clock ticks
        if self._said and self._said[0][0] <= until:
            when, word = self._said.pop(0)
            self._clock.time = max(self._clock.time, when)
            return None if word == "gone" else word
        self._clock.time = until
        return str(super().get_nowait())

    def get_nowait(self) -> str | None:
        return self.get(timeout=0)


class Strip:
    """A film that remembers which look filled which slot."""

    def __init__(self) -> None:
        self.looks: list[float] = []
        self.slots = 0
        self.seen = 0.0
        self._last = 0.0

    def show(self, picture: Pixels) -> None:
        self._last = self.seen
        self.hold()

    def hold(self) -> None:
        self.slots += 1
        self.looks.append(self._last)


class Stage:
    """A roll at ten frames a second, whose every look takes as long as `lasts` says."""

    def __init__(
        self,
        lasts: Callable[[int], float] = lambda _: 0.0,
        limit: float = 1e6,
        said: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        self.clock = Clock()
        self.film = Strip()
        self.looked = 0

        def look() -> Pixels:
            self.film.seen = self.clock() - 100
            self.clock.time += lasts(self.looked)
            self.looked += 1
            return PICTURE

        self.roll = Roll(self.film, look, Orders(self.clock, said), 10, limit, self.clock)

    def run(self) -> "Stage":
        self.beats = list(self.roll.run())
        return self


def test_every_slot_is_looked_at_in_its_own_time() -> None:
    stage = Stage(said={"stop": 2.0}).run()
    assert stage.roll.ended is Ended.STOPPED
    assert stage.roll.grabs == stage.film.slots == 20
    assert stage.film.looks == pytest.approx([slot / 10 for slot in range(20)], abs=1e-4)


def test_slots_that_a_late_look_missed_are_filled_and_time_is_kept() -> None:
    """Every fifth look takes 0.43 seconds: the film still lasts as long as it took, and shows what was when."""
    stage = Stage(lambda number: 0.43 if number % 5 == 0 else 0.01, said={"stop": 10.0}).run()
    assert abs(stage.film.slots - (stage.clock() - 100) * 10) <= 1
    assert stage.roll.grabs < 70
    for slot, seen in enumerate(stage.film.looks):
        assert seen < (slot + 1) / 10, "a picture is never shown before it was seen"
        assert slot / 10 - seen < 0.5
    fresh = [slot for slot, seen in enumerate(stage.film.looks) if seen not in stage.film.looks[:slot]]
    assert all(abs(slot / 10 - stage.film.looks[slot]) < 0.1 for slot in fresh)


def test_an_eye_that_is_always_too_slow_makes_a_film_of_the_right_length() -> None:
    stage = Stage(lambda _: 0.25, said={"stop": 5.0}).run()
    assert abs(stage.film.slots - (stage.clock() - 100) * 10) <= 1
    assert stage.roll.grabs == pytest.approx(20, abs=2)


def test_a_pause_is_not_in_the_film() -> None:
    stage = Stage(said={"pause": 1.0, "resume": 31.0, "stop": 32.0}).run()
    assert stage.film.slots == 20
    assert stage.film.looks[9:11] == pytest.approx([0.9, 31.0], abs=0.11)
    assert any(beat.paused and beat.seconds == pytest.approx(1.0) for beat in stage.beats)


@pytest.mark.parametrize("word", ["stop", "discard", "gone"])
def test_it_can_be_ended_in_a_pause(word: str) -> None:
    stage = Stage(said={"pause": 0.52, word: 9.0}).run()
    assert stage.film.slots == 6
    assert stage.roll.ended is {"stop": Ended.STOPPED, "discard": Ended.DISCARDED, "gone": Ended.LEFT}[word]


def test_the_limit_ends_it_on_the_slot_and_is_announced() -> None:
    stage = Stage(limit=20.05).run()
    assert stage.roll.ended is Ended.LIMIT
    assert stage.film.slots == 200
    announced = [beat.seconds for beat in stage.beats if beat.ending]
    assert announced[0] == pytest.approx(5.0, abs=0.3)
    assert not stage.beats[0].ending


def test_a_limit_that_passes_during_a_late_look_is_kept() -> None:
    stage = Stage(lambda number: 3.0 if number == 5 else 0.0, limit=2.0).run()
    assert stage.film.slots == 20


def test_words_that_mean_nothing_now_are_ignored() -> None:
    stage = Stage(said={"resume": 0.3, "nonsense": 0.5, "stop": 1.0}).run()
    assert stage.film.slots == 10


def test_it_tells_how_it_goes_four_times_a_second() -> None:
    stage = Stage(said={"stop": 10.0}).run()
    assert 30 <= len(stage.beats) <= 41
    assert stage.beats[-1].grabs > 90
