"""Glimpse without its window: ask, capture, doctor.  The same rooms, another face; no Qt, no history file."""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn, TextIO

from app import __version__, i18n, paths, settings
from app.blobs import BlobStore
from app.errors import AppError
from app.i18n import say
from app.intake import Intake
from app.model import (
    Answer,
    Attachment,
    Box,
    Draft,
    Ending,
    Events,
    Finish,
    Profile,
    Progress,
    Question,
    Reasoning,
    Thinking,
    Usage,
)
from app.plan import load_of, obstacle, request_for
from app.voices import Voices
from app.workers import Workers

OK, FAILED, USAGE = 0, 1, 2
INTERRUPTED = 130  # as a shell reports SIGINT
PIPE_CLOSED = 141  # as a shell reports SIGPIPE
KEY = "GLIMPSE_API_KEY"


def main(arguments: list[str]) -> int:
    """Run one shell command and return its exit code."""
    found, _ = settings.load(paths.find().settings)
    i18n.use(found.language)
    command, options = _parse(arguments)
    try:
        code = asyncio.run(_run(command, options, found))
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read us has had enough.  Nothing may be flushed into the closed pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except AppError as error:
        _complain(say(error.sentence))
        return FAILED
    return code


async def _run(command: str, options: argparse.Namespace, found: settings.Settings) -> int:
    if command == "ask":
        return await _ask(options, found)
    if command == "capture":
        return await _capture(options)
    doctor: Any = import_module("app.doctor")
    return int(await doctor.examine(found, sys.stdout))


async def _ask(options: argparse.Namespace, found: settings.Settings) -> int:
    profile = _profile(options, found)
    text = sys.stdin.read() if options.question == "-" else options.question
    async with _rooms() as (intake, voices):
        attachments = [await _attach(intake, Path(name)) for name in options.files]
        draft = Draft(text, tuple(attachments))
        limits = voices.limits(profile)
        question = Question(0, text, draft.attachments, datetime.now(UTC))
        request = request_for((question,), profile, limits)
        problem = obstacle(draft, load_of(request), profile, limits)
        if problem is not None:
            _complain(say(problem))
            return FAILED
        printer = _JsonPrinter() if options.json else _TextPrinter()
        backend = await voices.get(profile)
        ended: Ending | None = None
        try:
            async with aclosing(backend.stream(request)) as batches:
                async for events in batches:
                    printer.show(events)
                    ended = next((event.ended for event in events if isinstance(event, Finish)), ended)
        except AppError as error:
            printer.fail(say(error.sentence))
            return FAILED
        printer.end(ended)
        return OK


@asynccontextmanager
async def _rooms() -> AsyncGenerator[tuple[Intake, Voices], None]:
    """Build what `ask` needs, in a temporary folder that is gone afterwards."""
    workers = Workers()
    with tempfile.TemporaryDirectory(prefix="glimpse-") as folder:
        blobs = BlobStore(Path(folder))
        cache = paths.find().cache / "ocr"
        voices = Voices(
            workers,
            blobs,
            ocr=lambda: import_module("capture.ocr").WorkerOcr(blobs, workers, cache),
            key=lambda _: os.environ.get(KEY, ""),
        )
        try:
            yield Intake(blobs, workers), voices
        finally:
            await voices.close()
            workers.close()


async def _attach(intake: Intake, file: Path) -> Attachment:
    async with aclosing(intake.open(file)) as values:
        attachment = [value async for value in values][-1]
    if attachment.progress is Progress.FAILED and attachment.fault is not None:
        _complain(f"{file.name}: {say(attachment.fault)}")
        raise SystemExit(FAILED)
    if attachment.notice is not None:
        _complain(f"{file.name}: {say(attachment.notice)}")
    return attachment


def _profile(options: argparse.Namespace, found: settings.Settings) -> Profile:
    if options.base_url:
        profile = Profile("shell", "shell", options.preset, options.base_url, options.model or "")
    else:
        wanted = options.profile or found.profile
        by_name = [p for p in found.profiles if wanted in (p.id, p.name)]
        if not by_name:
            _complain(say("cli.no_profile", name=wanted))
            raise SystemExit(USAGE)
        profile = replace(by_name[0], model=options.model or by_name[0].model)
    return replace(profile, thinking=Thinking.OFF) if options.no_think else profile


async def _capture(options: argparse.Namespace) -> int:
    workers = Workers()
    try:
        screen: Any = import_module("capture.screen").make_screen(workers)
        shoot: Any = import_module("capture.shot").shoot
        png: bytes = await shoot(screen, options.region, options.screen)
    finally:
        workers.close()
    if options.output == "-":
        sys.stdout.buffer.write(png)
        return OK
    return _write_file(Path(options.output), png)


def _write_file(file: Path, data: bytes) -> int:
    try:
        file.write_bytes(data)
    except OSError as error:
        _complain(say("cli.cannot_write", name=str(file), why=error.strerror or str(error)))
        return FAILED
    return OK


class _TextPrinter:
    """The answer on stdout, everything else on stderr."""

    def show(self, events: Events) -> None:
        for event in events:
            if isinstance(event, Reasoning):
                _write(sys.stderr, event.text)
            elif isinstance(event, Answer):
                _write(sys.stdout, event.text)

    def end(self, ended: Ending | None) -> None:
        _write(sys.stdout, "\n")
        if ended is Ending.CUT:
            _complain(say("cli.cut"))

    def fail(self, words: str) -> None:
        _write(sys.stdout, "\n")
        _complain(words)


class _JsonPrinter:
    """One event a line on stdout."""

    def show(self, events: Events) -> None:
        for event in events:
            if isinstance(event, Reasoning | Answer):
                self._line(type(event).__name__.lower(), text=event.text)
            elif isinstance(event, Usage):
                self._line("usage", **asdict(event))
            elif isinstance(event, Finish):
                self._line("finish", ended=event.ended)

    def end(self, ended: Ending | None) -> None:
        """Everything has been said already."""

    def fail(self, words: str) -> None:
        self._line("error", message=words)

    @staticmethod
    def _line(event: str, **values: Any) -> None:
        sys.stdout.write(json.dumps({"event": event, **values}, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def _write(stream: TextIO, text: str) -> None:
    # On a terminal a model must not move the cursor, ring, or rename the window.
    stream.write(_printable(text) if stream.isatty() else text)
    stream.flush()


def _printable(text: str) -> str:
    return "".join(character for character in text if character in "\n\t" or character.isprintable())


def _complain(words: str) -> None:
    _write(sys.stderr, f"glimpse: {words}\n")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        _complain(message)
        raise SystemExit(USAGE)


def _parse(arguments: list[str]) -> tuple[str, argparse.Namespace]:
    """Return the command and its options; ends the process on wrong usage."""
    commands = {"ask": _ask_parser, "capture": _capture_parser, "doctor": _doctor_parser}
    parser = _Parser(prog="glimpse", description=say("cli.description"), epilog=say("cli.epilog"))
    parser.add_argument(
        "--version", action="version", version=f"glimpse {__version__}", help=say("cli.version")
    )
    parser.add_argument("command", choices=commands, help=say("cli.commands"))
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    first = parser.parse_args(arguments)
    # A parser per command, because only a whole one takes files after options.
    return first.command, commands[first.command]().parse_intermixed_args(first.rest)


def _ask_parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="glimpse ask", description=say("cli.ask"))
    parser.add_argument("question", help=say("cli.question"))
    parser.add_argument("files", nargs="*", default=[], metavar="FILE", help=say("cli.files"))
    parser.add_argument("--profile", metavar="P", help=say("cli.profile"))
    parser.add_argument("--base-url", metavar="U", help=say("cli.base_url", key=KEY))
    parser.add_argument("--preset", metavar="KIND", default="openai", help=say("cli.preset"))
    parser.add_argument("--model", metavar="M", help=say("cli.model"))
    parser.add_argument("--no-think", action="store_true", help=say("cli.no_think"))
    parser.add_argument("--json", action="store_true", help=say("cli.json"))
    return parser


def _capture_parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="glimpse capture", description=say("cli.capture"))
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--region", type=_box, metavar="X,Y,W,H", help=say("cli.region"))
    what.add_argument("--screen", type=int, metavar="N", help=say("cli.screen"))
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help=say("cli.output"))
    return parser


def _doctor_parser() -> argparse.ArgumentParser:
    return _Parser(prog="glimpse doctor", description=say("cli.doctor"))


def _box(text: str) -> Box:
    try:
        left, top, width, height = (int(number) for number in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(say("cli.not_a_region", text=text)) from None
    if width < 1 or height < 1:
        raise argparse.ArgumentTypeError(say("cli.not_a_region", text=text))
    return Box(left, top, width, height)
