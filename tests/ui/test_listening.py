import asyncio
import threading
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import pytest

from app.errors import NotAllowed
from app.model.hotkeys import Binding, Fired
from app.model.sentences import Sentence, sentence
from app.workers import Workers
from ui.hotkey_desk import HotkeyDesk
from ui.journeys import listening
from ui.journeys.listening import Listening

TAKEN = sentence("hotkeys.taken", chord="F9")


class Keys:
    """A desktop's keys: F9 is somebody else's."""

    def __init__(self) -> None:
        self.asks_user = False
        self.fired = Fired.HEARD
        self.bound: list[dict[str, str]] = []
        self.closed = False
        self._pressed: Callable[[str], None] = print
        self._lost: Callable[[Sentence], None] = print

    def bind(
        self, chords: Mapping[str, str], pressed: Callable[[str], None], lost: Callable[[Sentence], None]
    ) -> Mapping[str, Binding]:
        self.bound.append(dict(chords))
        self._pressed, self._lost = pressed, lost
        return {
            name: Binding(fault=TAKEN) if chord == "f9" else Binding(chord) for name, chord in chords.items()
        }

    def fire(self, _name: str) -> Fired:
        return self.fired

    def close(self) -> None:
        self.closed = True

    def press(self, name: str) -> None:
        self._on_thread(self._pressed, name)

    def take_back(self) -> None:
        self._on_thread(self._lost, TAKEN)

    @staticmethod
    def _on_thread(call: Callable[[Any], None], what: object) -> None:
        thread = threading.Thread(target=call, args=(what,))
        thread.start()
        thread.join()


class Stage:
    """As much of the stage as is played on: its notices."""

    def __init__(self) -> None:
        self.notices = self
        self.told: list[Sentence] = []
        self.act: Callable[[], object] = print

    def tell(
        self,
        what: Sentence,
        tone: str,
        action: Sentence | None = None,
        act: Callable[[], object] | None = None,
    ) -> None:
        assert tone == ("warning" if action is None else "danger")
        self.told.append(what)
        self.act = act or self.act


class Tasks:
    """Starts tasks and can wait for them all."""

    def __init__(self) -> None:
        self._all: list[asyncio.Task[Any]] = []

    def start(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        self._all.append(asyncio.get_running_loop().create_task(work))
        return self._all[-1]

    async def finish(self) -> None:
        await asyncio.gather(*self._all)


class Room:
    """A listening journey with everything around it."""

    def __init__(self, workers: Workers) -> None:
        self.stage, self.desk, self.keys, self.tasks = Stage(), HotkeyDesk(), Keys(), Tasks()
        self.fault: Exception | None = None
        self.done: list[str] = []
        self.answers: list[tuple[str, str, str]] = []
        self.journey = Listening(self.stage, self.desk, self._make, workers, self.tasks)  # type: ignore[arg-type]
        self.journey.obey({name: self._deed(name) for name in ("one", "two")})
        self.desk.answered.connect(self._answer)

    def _make(self) -> Keys:
        if self.fault is not None:
            raise self.fault
        return self.keys

    def _deed(self, name: str) -> Callable[[], None]:
        return lambda: self.done.append(name)

    def _answer(self, name: str, what: Sentence, look: str) -> None:
        self.answers.append((name, what.key, look))

    async def want(self, **chords: str) -> None:
        self.journey.want(chords)
        await self.tasks.finish()

    async def try_out(self, name: str, chord: str) -> None:
        self.desk.tried.emit(name, chord)
        await self.tasks.finish()


@pytest.fixture
def room(workers: Workers, qapp: object) -> Room:
    return Room(workers)


async def turn() -> None:
    """Let the loop do what a listener's thread asked of it."""
    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def test_a_press_does_its_deed(room: Room) -> None:
    await room.want(one="ctrl+a", two="ctrl+b")
    room.keys.press("two")
    await turn()
    assert room.done == ["two"]
    assert room.keys.bound == [{"one": "ctrl+a", "two": "ctrl+b"}]


async def test_wanting_the_same_again_asks_for_nothing(room: Room) -> None:
    await room.want(one="ctrl+a")
    await room.want(one="ctrl+a")
    room.desk.left.emit()
    await room.tasks.finish()
    assert len(room.keys.bound) == 1


async def test_a_key_that_is_taken_is_told_and_costs_no_other(room: Room) -> None:
    await room.want(one="f9", two="ctrl+b")
    assert room.stage.told == [TAKEN]
    assert room.desk.bindings["two"] == Binding("ctrl+b")


async def test_keys_that_are_taken_back_are_told_and_asked_for_again_only_when_the_user_wants_that(
    room: Room,
) -> None:
    await room.want(one="ctrl+a")
    room.keys.take_back()
    await turn()
    assert room.stage.told == [TAKEN]
    assert len(room.keys.bound) == 1
    room.stage.act()
    await room.tasks.finish()
    assert room.keys.bound == [{"one": "ctrl+a"}, {"one": "ctrl+a"}]


async def test_a_desktop_without_hotkeys_is_told_once_and_known_at_the_desk(room: Room) -> None:
    room.fault = NotAllowed("hotkeys.no_portal")
    await room.want(one="ctrl+a")
    assert room.stage.told == [sentence("hotkeys.no_portal")]
    assert room.desk.fault == sentence("hotkeys.no_portal")
    await room.try_out("one", "ctrl+a")
    assert room.answers == []


async def test_while_the_page_listens_keys_are_told_and_not_obeyed(room: Room) -> None:
    await room.want(one="ctrl+a")
    told: list[str] = []
    room.desk.pressed.connect(told.append)
    room.desk.attention.emit(True)
    room.keys.press("one")
    await turn()
    assert (told, room.done) == (["one"], [])
    room.desk.attention.emit(False)
    room.keys.press("one")
    await turn()
    assert (told, room.done) == (["one"], ["one"])


@pytest.mark.parametrize(
    ("fired", "look"),
    [(Fired.HEARD, "success"), (Fired.SWALLOWED, "danger"), (Fired.HELD, "warning"), (Fired.BUSY, "warning")],
)
async def test_a_trial_takes_the_key_for_a_while_and_says_where_the_press_went(
    room: Room, fired: Fired, look: str
) -> None:
    room.keys.fired = fired
    await room.want(one="ctrl+a")
    await room.try_out("two", "ctrl+b")
    assert room.answers == [("two", f"hotkeys.{fired}", look)]
    assert room.keys.bound[-1] == {"one": "ctrl+a", "two": "ctrl+b"}
    room.desk.left.emit()
    await room.tasks.finish()
    assert room.keys.bound[-1] == {"one": "ctrl+a"}


async def test_a_key_that_cannot_be_had_is_said_by_the_trial(room: Room) -> None:
    await room.try_out("one", "f9")
    assert room.answers == [("one", "hotkeys.taken", "danger")]


async def test_where_only_hands_press_keys_the_user_is_asked_and_told_what_arrived(room: Room) -> None:
    room.keys.fired = Fired.BY_HAND
    await room.want(one="ctrl+a")
    room.desk.answered.connect(
        lambda _name, what, _look: room.keys.press("one") if what.key == "hotkeys.press" else None
    )
    await room.try_out("one", "ctrl+a")
    assert room.answers == [("one", "hotkeys.press", "muted"), ("one", "hotkeys.heard", "success")]
    assert room.done == []


async def test_a_key_that_does_not_arrive_is_said(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "BY_HAND", 0.05)
    room.keys.fired = Fired.BY_HAND
    await room.try_out("one", "ctrl+a")
    assert room.answers[-1] == ("one", "hotkeys.not_arrived", "danger")


async def test_leaving_the_page_ends_the_waiting_without_a_word(room: Room) -> None:
    room.keys.fired = Fired.BY_HAND
    room.desk.answered.connect(lambda *_: room.desk.left.emit())
    await room.try_out("one", "ctrl+a")
    await room.tasks.finish()
    assert room.answers == [("one", "hotkeys.press", "muted")]


async def test_a_desktop_that_asks_the_user_is_asked_only_when_it_is_saved(room: Room) -> None:
    room.keys.asks_user = True
    await room.want(one="ctrl+a")
    await room.try_out("one", "ctrl+b")
    assert room.answers == [("one", "hotkeys.when_saved", "muted")]
    assert room.keys.bound == [{"one": "ctrl+a"}]


async def test_closing_gives_the_keys_back(room: Room) -> None:
    await room.want(one="ctrl+a")
    await room.journey.close()
    assert room.keys.closed
