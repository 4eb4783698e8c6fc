"""A server program of the user's, run beside the app: started, its log followed, stopped, or found again later.

It is not one of our workers: the user installed it and trusts it, so it is not sandboxed and may outlive the app.
It gets none of our keys, and of the environment only what it needs.  Linux only, as those programs are.
Every call may block for a moment, `stop` for up to a minute: make them on a thread.
"""

import codecs
import contextlib
import errno
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app import plain
from app.clean import visible
from app.files import PRIVATE_FILE, make_folder, write_atomic
from app.serving import Launch

# Besides, it is told in its command line.  A way through a company's proxy is the user's own, for fetching models.
_NEEDED = {"PATH", "HOME", "USER", "LANG", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH"}
_NEEDED |= {name for proxy in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY") for name in (proxy, proxy.lower())}
_FAMILIES = (
    "CUDA_",
    "NVIDIA_",
    "NCCL_",
    "HIP_",
    "ROCR_",
    "HSA_",
    "HF_",
    "XDG_CACHE_",
    "VLLM_",
    "SGLANG_",
    "TORCH",
    "OMP_",
    "TRITON_",
    "RAY_",
)

_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows has none, and no such servers either
_FAREWELL = ((signal.SIGINT, 15.0), (signal.SIGTERM, 10.0), (_KILL, 10.0))  # seconds to heed each
_DOOR = 0.5  # seconds in which somebody comes to the door who is there
_LOOK = 0.1  # seconds between looks whether it has ended
_LOG_LIMIT = 8 * 2**20  # bytes of the log file; then it begins anew
_READ = 256 * 2**10  # bytes of it at once
_LINE = 2000  # characters
_RECORD_LIMIT = 64 * 2**10  # bytes
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_BREAK = re.compile(r"\r\n|\n|\r")
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Running:
    """A program that runs, as it is remembered: `born` tells it from a later one with the same number."""

    pid: int
    born: str
    launch: Launch


class Program:
    """At most one server program, with its log and the record of it in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._record = folder / "server.json"
        self._process: subprocess.Popen[bytes] | None = None
        self.log = Log(folder / "server.log")

    def start(self, launch: Launch) -> Running:
        """Start a program; raises `OSError`, `FileNotFoundError` when it is not installed.

        Whatever runs is to be stopped before.
        """
        program = shutil.which(launch.words[0])
        if program is None:
            raise FileNotFoundError(launch.words[0])
        make_folder(self._folder)
        log = self.log.begin()
        try:
            self._process = subprocess.Popen(
                [program, *launch.words[1:]],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                env=environment_of(os.environ) | dict(launch.environment),
                start_new_session=True,  # so that it and its children can be ended as one group
            )
        finally:
            os.close(log)
        running = Running(self._process.pid, born(self._process.pid), launch)
        try:
            write_atomic(self._record, plain.dumps(running).encode())
        except OSError:
            self.stop()  # what could not be found again must not be left behind
            raise
        return running

    def found(self) -> Running | None:
        """Return the program that runs, also one that an earlier Glimpse has left running."""
        if self._process is not None:
            self._process.poll()  # one that has ended stays listed until it is asked for
        running = _recorded(self._record)
        return running if running is not None and born(running.pid) == running.born != "" else None

    def stop(self) -> None:
        """End the program and all that it has started: asked first, then killed."""
        running = self.found()
        if self._process is not None:  # its children may be there when it is not
            self._end(self._process.pid)
        elif running is not None:
            self._end(running.pid)
        self._process = None
        self._record.unlink(missing_ok=True)

    def _end(self, group: int) -> None:
        for number, patience in _FAREWELL:
            deadline = time.monotonic() + patience
            if not _send(group, number):
                return
            while time.monotonic() < deadline:
                if self._process is not None:
                    self._process.poll()
                if not _send(group, 0):
                    return
                time.sleep(_LOOK)


class Log:
    """The file a program writes to, line by line; it goes on when the app is gone, and cannot be held up by it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at = 0
        self._rest = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def begin(self) -> int:
        """Return the descriptor of a new, empty log; the caller closes it.  Raises `OSError`."""
        self._at, self._rest = 0, ""
        # What appends goes on at the end when the file is cut.
        return os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, PRIVATE_FILE)

    def lines(self) -> tuple[str, ...]:
        """Return what was written since the last time, as plain lines; a bar that moves makes one for each move."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._at)
                data = file.read(_READ)
            self._at += len(data)
            if self._at > _LOG_LIMIT:
                os.truncate(self._path, 0)
                self._at = 0
        except OSError:  # there is none, or it cannot be cut now
            return ()
        *whole, rest = _BREAK.split(self._rest + self._decoder.decode(data))
        self._rest = rest[-_LINE:]
        return tuple(line for each in whole if (line := visible(_COLOUR.sub("", each))[:_LINE]))


def environment_of(ours: Mapping[str, str]) -> dict[str, str]:
    """Return what a server gets of our environment: where things are, its graphics processors, its model hub.

    No key that it would then ask us for, or that is meant for another.
    """
    return {
        name: value
        for name, value in ours.items()
        if name in _NEEDED or (name.startswith(_FAMILIES) and not name.endswith("API_KEY"))
    }


def free_port(usual: int) -> int:
    """Return a port of 127.0.0.1 at which nobody listens: the usual one, or any.  Raises `OSError`."""
    for port in (usual, 0):
        with socket.socket() as door, contextlib.suppress(OSError):
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(("127.0.0.1", port))
            return int(door.getsockname()[1])
    raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))


def listens(port: int) -> bool:
    """Tell whether anybody answers the door at a port of 127.0.0.1."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=_DOOR).close()
    except OSError:
        return False
    return True


def born(pid: int) -> str:
    """Return when a process began, as no other one did; nothing when there is none, or it is dead."""
    try:
        boot = _BOOT.read_text("ascii").strip()
        # Its name stands in brackets and may hold anything; what follows is counted from the state.
        state, *fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if state in {"Z", "X"} else f"{boot} {fields[18]}"


def _send(group: int, number: int) -> bool:
    """Send a signal to a group, 0 to only look; False when nobody is left in it."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _recorded(record: Path) -> Running | None:
    """Return what is written in a record, None when there is none or it makes no sense."""
    try:
        with record.open("rb") as file:
            running = plain.loads(Running, file.read(_RECORD_LIMIT).decode())
    except (OSError, ValueError):
        return None
    return running if running.pid > 1 and running.launch.words else None  # 1 is the system, and 0 all of us
