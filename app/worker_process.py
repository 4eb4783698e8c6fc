"""The process of one worker: its command, the little it gets of our environment, what it says, and its end."""

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

from app.clean import visible
from app.worker_kinds import KINDS

# What a worker may see of our environment: nothing that holds a secret or redirects it.
_ENVIRONMENT = ("PATH", "SYSTEMROOT", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
# How a program finds the desktop it runs on, for the workers that look at it.
_DESKTOP = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")
# One core each: a worker must not take the machine from the window.
_FIXED = {"LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_LOG_LIMIT, _LOG_LINE = 64 * 2**10, 2000  # bytes of one worker in the log, and of a line

_LOGGER = logging.getLogger(__name__)


def worker_command(name: str) -> list[str]:
    """Return the command that starts the worker `name`, from source or from a frozen app."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--worker", name]
    # -I: neither the current folder nor the environment decides what is imported.
    return [sys.executable, "-I", "-m", "app", "--worker", name]


def worker_environment(folder: Path) -> dict[str, str]:
    """Return the little of our environment that a worker gets; `folder` is the one it may write to."""
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    homes = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"), str(folder))
    return kept | homes | _FIXED


def desktop_environment() -> dict[str, str]:
    """Return how a worker finds the desktop; the X server's cookie by its place, because its home is another."""
    cookie = os.environ.get("XAUTHORITY") or str(Path.home() / ".Xauthority")
    return {name: os.environ[name] for name in _DESKTOP if name in os.environ} | {"XAUTHORITY": cookie}


def start(name: str, folder: Path) -> subprocess.Popen[bytes]:
    """Start the worker `name` in this folder, in a group of its own; raises `OSError`."""
    kind = KINDS[name]
    process = subprocess.Popen(
        worker_command(name),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if kind.serves else subprocess.DEVNULL,
        cwd=folder,
        env=worker_environment(folder) | (desktop_environment() if kind.ours else {}),
        start_new_session=True,  # so that it and its children can be killed as one group
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    if process.stderr is not None:
        threading.Thread(target=_log, args=(name, process.stderr), name=f"log-{name}", daemon=True).start()
    return process


def _log(name: str, pipe: IO[bytes]) -> None:
    """Log what a worker says until it ends; what is too much is read, so that it does not wait, and dropped."""
    room = _LOG_LIMIT
    with contextlib.closing(pipe):
        while line := pipe.readline(_LOG_LINE):
            if 0 < room <= len(line):
                _LOGGER.info("%s says more than is kept", name)
            elif room > 0:
                _LOGGER.info("%s: %s", name, visible(line.decode("utf-8", "replace")))
            room -= len(line)


def kill_group(leader: int) -> None:
    """Kill a process and all that it started: the group that it leads."""
    if sys.platform == "win32":
        command = ["taskkill", "/F", "/T", "/PID", str(leader)]
        subprocess.run(command, check=False, capture_output=True)
    else:
        # macOS says "not permitted" of a group that holds only the dead.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)
