"""What is behind the window: builds the rooms and joins them.

Imported after the window's first paint.  What is heavy loads later still, by name, on a thread.  Nothing is
decided here that a room could decide.
"""

import asyncio
import contextlib
import logging
import tempfile
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib import import_module
from pathlib import Path

from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from app import log, ports, settings
from app.blobs import BlobStore
from app.calibration import Calibration
from app.chat import Chat
from app.errors import StoreError
from app.instance import CAPTURE, FirstInstance
from app.intake import Intake
from app.library import LISTINGS, Fetch, Library
from app.model.sentences import sentence
from app.paths import Paths
from app.ports import Hotkeys, Ocr, Screen, Secrets
from app.settings import Settings
from app.store import Store
from app.voices import Voices
from app.workers import Workers
from ui.journeys.answering import Rooms
from ui.journeys.attaching import Attaching
from ui.journeys.capturing import Capturing
from ui.journeys.choosing import Choosing, Means
from ui.journeys.conversing import Conversing
from ui.journeys.drafting import Drafting
from ui.journeys.listening import Listening
from ui.journeys.listing import Listing
from ui.journeys.remembering import Remembering
from ui.journeys.stage import Stage
from ui.journeys.stocking import Stocking
from ui.journeys.viewing import Viewing
from ui.journeys.weighing import Weighing
from ui.model_desk import ModelDesk
from ui.profile_form import Preset
from ui.shelf import Shelf
from ui.tasks import Tasks
from ui.thread_view import ThreadView
from ui.tray import Tray
from ui.window import Window

_LOG = logging.getLogger(__name__)


def run(app: QApplication, window: Window, where: Paths, chosen: Settings, *, capture: bool) -> None:
    """Live in the window until the user ends it."""
    with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
        runner.run(_live(app, window, where, chosen, capture=capture))


async def _live(app: QApplication, window: Window, where: Paths, chosen: Settings, *, capture: bool) -> None:
    """Build the rooms around the window, wait until the user ends it, and take them down again."""
    log.start(where)
    blobs = BlobStore(where.blobs)
    stage = _set_stage(app, window, blobs)
    workers = Workers()
    tasks = Tasks(partial(stage.notices.tell, tone="danger"))
    async with contextlib.AsyncExitStack() as ending:
        ending.callback(workers.close)
        store = await _open_store(where, blobs, workers, stage, ending)
        secrets = cache(_secrets)
        voices = Voices(
            workers,
            blobs,
            cache(partial(_ocr, blobs, workers, where)),
            lambda one: secrets().get(one),
            await workers.thread(Calibration, where.counts),
        )
        ending.push_async_callback(voices.close)
        ending.push_async_callback(tasks.finish)
        library = Library(where.models, workers, _fetch)
        desk = ModelDesk(LISTINGS, library.weights)
        stocking = Stocking(desk, library, tasks)
        means = Means(partial(settings.save, where.settings), secrets, _presets, voices, workers, desk)
        journeys = _start_journeys(stage, chosen, means, store, blobs, tasks, stocking)
        ending.push_async_callback(journeys.drafting.save)
        ending.push_async_callback(journeys.listening.close)
        await _begin(stage, journeys)
        ending.enter_context(_listen_to_later_starts(stage.window, journeys.capturing))
        if capture:
            journeys.capturing.region()
        await _ended(stage, journeys.capturing)
        last = replace(journeys.choosing.settings, window=stage.window.frame())
        try:
            await workers.thread(settings.save, where.settings, last)
        except StoreError as error:
            # There is no window left to say it in, and only the window's place is lost.
            _LOG.warning("the window's place was not kept: %s", error)


def _set_stage(app: QApplication, window: Window, blobs: BlobStore) -> Stage:
    """Put into the window what nobody misses while it is new and empty."""
    thread_view, shelf = ThreadView(blobs.read), Shelf(window.composer, blobs.read)
    window.put(thread_view)
    return Stage(app, window, window.history, thread_view, window.composer, shelf, window.notices)


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
    listening: Listening
    stocking: Stocking


def _start_journeys(
    stage: Stage,
    chosen: Settings,
    means: Means,
    store: Store,
    blobs: BlobStore,
    tasks: Tasks,
    stocking: Stocking,
) -> _Journeys:
    workers, intake = means.workers, Intake(blobs, means.workers)
    choosing = Choosing(stage, chosen, means, tasks)
    drafting = Drafting(stage.composer, stage.shelf, store, tasks)
    listing = Listing(stage.history, store, tasks)
    weighing = Weighing(stage.composer, stage.shelf, means.voices, choosing.profile)
    rooms = Rooms(Chat(store), store, means.voices, choosing.profile, choosing.reader, choosing.author)
    conversing = Conversing(stage, drafting, listing, weighing, rooms, tasks)
    return _Journeys(
        choosing,
        drafting,
        listing,
        weighing,
        conversing,
        Remembering(stage, conversing, listing, store, tasks),
        Attaching(stage, drafting, intake, tasks),
        Viewing(stage, blobs.read),
        Capturing(stage, drafting, intake, partial(_screen, workers), workers, tasks),
        Listening(stage, _hotkeys, workers, tasks),
        stocking,
    )


async def _begin(stage: Stage, journeys: _Journeys) -> None:
    """Show where the user left off, and listen to the keys."""

    def use_settings() -> None:
        chosen = journeys.choosing.settings
        journeys.weighing.again()
        journeys.listening.want(
            {
                chosen.capture_region: journeys.capturing.region,
                chosen.capture_screen: journeys.capturing.whole,
            }
        )

    journeys.choosing.on_change(use_settings)
    await journeys.drafting.begin()
    await journeys.conversing.show(None)
    await journeys.listing.refresh()
    stage.composer.focus_text()
    use_settings()


async def _ended(stage: Stage, capturing: Capturing) -> None:
    """Wait until the user ends the app: quits, or closes the window where no tray would be left to click on."""
    over = asyncio.Event()
    tray = Tray(stage.app.windowIcon())
    tray.open_requested.connect(stage.window.bring_up)
    tray.capture_requested.connect(capturing.region)
    tray.quit_requested.connect(over.set)
    stage.window.quit_requested.connect(over.set)
    stage.window.closed.connect(lambda: None if tray.is_there() else over.set())
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


def _screen(workers: ports.Workers) -> Screen:
    screen: Screen = import_module("capture.screen").make_screen(workers)
    return screen


def _hotkeys() -> Hotkeys:
    hotkeys: Hotkeys = import_module("capture.hotkeys.door").make_hotkeys()
    return hotkeys


def _fetch() -> Fetch:
    fetch: Fetch = import_module("backends.download").fetch
    return fetch


def _presets() -> tuple[Preset, ...]:
    presets = import_module("backends.presets")

    def takes_effort(model: str) -> bool:
        return bool(presets.quirk(model).efforts)

    return tuple(
        Preset(preset, dialect.label, dialect.base_url, dialect.needs_key, dialect.models, takes_effort)
        for preset, dialect in presets.DIALECTS.items()
        if preset != "reader"
    )
