"""The server that Glimpse starts on this machine: planned, started, watched, stopped; offered where it is missing."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace

from app.errors import AppError
from app.hosting import Host
from app.model.profiles import Profile
from app.model.sentences import Sentence, sentence
from app.serving import Launch, LoadProgress, LogLine, News, Order, Ready, order_of
from ui.journeys.stage import Stage
from ui.server_desk import Phase, ServerDesk, Standing
from ui.tasks import Tasks


class Serving:
    """Does what is asked at the desk; the server runs on when the settings are closed."""

    def __init__(self, stage: Stage, desk: ServerDesk, host: Host, tasks: Tasks) -> None:
        self._stage = stage
        self._desk = desk
        self._host = host
        self._tasks = tasks
        self._keep = True  # until it is known whose it is
        self._ours = False  # whether it was started by this run of the app
        self._lock = asyncio.Lock()  # one start or stop at a time
        self._watching: asyncio.Task[None] | None = None
        desk.looked_at.connect(lambda: tasks.start(self._look()))
        desk.plan_requested.connect(lambda order: tasks.start(self._plan(order)))
        desk.start_requested.connect(self._start)
        desk.stop_requested.connect(lambda: tasks.start(self._stop()))

    async def begin(self) -> None:
        """Find the server that an earlier Glimpse has left running."""
        launch = await self._host.found()
        if launch is not None:
            self._desk.tell(Standing(Phase.STARTING, launch))
            self._watch(launch)

    async def is_there(self, profile: Profile) -> bool:
        """Tell whether a profile can be asked; where its server does not run, offer to start that."""
        order, standing = order_of(profile), self._desk.standing
        # Also one that is being started, or was found but a moment ago, or that the user has started with the command.
        if order is None or await self._host.listens(order):
            return True
        if standing.is_of(order) and standing.phase is Phase.STARTING:
            self._tell(standing.sentence(), "info", sentence("service.show"), self._show)
            return False
        self._tell(
            sentence("service.not_running", name=profile.name),
            "warning",
            sentence("service.start"),
            lambda: self._start_from_afar(order, keep=profile.service.keep),
        )
        return False

    def heed(self, profiles: tuple[Profile, ...]) -> None:
        """Keep the server running or not when the app ends, as the settings say now."""
        for profile in profiles:
            if self._desk.standing.is_of(order_of(profile)):
                self._keep = profile.service.keep

    async def end(self) -> None:
        """End the server with the app, unless it is to be kept."""
        if not self._keep and await self._host.found() is not None:
            await self._host.stop()

    def _start(self, order: Order, keep: bool) -> None:
        if self._desk.standing.phase is not Phase.STOPPING:
            self._keep = keep
            self._tasks.start(self._run(order))

    def _start_from_afar(self, order: Order, *, keep: bool) -> None:
        self._start(order, keep)
        self._tell(sentence("service.started"), "info", sentence("service.show"), self._show)

    async def _run(self, order: Order) -> None:
        plan = await self._host.plan(order)
        self._desk.answer(order, plan)
        launch, fault = plan.launch, plan.fault
        if launch is None or fault is not None:
            self._fail(Standing(launch=launch, fault=fault))
            return
        async with self._lock:
            if self._watching is not None:
                self._watching.cancel()
            self._ours = True
            self._desk.begin_log()
            self._desk.tell(Standing(Phase.STARTING, launch))
            try:
                await self._host.start(launch)
            except AppError as error:
                self._fail(Standing(launch=launch, fault=error.sentence))
            else:
                self._watch(launch)

    def _watch(self, launch: Launch) -> None:
        self._watching = self._tasks.start(self._follow(launch))

    async def _follow(self, launch: Launch) -> None:
        """Show what is told of the running server until it ends."""
        try:
            async with aclosing(self._host.watch(launch)) as batches:
                async for batch in batches:
                    self._show_news(batch)
        except AppError as error:
            self._fail(Standing(launch=launch, fault=error.sentence))
        else:
            self._desk.tell(Standing(launch=launch))

    def _show_news(self, batch: list[News]) -> None:
        standing = self._desk.standing
        if lines := tuple(news.line for news in batch if isinstance(news, LogLine)):
            self._desk.add(lines)
        if standing.phase is not Phase.STARTING:
            return
        if ready := next((news for news in batch if isinstance(news, Ready)), None):
            self._desk.tell(replace(standing, phase=Phase.READY, progress=None))
            if self._ours and not self._desk.watched:
                self._stage.notices.tell(sentence("service.ready", model=ready.model))
        elif bars := [news for news in batch if isinstance(news, LoadProgress)]:
            self._desk.tell(replace(standing, progress=bars[-1]))

    async def _stop(self) -> None:
        async with self._lock:
            self._desk.tell(replace(self._desk.standing, phase=Phase.STOPPING, progress=None))
            await self._host.stop()

    async def _look(self) -> None:
        await self._host.look()
        if self._desk.order is not None:
            await self._plan(self._desk.order)

    async def _plan(self, order: Order) -> None:
        self._desk.answer(order, await self._host.plan(order))

    def _fail(self, standing: Standing) -> None:
        self._desk.tell(standing)
        if standing.fault is not None and not self._desk.watched:
            self._tell(standing.fault, "danger", sentence("service.show"), self._show)

    def _show(self) -> None:
        self._stage.window.profiles_requested.emit()

    def _tell(self, what: Sentence, tone: str, action: Sentence, act: Callable[[], None]) -> None:
        self._stage.notices.tell(what, tone=tone, action=action, act=act)
