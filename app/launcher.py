"""How Glimpse is started from outside: what a key of the desktop can be bound to."""

import shlex
import shutil
import sys
from pathlib import Path


def capture_command() -> str:
    """Return the command, for a shell, that has the Glimpse that is running, or a new one, capture a region."""
    return shlex.join((*_program(), "--capture"))


def _program() -> tuple[str, ...]:
    if getattr(sys, "frozen", False):
        return (sys.executable,)
    # The whole path: a desktop need not look where the shell does.
    beside = shutil.which("glimpse", path=str(Path(sys.executable).parent))
    found = beside or shutil.which("glimpse")
    return (found,) if found else (sys.executable, "-m", "app")
