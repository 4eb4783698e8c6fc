"""What is behind the window: builds the rooms and joins them.

Imported after the window's first paint.  What is heavy loads later still, by name, on a thread.  Nothing is
decided here that a room could decide.
"""

import asyncio
import contextlib
import logging
import tempfile
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from app import log, ports, settings
from app.blobs import BlobStore
from app.calibration import Calibration
from app.capture_history import CaptureHistory
from app.chat import Chat
from app.errors import StoreError
from app.hosting import Host
from app.instance import CAPTURE, FirstInstance
from app.intake import Intake
from app.library import LISTINGS, WORDS, Fetch, Library
from app.model.limits import Limits
from app.model.screens import Aim, Shot, Target
from app.model.sentences import sentence
from app.paths import Paths
from app.ports import Hotkeys, Ocr, Screen, Secrets
from app.programs import Program
from app.serving import ENGINES
from app.settings import HOTKEYS, Settings
from app.store import Store
from app.voices import Voices
from app.workers import Workers
from ui.desks import Desks
from ui.early import Early
from ui.history_list import HistoryList
from ui.journeys.answering import Rooms
from ui.journeys.attaching import Attaching
from ui.journeys.capturing import Capturing
from ui.journeys.choosing import Choosing, Means
from ui.journeys.conversing import Conversing
from ui.journeys.copying import Codes, Copying
from ui.journeys.drafting import Drafting
from ui.journeys.guarding import Guarding
from ui.journeys.keeping import Keeping
from ui.journeys.listening import Listening
from ui.journeys.listing import Listing
from ui.journeys.marking import Marking
from ui.journeys.pinning import Pinning
from ui.journeys.recalling import Recalling, Uses
from ui.journeys.remembering import Remembering
from ui.journeys.saving import Saving
from ui.journeys.serving import Serving
from ui.journeys.stage import Stage
from ui.journeys.stocking import Stocking
from ui.journeys.trimming import Trimming
from ui.journeys.viewing import Viewing
from ui.journeys.weighing import Weighing
from ui.model_desk import ModelDesk
from ui.preset import Preset
from ui.server_desk import ServerDesk
from ui.shelf import Shelf
from ui.tasks import Tasks
from ui.thread_view import ThreadView
from ui.tray import Tray
from ui.window import Window

_LOG = logging.getLogger(__name__)


def run(
    app: QApplication, window: Window, early: Early, where: Paths, chosen: Settings, *, capture: bool
) -> None:
    """Live in the window until the user ends it."""
    with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
        runner.run(_live(app, window, early, where, chosen, capture=capture))


async def _live(
    app: QApplication, window: Window, early: Early, where: Paths, chosen: Settings, *, capture: bool
) -> None:
    """Build the rooms around the window, wait until the user ends it, and take them down again."""
    log.start(where)
    blobs = BlobStore(where.blobs)
    stage = _set_stage(app, window, blobs)
    workers = Workers()
    tasks = Tasks(partial(stage.notices.tell, tone="danger"))
    async with contextlib.AsyncExitStack() as ending:
        ending.callback(workers.close)
        server_desk = ServerDesk()
        serving = Serving(stage, server_desk, Host(Program(where.server), workers, _servers), tasks)
        # After the store is closed: a server takes its time to end, and what was said must not wait for it.
        ending.push_async_callback(serving.end)
        store = await _open_store(where, blobs, workers, stage, ending)
        secrets = cache(_secrets)
        library = Library(where.models, workers, _fetch)
        voices = Voices(
            workers,
            blobs,
            cache(partial(_ocr, blobs, workers, where)),
            lambda one: secrets().get(one),
            await workers.thread(Calibration, where.counts),
            library.weights(WORDS),
        )
        ending.push_async_callback(voices.close)
        ending.push_async_callback(tasks.finish)
        desks = Desks(ModelDesk((*LISTINGS, WORDS), library.weights), server_desk)
        stocking = Stocking(desks.models, library, tasks)
        means = Means(partial(settings.save, where.settings), secrets, _presets, voices, workers, desks)
        draft = await store.draft(None)
        # A new history may stand in for one that was moved away, and that alone knows what strange blobs are for.
        may_delete = not store.fresh or await workers.thread(blobs.digests) <= await store.digests()
        memory = _Memory(store, blobs, may_delete)
        journeys = _start_journeys(stage, chosen, means, memory, tasks, stocking, serving)
        ending.push_async_callback(journeys.drafting.save)
        ending.push_async_callback(journeys.listening.close)
        journeys.drafting.begin(draft)
        early.wishes.say_again()
        await _begin(stage, journeys)
        ending.enter_context(_listen_to_later_starts(stage.window, journeys.capturing))
        if capture:
            journeys.capturing.region()
        await _ended(stage, early, journeys.capturing)
        try:
            await journeys.choosing.leave(stage.window.frame())
        except StoreError as error:
            # There is no window left to say it in, and only the window's place is lost.
            _LOG.warning("the window's place was not kept: %s", error)


def _set_stage(app: QApplication, window: Window, blobs: BlobStore) -> Stage:
    """Put into the window what nobody misses while it is new and empty."""
    history, thread_view, shelf = HistoryList(), ThreadView(blobs.read), Shelf(window.composer, blobs.read)
    window.history.put(history)
    # In a narrow window it is in the way of the conversation that was chosen.
    history.thread_chosen.connect(window.history.left)
    window.put(thread_view)
    return Stage(app, window, history, thread_view, window.composer, shelf, window.notices)


@dataclass(frozen=True, slots=True)
class _Memory:
    """What is remembered; `may_delete`: no blob can belong to a history that is not this one."""

    store: Store
    blobs: BlobStore
    may_delete: bool


@dataclass(frozen=True, slots=True)
class _Journeys:
    """All trips.  Held here, because a signal holds on to a method only as long as somebody else does."""

    choosing: Choosing
    drafting: Drafting
    listing: Listing
    weighing: Weighing
    conversing: Conversing
    remembering: Remembering
    attaching: Attaching
    viewing: Viewing
    capturing: Capturing
    recalling: Recalling
    listening: Listening
    stocking: Stocking
    serving: Serving
    trimming: Trimming


def _start_journeys(
    stage: Stage,
    chosen: Settings,
    means: Means,
    memory: _Memory,
    tasks: Tasks,
    stocking: Stocking,
    serving: Serving,
) -> _Journeys:
    store, blobs = memory.store, memory.blobs
    workers, intake, ocr = means.workers, Intake(blobs, means.workers), means.voices.ocr
    choosing = Choosing(stage, chosen, means, tasks)
    drafting = Drafting(stage.composer, stage.shelf, store, tasks)
    listing = Listing(stage, store, tasks)
    weighing = Weighing(stage.composer, stage.shelf, means.voices, choosing.profile)
    rooms = Rooms(
        Chat(store),
        store,
        means.voices,
        choosing.profile,
        choosing.reader,
        choosing.author,
        serving.is_there,
    )
    captures = CaptureHistory(
        store,
        blobs,
        workers,
        lambda: choosing.settings.captures_kept,
        drafting.save,
        may_delete=memory.may_delete,
    )
    saving = Saving(stage, choosing, workers)
    pinning = Pinning(stage, drafting, intake, saving, blobs, workers, tasks)
    marking = Marking(drafting, intake, blobs, workers, tasks, _png, captures)
    copying = Copying(stage.app, ocr, partial(_codes, blobs, workers), workers, tasks)
    guarding = Guarding(stage, drafting, marking, ocr, choosing.profile, blobs, workers, tasks)
    viewing = Viewing(stage, blobs, workers, tasks, (marking.serve, copying.serve, pinning.serve))
    attaching = Attaching(stage, drafting, intake, tasks)

    def limits() -> Limits:
        return means.voices.limits(choosing.profile())

    conversing = Conversing(stage, drafting, listing, weighing, guarding, rooms, tasks)
    return _Journeys(
        choosing,
        drafting,
        listing,
        weighing,
        conversing,
        Remembering(stage, conversing, listing, store, tasks),
        attaching,
        viewing,
        Capturing(
            stage,
            Keeping(stage, drafting, intake, captures, saving, pinning, workers),
            choosing,
            partial(_screen, workers),
            workers,
            tasks,
        ),
        Recalling(stage, drafting, choosing, captures, Uses(saving, pinning, viewing), blobs, tasks),
        Listening(stage, means.desks.hotkeys, _hotkeys, workers, tasks),
        stocking,
        serving,
        Trimming(stage, drafting, attaching, intake.clips, limits, blobs, workers, tasks),
    )


async def _begin(stage: Stage, journeys: _Journeys) -> None:
    """Show where the user left off, and listen to the keys."""

    def use_settings() -> None:
        chosen = journeys.choosing.settings
        journeys.weighing.again()
        journeys.serving.heed(chosen.profiles)
        journeys.listening.want({name: chord for name in HOTKEYS if (chord := getattr(chosen, name))})

    take = journeys.capturing.take
    journeys.listening.obey(
        {
            "capture_region": partial(take, Aim(Target.REGION)),
            "capture_screen": partial(take, Aim(Target.SCREEN)),
            "capture_window": partial(take, Aim(Target.WINDOW)),
            "capture_last": partial(take, Aim(Target.LAST)),
        }
    )
    journeys.choosing.on_change(use_settings)
    await journeys.conversing.show(None)
    await journeys.listing.refresh()
    stage.composer.focus_text()
    await journeys.serving.begin()
    use_settings()


async def _ended(stage: Stage, early: Early, capturing: Capturing) -> None:
    """Wait until the user ends the app: quits, or closes the window where no tray would be left to click on."""
    over = asyncio.Event()
    tray = Tray(stage.app.windowIcon())
    tray.open_requested.connect(stage.window.bring_up)
    tray.capture_requested.connect(capturing.region)
    tray.quit_requested.connect(over.set)
    stage.window.quit_requested.connect(over.set)
    stage.window.closed.connect(lambda: None if tray.is_there() else over.set())
    early.farewell.say_again()
    await over.wait()
    tray.hide()
    stage.window.hide()


async def _open_store(
    where: Paths, blobs: BlobStore, workers: Workers, stage: Stage, ending: contextlib.AsyncExitStack
) -> Store:
    """Open the history; where that cannot be, say so and remember for this run only."""
    executor = workers.single("store")
    try:
        store = await Store.open(where.history, executor)
    except StoreError as error:
        _LOG.warning("the history cannot be opened: %s", error)
        stage.notices.tell(error.sentence, tone="danger")
        stage.notices.tell(sentence("window.not_remembered"), tone="warning")
        folder = ending.enter_context(tempfile.TemporaryDirectory(prefix="glimpse-"))
        store = await Store.open(Path(folder) / "history.sqlite", executor)
    else:
        if not store.fresh:
            # Only now is it known which attachments nothing refers to any more; a new history knows of none.
            await workers.thread(blobs.sweep, await store.digests())
    ending.push_async_callback(store.close)
    return store


def _listen_to_later_starts(
    window: Window, capturing: Capturing
) -> contextlib.AbstractContextManager[object]:
    """Raise the window when Glimpse is started again; without a socket a second start is just a second window."""
    loop = asyncio.get_running_loop()

    def heard(message: bytes) -> None:
        loop.call_soon_threadsafe(capturing.region if message == CAPTURE else window.bring_up)

    try:
        return contextlib.closing(FirstInstance(heard))
    except OSError as error:
        _LOG.warning("later starts cannot be heard: %s", error)
        return contextlib.nullcontext()


# What loads after the first paint.  Each runs on a thread.


def _secrets() -> Secrets:
    secrets: Secrets = import_module("app.keys").Keys()
    return secrets


def _ocr(blobs: BlobStore, workers: Workers, where: Paths) -> Ocr:
    ocr: Ocr = import_module("capture.ocr").WorkerOcr(blobs, workers, where.cache / "ocr")
    return ocr


def _codes(blobs: BlobStore, workers: ports.Workers) -> Codes:
    codes: Codes = import_module("capture.codes").WorkerCodes(blobs, workers)
    return codes


def _screen(workers: ports.Workers) -> Screen:
    screen: Screen = import_module("capture.screen").make_screen(workers)
    return screen


def _hotkeys() -> Hotkeys:
    hotkeys: Hotkeys = import_module("capture.hotkeys.door").make_hotkeys()
    return hotkeys


def _png(shot: Shot) -> bytes:
    png: bytes = import_module("capture.encode").png(shot)
    return png


def _fetch() -> Fetch:
    fetch: Fetch = import_module("backends.fetching").fetch
    return fetch


def _servers() -> tuple[Any, Any]:
    return import_module("backends.launch"), import_module("backends.local_server")


def _presets() -> tuple[Preset, ...]:
    presets = import_module("backends.presets")
    recipes = import_module("backends.launch").RECIPES

    def takes_effort(model: str) -> bool:
        return bool(presets.quirk(model).efforts)

    return tuple(
        Preset(
            preset,
            dialect.label,
            dialect.base_url,
            dialect.needs_key,
            dialect.models,
            takes_effort,
            recipes if preset in ENGINES else (),
        )
        for preset, dialect in presets.DIALECTS.items()
        if preset != "reader"
    )
