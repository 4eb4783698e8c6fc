"""From a key, a button or a menu to a picture of the screen."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from PySide6.QtCore import QPoint
from PySide6.QtGui import QCursor, QGuiApplication

from app.aiming import place
from app.errors import NoScreen
from app.model.screens import Aim, Box, Shot, Target
from app.ports import Screen, Workers
from ui.capture_menu import capture_menu
from ui.countdown import Countdown
from ui.journeys.aside import Aside
from ui.journeys.choosing import Choosing
from ui.journeys.keeping import Keeping
from ui.journeys.stage import Stage
from ui.region_marks import RegionMarks
from ui.region_picked import Outcome, Picked
from ui.region_picker import RegionPicker
from ui.tasks import Tasks

PAINTING = 0.3  # seconds after which the picker takes the keys, painted or not


class Capturing:
    """Takes pictures of the screen with Glimpse itself out of the way."""

    def __init__(
        self,
        stage: Stage,
        keeping: Keeping,
        choosing: Choosing,
        screen: Callable[[], Screen],
        workers: Workers,
        tasks: Tasks,
    ) -> None:
        """`screen` finds the way to see the screen; it may block and is asked once."""
        self._stage = stage
        self._keeping = keeping
        self._choosing = choosing
        self._find_screen = screen
        self._workers = workers
        self._tasks = tasks
        self._screen: Screen | None = None
        self._picker = RegionPicker(stage.app)
        self._marks = RegionMarks(self._picker)
        self._countdown = Countdown()
        self._busy = False
        stage.window.capture_region_requested.connect(self.region)
        stage.window.capture_menu_requested.connect(self._offer)
        stage.thread_view.try_region.connect(self.region)

    def region(self) -> None:
        """Let the user pick a part of the screen."""
        self.take(Aim())

    def take(self, aim: Aim) -> None:
        """Capture what `aim` means; nothing happens while another capture is being made."""
        # A second press while the picker is open must not photograph the picker.
        if not self._busy:
            self._busy = True
            self._tasks.start(self._capture(aim)).add_done_callback(self._over)

    def _offer(self, corner: QPoint) -> None:
        window, shown = self._stage.window, self._choosing.settings.capture_pointer
        recall = window.captures_requested.emit
        capture_menu(window, self.take, recall, self._show_pointer, pointer=shown).popup(corner)

    def _show_pointer(self, shown: bool) -> None:
        self._choosing.change(replace(self._choosing.settings, capture_pointer=shown))

    def _over(self, _: object) -> None:
        self._busy = False

    async def _capture(self, aim: Aim) -> None:
        landed: list[Box] = []
        aside = Aside(self._workers)
        self._picker.close()  # where the last one ended with a click it may still cover something
        try:
            await aside.go()
            if aim.delay and not await self._wait(aim.delay, aside):
                return
            shots = await self._grab()
            picked = await self._choose(aim, shots, landed, aside)
        finally:
            self._countdown.stop()
            if self._picker.is_open():
                self._picker.close()
            await aside.come_back()
        if landed or (picked is not None and picked.outcome is Outcome.ATTACH):
            self._stage.window.bring_up()
        if picked is not None:
            self._land(picked.outcome, shots, picked.box)

    def _land(self, outcome: Outcome, shots: tuple[Shot, ...], box: Box | None) -> None:
        trips = {
            Outcome.ATTACH: self._keeping.attach,
            Outcome.COPY: self._keeping.copy,
            Outcome.SAVE: self._keeping.save,
            Outcome.PIN: self._keeping.pin,
        }
        # A trip of its own: a file dialog may stay open for as long as it likes.
        self._tasks.start(trips[outcome](shots, box, self._marks.of(box)))

    async def _grab(self) -> tuple[Shot, ...]:
        return await (await self._eye()).grab(pointer=self._choosing.settings.capture_pointer)

    async def _eye(self) -> Screen:
        if self._screen is None:
            self._screen = await self._workers.thread(self._find_screen)
        return self._screen

    async def _choose(
        self, aim: Aim, shots: tuple[Shot, ...], landed: list[Box], aside: Aside
    ) -> Picked | None:
        """Return what is to become of which box; what is taken on the way there lands at once and is in `landed`."""
        self._marks.begin()
        if aim.target is not Target.REGION:
            surroundings = await (await self._eye()).surroundings()
            last = self._choosing.settings.last_region
            return Picked(place(aim, shots, surroundings, Box(*last) if last else None), Outcome.ATTACH)

        def take(box: Box) -> None:
            landed.append(box)
            self._land(Outcome.ATTACH, shots, box)

        self._picker.taken.connect(take)
        try:
            picked = await self._pick(shots, aside)
        finally:
            self._picker.taken.disconnect(take)
        if picked is not None and picked.box is not None:
            self._remember(picked.box)
        elif landed:
            self._remember(landed[-1])
        return picked

    async def _pick(self, shots: tuple[Shot, ...], aside: Aside) -> Picked | None:
        answer: asyncio.Future[Picked | None] = asyncio.get_running_loop().create_future()

        def changed() -> None:
            if not answer.done():
                answer.set_exception(NoScreen("capture.layout_changed"))

        def finish(picked: Picked | None) -> None:
            if not answer.done():
                answer.set_result(picked)

        painted = asyncio.Event()
        self._picker.frozen.connect(painted.set)
        self._picker.finished.connect(finish)
        self._picker.layout_changed.connect(changed)
        try:
            self._picker.open(shots)
            # The screens have to freeze at once, and a hand is slower than all the rest.
            with suppress(TimeoutError):
                await asyncio.wait_for(painted.wait(), PAINTING)
            await aside.settle()
            self._picker.begin((await (await self._eye()).surroundings()).windows)
            return await answer
        finally:
            self._picker.frozen.disconnect(painted.set)
            self._picker.finished.disconnect(finish)
            self._picker.layout_changed.disconnect(changed)

    def _remember(self, box: Box) -> None:
        last = (box.left, box.top, box.width, box.height)
        self._choosing.change(replace(self._choosing.settings, last_region=last))

    async def _wait(self, seconds: int, aside: Aside) -> bool:
        """Show the seconds until they are over, and be out of sight then; return False when a click ended them."""
        over: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def answer(done: bool) -> None:
            if not over.done():
                over.set_result(done)

        self._countdown.over.connect(answer)
        try:
            screen = QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()
            self._countdown.start(seconds, screen)
            is_wanted = await over
        finally:
            self._countdown.over.disconnect(answer)
        await aside.look_again()
        await aside.wait_until_hidden()
        return is_wanted
