"""Glimpse without its window: ask, chat, capture, record, serve, words, doctor.  The same rooms, another face; no Qt, no history file."""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from importlib import import_module
from pathlib import Path
from typing import Any

from app import i18n, paths, settings, terminal
from app.asking import Rooms, ask
from app.blobs import BlobStore
from app.calibration import Calibration
from app.errors import AppError
from app.i18n import say
from app.intake import Intake
from app.library import WORDS, Library
from app.model.screens import Box
from app.options import aim_of, parse, profile_of
from app.printing import JsonPrinter, TextPrinter
from app.programs import Program
from app.settings import Settings
from app.terminal import complain
from app.voices import Voices
from app.workers import Workers

OK, FAILED = 0, 1
INTERRUPTED = 130  # as a shell reports SIGINT
PIPE_CLOSED = 141  # as a shell reports SIGPIPE


def main(arguments: list[str], key: str = "") -> int:
    """Run one shell command and return its exit code; `key` is for the server that it asks."""
    found, _ = settings.load(paths.find().settings)
    i18n.use(found.language)
    terminal.prepare()
    command, options = parse(arguments)
    options.key = key
    try:
        done = asyncio.run(_COMMANDS[command](options, found))
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read us has had enough.  Nothing may be flushed into the closed pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except AppError as error:
        complain(say(error.sentence))
        return FAILED
    return OK if done else FAILED


async def _ask(options: argparse.Namespace, found: Settings) -> bool:
    profile = profile_of(options, found)
    text = sys.stdin.read() if options.question == "-" else options.question
    files = [Path(name) for name in options.files]
    async with _rooms(options.key) as rooms:
        if options.each:
            batch: Any = import_module("app.batch")
            question = batch.Same(text, profile, fit=options.fit)
            how = batch.How(options.jobs, ordered=not options.unordered, output=options.output)
            return bool(await batch.ask_each(rooms, question, files, how))
        printer = JsonPrinter() if options.json else TextPrinter()
        return await ask(rooms, profile, text, files, printer, fit=options.fit)


async def _chat(options: argparse.Namespace, found: Settings) -> bool:
    profile = profile_of(options, found)
    files = [Path(name) for name in options.files]
    chatting: Any = import_module("app.chatting")
    async with _rooms(options.key) as rooms:
        return bool(await chatting.chat(rooms, profile, files, fit=options.fit))


@asynccontextmanager
async def _rooms(key: str) -> AsyncGenerator[Rooms, None]:
    """Build what answers a question, in a temporary folder that is gone afterwards."""
    workers = Workers()
    with tempfile.TemporaryDirectory(prefix="glimpse-") as folder:
        blobs = BlobStore(Path(folder))
        cache = paths.find().cache / "ocr"
        voices = Voices(
            workers,
            blobs,
            ocr=lambda: import_module("capture.ocr").WorkerOcr(blobs, workers, cache),
            key=lambda _: key,
            calibration=Calibration(paths.find().counts),
            wording=_library(workers).weights(WORDS),
        )
        try:
            yield Rooms(workers, blobs, Intake(blobs, workers), voices)
        finally:
            await voices.close()
            workers.close()


async def _capture(options: argparse.Namespace, found: Settings) -> bool:
    region = Box(*found.last_region) if options.last and found.last_region is not None else options.region
    monitor = options.screen if isinstance(options.screen, int) else None
    shot: Any = import_module("capture.shot")
    with closing(Workers()) as workers:
        screen: Any = import_module("capture.screen").make_screen(workers)
        await _count_down(options.delay)
        png: bytes = await shot.shoot(screen, aim_of(options), region, monitor, pointer=options.pointer)
    if options.output == "-":
        sys.stdout.buffer.write(png)
        return True
    return _write_file(Path(options.output), png)


async def _count_down(seconds: int) -> None:
    for left in range(seconds, 0, -1):
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{left} ")
            sys.stderr.flush()
        await asyncio.sleep(1)


def _write_file(file: Path, data: bytes) -> bool:
    try:
        file.write_bytes(data)
    except OSError as error:
        complain(say("cli.cannot_write", name=str(file), why=error.strerror or str(error)))
        return False
    return True


async def _record(options: argparse.Namespace, _: Settings) -> bool:
    recorder: Any = import_module("capture.recording.recorder").ScreenRecorder
    record: Any = import_module("app.recording").record
    with closing(Workers()) as workers:
        return bool(await record(options, recorder(workers, paths.find().recordings)))


async def _serve(options: argparse.Namespace, _: Settings) -> bool:
    serve: Any = import_module("app.serve")
    with closing(Workers()) as workers:
        server = import_module("backends.local_server").LocalServer(Program(paths.find().server), workers)
        return bool(await serve.serve(options, import_module("backends.launch"), server))


async def _words(options: argparse.Namespace, found: Settings) -> bool:
    words: Any = import_module("app.words")
    with closing(Workers()) as workers:
        return bool(await words.words(options, found, _library(workers)))


def _library(workers: Workers) -> Library:
    return Library(paths.find().models, workers, lambda: import_module("backends.fetching").fetch)


async def _doctor(_: argparse.Namespace, found: Settings) -> bool:
    doctor: Any = import_module("app.doctor")
    return int(await doctor.examine(found, sys.stdout)) == OK


_COMMANDS = {
    "ask": _ask,
    "chat": _chat,
    "capture": _capture,
    "record": _record,
    "serve": _serve,
    "words": _words,
    "doctor": _doctor,
}
