"""From a key to a picture in the draft."""

import asyncio
import uuid
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from importlib import import_module
from typing import Any

from app.errors import NotAllowed
from app.i18n import say
from app.intake import Intake
from app.model.attachments import Attachment, Kind
from app.model.screens import Box, Shot
from app.ports import Screen, Workers
from ui.journeys.drafting import Drafting
from ui.journeys.stage import Stage
from ui.region_picker import RegionPicker
from ui.tasks import Tasks
from ui.veil import Veil

Corner = tuple[int, int]  # the left upper one of a screen on the desktop, in physical pixels
HIDING = 2.0  # seconds that a window manager may take to hide our windows


class Capturing:
    """Takes pictures of the screen with Glimpse itself out of the way."""

    def __init__(
        self,
        stage: Stage,
        drafting: Drafting,
        intake: Intake,
        screen: Callable[[], Screen],
        workers: Workers,
        tasks: Tasks,
    ) -> None:
        """`screen` finds the way to see the screen; it may block and is asked once."""
        self._stage = stage
        self._drafting = drafting
        self._intake = intake
        self._find_screen = screen
        self._workers = workers
        self._tasks = tasks
        self._screen: Screen | None = None
        self._picker = RegionPicker(stage.app)
        self._busy = False
        stage.window.capture_region_requested.connect(self.region)
        stage.thread_view.try_region.connect(self.region)
        stage.window.capture_screen_requested.connect(self.whole)

    def region(self) -> None:
        """Let the user pick a part of the screen."""
        self._start(self._region())

    def whole(self, corner: Corner | None = None) -> None:
        """Take the screen at this corner, or the whole desktop."""
        self._start(self._whole(corner))

    def _start(self, trip: Coroutine[Any, Any, None]) -> None:
        # A second press while the picker is open must not photograph the picker.
        if self._busy:
            trip.close()
            return
        self._busy = True
        self._tasks.start(trip).add_done_callback(self._over)

    def _over(self, _: object) -> None:
        self._busy = False

    async def _region(self) -> None:
        async with self._out_of_sight():
            shots = await self._grab()
            box = await self._pick(shots)
        if box is not None:
            await self._attach(shots, box)

    async def _whole(self, corner: Corner | None) -> None:
        async with self._out_of_sight():
            shots = await self._grab()
        await self._attach(shots if corner is None else _screen_at(corner, shots), None)

    @asynccontextmanager
    async def _out_of_sight(self) -> AsyncGenerator[None, None]:
        """Hide our windows; on cancel and error too they come back as they were, and so do focus and stacking."""
        run = self._workers.thread
        focus: Any = await run(import_module, "capture.focus")
        stacking: Any = await run(import_module, "capture.stacking")
        active, order = await run(focus.active_window), await run(stacking.order)
        veil = Veil()
        veil.hide()
        try:
            if not await run(focus.wait_until_hidden, HIDING):
                raise NotAllowed("capture.in_the_way")
            yield
        finally:
            self._picker.close()
            ours = veil.numbers()
            veil.restore()
            await run(stacking.put_back, order, ours)
            if active is not None and not veil.was_active():
                await run(focus.activate, active)

    async def _grab(self) -> tuple[Shot, ...]:
        if self._screen is None:
            self._screen = await self._workers.thread(self._find_screen)
        return await self._screen.grab()

    async def _pick(self, shots: tuple[Shot, ...]) -> Box | None:
        picked: asyncio.Future[Box | None] = asyncio.get_running_loop().create_future()

        def answer(box: Box | None) -> None:
            if not picked.done():
                picked.set_result(box)

        self._picker.picked.connect(answer)
        try:
            self._picker.open(shots)
            return await picked
        finally:
            self._picker.picked.disconnect(answer)

    async def _attach(self, shots: tuple[Shot, ...], box: Box | None) -> None:
        thread = self._drafting.thread
        taken = datetime.now().astimezone().strftime("%H.%M.%S")
        # A chip at once, so that the question is not sent without it.
        chip = Attachment(uuid.uuid4().hex, Kind.PICTURE, say("window.capture_name", time=taken))
        self._drafting.put(thread, chip)
        self._stage.window.bring_up()
        png, width, height = await self._workers.thread(_encode, shots, box)
        attachment = await self._intake.screenshot(png, width, height, chip.name)
        self._drafting.put(thread, replace(attachment, id=chip.id))


def _screen_at(corner: Corner, shots: tuple[Shot, ...]) -> tuple[Shot, ...]:
    """Return the shot of the screen there; the only one where a desktop gives one picture of all its screens."""
    if len(shots) == 1:
        return shots
    return tuple(shot for shot in shots if (shot.monitor.box.left, shot.monitor.box.top) == corner)


def _encode(shots: tuple[Shot, ...], box: Box | None) -> tuple[bytes, int, int]:
    """Return the part of the desktop in the box as PNG, with its size; OpenCV is imported here, on a thread."""
    canvas: Any = import_module("capture.canvas")
    encode: Any = import_module("capture.encode")
    shot: Shot = canvas.cut(shots, box)
    return encode.png(shot), shot.width, shot.height
