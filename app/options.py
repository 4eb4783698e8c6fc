"""The command line of the shell, as options."""

import argparse
import sys
from dataclasses import replace
from typing import NoReturn

from app import __version__
from app.environment import KEY
from app.i18n import say
from app.model.profiles import Profile, Thinking
from app.model.recordings import FASTEST, LIMIT, LONGEST, SHORTEST, SLOWEST, USUAL
from app.model.screens import Aim, Box, Target
from app.serving import SGLANG, VLLM
from app.settings import BUDGET_LIMIT, Settings
from app.terminal import complain

USAGE = 2  # the exit code of wrong usage
JOBS_LIMIT = 64
DELAY_LIMIT = 3600  # seconds
POINTER = "pointer"  # what --screen calls the one under it
MACHINES_LIMIT = 64
PORT_LIMIT = 65_535


class Parser(argparse.ArgumentParser):
    """Says what is wrong as everything else is said."""

    def error(self, message: str) -> NoReturn:
        """End the process."""
        self.print_usage(sys.stderr)
        complain(message)
        raise SystemExit(USAGE)


def parse(arguments: list[str]) -> tuple[str, argparse.Namespace]:
    """Return the command and its options; ends the process on wrong usage."""
    commands = {
        "ask": _ask,
        "chat": _chat,
        "capture": _capture,
        "record": _record,
        "serve": _serve,
        "words": _words,
        "doctor": _doctor,
    }
    parser = Parser(prog="glimpse", description=say("cli.description"), epilog=say("cli.epilog"))
    parser.add_argument(
        "--version", action="version", version=f"glimpse {__version__}", help=say("cli.version")
    )
    parser.add_argument("command", choices=commands, help=say("cli.commands"))
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    first = parser.parse_args(arguments)
    # A parser per command, because only a whole one takes files after options.
    own = commands[first.command]()
    options = own.parse_intermixed_args(first.rest)
    if first.command == "ask":
        _check_each(own, options)
    if first.command == "serve":
        _check_serve(own, options)
    return first.command, options


def profile_of(options: argparse.Namespace, found: Settings) -> Profile:
    """Return the profile that the options name; ends the process where there is none."""
    if options.base_url:
        profile = Profile("shell", "shell", options.preset, options.base_url, options.model or "")
    else:
        wanted = options.profile or found.profile
        by_name = [p for p in found.profiles if wanted in (p.id, p.name)]
        if not by_name:
            complain(say("cli.no_profile", name=wanted))
            raise SystemExit(USAGE)
        profile = replace(by_name[0], model=options.model or by_name[0].model)
    if options.no_think:
        return replace(profile, thinking=Thinking.OFF)
    return replace(profile, budget=options.think_budget or profile.budget)


def budget(text: str) -> int | None:
    """Return a number of tokens that a model may think; None where the text is none."""
    # Python reads no number of thousands of digits.
    is_number = text.isdecimal() and len(text) <= len(str(BUDGET_LIMIT))
    return int(text) if is_number and 1 <= int(text) <= BUDGET_LIMIT else None


def _ask() -> Parser:
    parser = Parser(prog="glimpse ask", description=say("cli.ask"))
    parser.add_argument("question", help=say("cli.question"))
    parser.add_argument("files", nargs="*", default=[], metavar="FILE", help=say("cli.files"))
    _add_backend(parser)
    parser.add_argument("--json", action="store_true", help=say("cli.json"))
    each = parser.add_argument_group(say("cli.each_title"), say("cli.each_about"))
    each.add_argument("--each", action="store_true", help=say("cli.each"))
    each.add_argument("--jobs", type=_jobs, metavar="N", help=say("cli.jobs"))
    each.add_argument("--unordered", action="store_true", help=say("cli.unordered"))
    each.add_argument("-o", "--output", metavar="RESULTS", help=say("cli.results"))
    return parser


def _check_each(parser: Parser, options: argparse.Namespace) -> None:
    if options.each and not options.files:
        parser.error(say("cli.each_of_nothing"))
    if not options.each and (options.jobs or options.unordered or options.output):
        parser.error(say("cli.only_with_each"))


def _chat() -> Parser:
    parser = Parser(prog="glimpse chat", description=say("cli.chat"))
    parser.add_argument("files", nargs="*", default=[], metavar="FILE", help=say("cli.chat_files"))
    _add_backend(parser)
    return parser


def _add_backend(parser: Parser) -> None:
    parser.add_argument("--profile", metavar="P", help=say("cli.profile"))
    parser.add_argument("--base-url", metavar="U", help=say("cli.base_url", key=KEY))
    parser.add_argument("--preset", metavar="KIND", default="openai", help=say("cli.preset"))
    parser.add_argument("--model", metavar="M", help=say("cli.model"))
    thinking = parser.add_mutually_exclusive_group()
    thinking.add_argument("--no-think", action="store_true", help=say("cli.no_think"))
    thinking.add_argument("--think-budget", metavar="N", type=_budget, help=say("cli.think_budget"))
    parser.add_argument("--fit", action="store_true", help=say("cli.fit"))


def _capture() -> Parser:
    parser = Parser(prog="glimpse capture", description=say("cli.capture"))
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--region", type=_box, metavar="X,Y,W,H", help=say("cli.region"))
    what.add_argument("--screen", type=_screen, metavar="N", help=say("cli.screen"))
    what.add_argument(
        "--window", nargs="?", choices=("pointer", "active"), const="pointer", help=say("cli.window")
    )
    what.add_argument("--last", action="store_true", help=say("cli.last"))
    parser.add_argument("--delay", type=_delay, default=0, metavar="S", help=say("cli.delay"))
    parser.add_argument("--pointer", action="store_true", help=say("cli.pointer"))
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help=say("cli.output"))
    return parser


def _record() -> Parser:
    parser = Parser(prog="glimpse record", description=say("cli.record"))
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--region", type=_box, metavar="X,Y,W,H", help=say("cli.region"))
    what.add_argument("--screen", type=int, metavar="N", help=say("cli.screen"))
    rates = say("cli.fps", fewest=SLOWEST, most=FASTEST, usual=USUAL)
    parser.add_argument("--fps", type=_rate, default=USUAL, metavar="N", help=rates)
    parser.add_argument("--seconds", type=_seconds, metavar="S", help=say("cli.seconds", limit=int(LIMIT)))
    parser.add_argument("--pointer", action="store_true", help=say("cli.pointer"))
    parser.add_argument("--clicks", action="store_true", help=say("cli.clicks"))
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help=say("cli.film"))
    return parser


def aim_of(options: argparse.Namespace) -> Aim:
    """Return what `glimpse capture` is to take where no region was given; the number of a screen is none of it."""
    if options.last:
        return Aim(Target.LAST)
    if options.window:
        return Aim(Target.WINDOW if options.window == "pointer" else Target.ACTIVE)
    return Aim(Target.SCREEN if options.screen == POINTER else Target.DESKTOP)


def _serve() -> Parser:
    parser = Parser(prog="glimpse serve", description=say("serve.about"))
    parser.add_argument("model", nargs="?", default="", metavar="MODEL", help=say("serve.model"))
    parser.add_argument("--engine", choices=(VLLM, SGLANG), default=VLLM, help=say("serve.engine"))
    parser.add_argument("--port", type=_port, default=0, metavar="N", help=say("serve.port"))
    parser.add_argument("--show", action="store_true", help=say("serve.show"))
    parser.add_argument("--keep", action="store_true", help=say("serve.keep"))
    parser.add_argument("--stop", action="store_true", help=say("serve.stop"))
    many = parser.add_argument_group(say("serve.many_title"), say("serve.many_about"))
    many.add_argument("--machines", type=int, default=1, metavar="N", help=say("serve.machines"))
    many.add_argument("--address", metavar="A", help=say("serve.address"))
    many.add_argument("--ray", action="store_true", help=say("serve.ray"))
    return parser


def _check_serve(parser: Parser, options: argparse.Namespace) -> None:
    if bool(options.model) == options.stop:
        parser.error(say("serve.model_or_stop"))
    if not 1 <= options.machines <= MACHINES_LIMIT or (options.machines > 1) != bool(options.address):
        parser.error(say("serve.machines_and_address", limit=MACHINES_LIMIT))
    if options.ray and (options.machines == 1 or options.engine != VLLM):
        parser.error(say("serve.ray_needs"))


def _words() -> Parser:
    parser = Parser(prog="glimpse words", description=say("words.about"))
    parser.add_argument("--remove", action="store_true", help=say("words.remove"))
    return parser


def _doctor() -> Parser:
    return Parser(prog="glimpse doctor", description=say("cli.doctor"))


def _budget(text: str) -> int:
    found = budget(text)
    if found is None:
        raise argparse.ArgumentTypeError(say("cli.not_a_budget", text=text, limit=BUDGET_LIMIT))
    return found


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= PORT_LIMIT:
        raise argparse.ArgumentTypeError(say("serve.not_a_port", text=text, limit=PORT_LIMIT))
    return int(text)


def _jobs(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= JOBS_LIMIT:
        raise argparse.ArgumentTypeError(say("cli.not_jobs", text=text, limit=JOBS_LIMIT))
    return int(text)


def _rate(text: str) -> int:
    if not text.isdecimal() or not SLOWEST <= int(text) <= FASTEST:
        raise argparse.ArgumentTypeError(say("cli.not_a_rate", text=text, fewest=SLOWEST, most=FASTEST))
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not SHORTEST <= seconds <= LONGEST:
        raise argparse.ArgumentTypeError(
            say("cli.not_seconds", text=text, fewest=f"{SHORTEST:g}", most=int(LONGEST))
        )
    return seconds


def _screen(text: str) -> int | str:
    if text != POINTER and not text.isdecimal():
        raise argparse.ArgumentTypeError(say("cli.not_a_screen", text=text))
    return text if text == POINTER else int(text)


def _delay(text: str) -> int:
    if not text.isdecimal() or int(text) > DELAY_LIMIT:
        raise argparse.ArgumentTypeError(say("cli.not_a_delay", text=text, limit=DELAY_LIMIT))
    return int(text)


def _box(text: str) -> Box:
    try:
        left, top, width, height = (int(number) for number in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(say("cli.not_a_region", text=text)) from None
    if width < 1 or height < 1:
        raise argparse.ArgumentTypeError(say("cli.not_a_region", text=text))
    return Box(left, top, width, height)
