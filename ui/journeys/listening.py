"""Global hotkeys: taking them, hearing them, trying them out, and saying why one cannot be had."""

import asyncio
from collections.abc import Callable, Mapping

from app.chords import label
from app.errors import CaptureError
from app.model.hotkeys import Binding, Fired
from app.model.sentences import Sentence, sentence
from app.ports import Hotkeys, Workers
from ui.hotkey_desk import HotkeyDesk
from ui.journeys.stage import Stage
from ui.tasks import Tasks

Deeds = Mapping[str, Callable[[], None]]

BY_HAND = 10.0  # seconds that the user has to press a key that is tried

_LOOKS = {Fired.HEARD: "success", Fired.SWALLOWED: "danger", Fired.HELD: "warning", Fired.BUSY: "warning"}


class Listening:
    """Keeps the hotkeys as the settings say; a press arrives on the window's loop."""

    def __init__(
        self,
        stage: Stage,
        desk: HotkeyDesk,
        make: Callable[[], Hotkeys],
        workers: Workers,
        tasks: Tasks,
    ) -> None:
        """`make` finds the way to have hotkeys here; it may block."""
        self._stage = stage
        self._desk = desk
        self._make = make
        self._workers = workers
        self._tasks = tasks
        self._hotkeys: Hotkeys | None = None
        self._deeds: Deeds = {}
        self._wanted: Mapping[str, str] = {}
        self._bound: Mapping[str, str] | None = None
        self._attentive = False
        self._awaited: tuple[str, asyncio.Future[None]] | None = None
        self._lock = asyncio.Lock()
        desk.tried.connect(lambda name, chord: tasks.start(self._try(name, chord)))
        desk.attention.connect(self._attend)
        desk.left.connect(self._leave)

    def obey(self, deeds: Deeds) -> None:
        """Do these from now on when their keys are pressed."""
        self._deeds = deeds

    def want(self, chords: Mapping[str, str]) -> None:
        """Have these keys from now on, and no others: the chord by the name of what it is for."""
        if chords != self._wanted:
            self._wanted = chords
            self._tasks.start(self._settle())

    async def close(self) -> None:
        """Give every key back."""
        async with self._lock:
            if self._hotkeys is not None:
                await self._workers.thread(self._hotkeys.close)
                self._hotkeys = None

    async def _settle(self) -> None:
        """Take the keys that are wanted now, and say which cannot be had."""
        async with self._lock:
            if self._bound == self._wanted:
                return
            fault: Sentence | None = None
            bindings: Mapping[str, Binding] = {}
            try:
                bindings = await self._bind(self._wanted)
            except CaptureError as error:
                fault = error.sentence
            asks = self._hotkeys is not None and self._hotkeys.asks_user
            self._desk.tell(bindings, fault, asks_user=asks)
        for told in (fault, *(binding.fault for binding in bindings.values())):
            if told is not None:
                self._stage.notices.tell(told, tone="warning")

    async def _bind(self, chords: Mapping[str, str]) -> Mapping[str, Binding]:
        self._bound = chords  # even if it fails: the same will not be better the next time
        if self._hotkeys is None:
            self._hotkeys = await self._workers.thread(self._make)
        loop = asyncio.get_running_loop()

        # The listener's thread does nothing but wake the loop.
        def pressed(name: str) -> None:
            loop.call_soon_threadsafe(self._hear, name)

        def lost(why: Sentence) -> None:
            loop.call_soon_threadsafe(self._lose, why)

        return await self._workers.thread(self._hotkeys.bind, chords, pressed, lost)

    def _lose(self, why: Sentence) -> None:
        """Say that keys are gone; they are asked for again only if the user wants that, who may have taken them."""
        self._bound = None
        self._stage.notices.tell(
            why, tone="danger", action=sentence("hotkeys.ask_again"), act=self._ask_again
        )

    def _ask_again(self) -> None:
        self._tasks.start(self._settle())

    def _hear(self, name: str) -> None:
        if self._awaited is not None and self._awaited[0] == name and not self._awaited[1].done():
            self._awaited[1].set_result(None)
        elif self._attentive:
            self._desk.pressed.emit(name)
        elif name in self._deeds:
            self._deeds[name]()

    # Trying out

    def _attend(self, on: bool) -> None:
        self._attentive = on

    def _leave(self) -> None:
        self._attentive = False
        if self._awaited is not None:
            self._awaited[1].cancel()
        self._tasks.start(self._settle())

    async def _try(self, name: str, chord: str) -> None:
        """Have a key pressed, and say where it went; a key that is not wanted yet is taken for the while."""
        if self._awaited is not None:
            self._awaited[1].cancel()
        try:
            async with self._lock:
                fired = await self._fire(name, chord)
        except CaptureError as error:
            self._desk.answered.emit(name, error.sentence, "danger")
            return
        if fired is Fired.BY_HAND:
            await self._wait_for_hand(name, chord)
        elif fired is not None:
            said = sentence(f"hotkeys.{fired}", chord=label(chord))
            self._desk.answered.emit(name, said, _LOOKS[fired])

    async def _fire(self, name: str, chord: str) -> Fired | None:
        """Return what became of the press, None where that was said already."""
        chords = {**self._wanted, name: chord}
        if chords != self._bound:
            if self._hotkeys is not None and self._hotkeys.asks_user:
                said = sentence("hotkeys.when_saved", chord=label(chord))
                self._desk.answered.emit(name, said, "muted")
                return None
            fault = (await self._bind(chords))[name].fault
            if fault is not None:
                self._desk.answered.emit(name, fault, "danger")
                return None
        if self._hotkeys is None or self._desk.fault is not None:
            return None  # the page says why there are none
        return await self._workers.thread(self._hotkeys.fire, name)

    async def _wait_for_hand(self, name: str, chord: str) -> None:
        binding = self._desk.bindings.get(name, Binding())
        keys = (binding.keys if self._desk.asks_user else "") or label(chord)
        arrived: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._awaited = awaited = name, arrived
        self._desk.answered.emit(name, sentence("hotkeys.press", chord=keys), "muted")
        try:
            async with asyncio.timeout(BY_HAND):
                await arrived
        except TimeoutError:
            self._desk.answered.emit(name, sentence("hotkeys.not_arrived", chord=keys), "danger")
        except asyncio.CancelledError:
            if not arrived.cancelled():
                raise  # the app ends; else only this trial does
        else:
            self._desk.answered.emit(name, sentence("hotkeys.heard", chord=keys), "success")
        finally:
            if self._awaited is awaited:  # not one that came after it
                self._awaited = None
