"""The door: decides what was asked for before anything heavy is imported.

A shell command, a worker process, a second start, or the window.  Only the window imports Qt.
"""

import gc
import os
import sys
from importlib import import_module

from app import environment, paths


def main() -> int:
    """Run what the command line asks for and return the exit code."""
    arguments = sys.argv[1:]
    key = environment.take_key()
    if arguments[:1] == ["--worker"]:
        return int(import_module("app.worker").main(arguments[1]))
    if arguments and arguments != ["--capture"]:
        return int(import_module("app.cli").main(arguments, key))
    if may_be_second() and import_module("app.instance").tell_first(arguments):
        return 0
    # Nothing made on the way to the first paint is garbage: `app.main` begins to look for some after it.
    gc.disable()
    return int(import_module("app.main").main(arguments))


def may_be_second() -> bool:
    """Tell whether another Glimpse may be running, without what it takes to ask it (30 ms)."""
    return os.name != "posix" or paths.find().socket.exists()


if __name__ == "__main__":
    raise SystemExit(main())
