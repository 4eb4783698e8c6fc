"""`glimpse record`: the screen as a film from the shell, until Ctrl+C or for as long as was asked."""

import argparse
import contextlib
import signal
from collections.abc import Callable, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

from app.i18n import say
from app.model.recordings import LIMIT, Film, Order, Rolling, Take
from app.orders import Orders
from app.ports import Recorder
from app.terminal import complain


async def record(options: argparse.Namespace, recorder: Recorder) -> bool:
    """Record what the options ask for, and say whether it ended as it was meant to; raises `CaptureError`."""
    path = Path(options.output).absolute()  # noqa: ASYNC240 - asks the disk nothing
    take = Take(
        area=options.region,
        monitor=options.screen,
        rate=options.fps,
        pointer=options.pointer,
        clicks=options.clicks,
        limit=options.seconds or LIMIT,
    )
    orders = Orders()
    film: Film | None = None
    began = False
    warned = bool(options.seconds)  # who named the length needs no warning of it
    with _interrupted(lambda: orders.say(Order.STOP)):
        async with aclosing(recorder.record(take, orders, path)) as events:
            async for event in events:
                if isinstance(event, Film):
                    film = event
                    break
                if not began:
                    began = True
                    complain(say("recording.began", width=event.width, height=event.height))
                if event.ending and not warned:
                    warned = True
                    complain(say("recording.ending", n=_left(take, event)))
    return film is not None and _report(film, path, options)


def _left(take: Take, rolling: Rolling) -> int:
    return max(1, round(take.limit - rolling.seconds))


def _report(film: Film, path: Path, options: argparse.Namespace) -> bool:
    """Say what has been made, and whether that is what was asked for."""
    name = options.output if Path(film.path) == path else film.path
    complain(say("recording.made", name=name, seconds=f"{film.seconds:.1f}", size=f"{film.size / 1e6:.1f}"))
    at_limit = film.why is not None and film.why.key == "recording.limit"
    if film.why is None or (at_limit and options.seconds):
        return True
    complain(say(film.why))
    return at_limit


@contextlib.contextmanager
def _interrupted(stop: Callable[[], None]) -> Iterator[None]:
    """Have Ctrl+C and a polite request to end call `stop`, once; Ctrl+C a second time ends everything."""
    before: dict[int, Any] = {}

    def heard(number: int, _frame: object) -> None:
        signal.signal(number, before[number])
        stop()

    for polite in (signal.SIGINT, signal.SIGTERM):
        before[polite] = signal.getsignal(polite)
        signal.signal(polite, heard)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
