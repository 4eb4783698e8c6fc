"""The door: decides what was asked for before anything heavy is imported.

A shell command, a worker process, a second start, or the window.  Only the window imports Qt.
"""

import sys
from importlib import import_module

COMMANDS = ("ask", "capture", "doctor")


def main() -> int:
    """Run what the command line asks for and return the exit code."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["--worker"]:
        return int(import_module("app.worker").main(arguments[1]))
    if arguments and (arguments[0] in COMMANDS or arguments[0].startswith("-")):
        return int(import_module("app.cli").main(arguments))
    if import_module("app.instance").raise_first():
        return 0
    return int(import_module("app.main").main(arguments))


if __name__ == "__main__":
    raise SystemExit(main())
