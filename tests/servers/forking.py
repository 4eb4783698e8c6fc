"""Several servers forked from one process that has imported their program: importing is most of their start."""

import os
import signal
import sys
from collections.abc import Callable
from itertools import groupby

Command = list[str]


def commands() -> list[Command]:
    """Return the command lines that this process was given, divided by ``--``."""
    words = groupby(sys.argv[1:], "--".__eq__)
    return [list(command) for divider, command in words if not divider]


def serve(main: Callable[[Command], None]) -> int:
    """Run `main` with each command in a process of its own until one of them ends or we are asked to end.

    Returns 0 when asked, else 1.
    """
    servers = [_start(main, command) for command in commands()]
    asked = False

    def end(*_: object) -> None:
        nonlocal asked
        asked = True
        for server in servers:
            os.kill(server, signal.SIGTERM)

    signal.signal(signal.SIGTERM, end)
    while servers:
        server, _ = os.wait()
        servers.remove(server)
        if not asked:
            return 1
    return 0


def _start(main: Callable[[Command], None], command: Command) -> int:
    process = os.fork()
    if process == 0:
        main(command)
        sys.exit()
    return process
