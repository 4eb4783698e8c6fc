"""What a worker gives up before it touches a stranger's file.

A parser that is taken over finds no network, no files but those of the system and the one it was given,
nothing to write but a folder that is thrown away, and little memory and time.  Each restriction is
taken where the system has it; `serve` says which hold in the worker it runs in, `told` says it in words.
"""

import contextlib
import ctypes
import os
import socket
import sys
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from app import landlock
from app.model.checkups import Finding
from app.model.sentences import sentence

if sys.platform != "win32":
    import resource

FILE_LIMIT = 2**30  # bytes in one file a worker writes
NO_LIMIT = 2**46  # bytes: more than any disk has
HANDLES = 256  # open files

# Where LibreOffice insists on a socket by which a second one would find it.
SHARED_FOLDER = Path("/tmp")  # noqa: S108 - its choice, not ours

_NO_NEW_PRIVILEGES, _DUMPABLE = 38, 4
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_CAPABILITIES_VERSION = 0x20080522

# What programs need to run: themselves, their fonts and locale, and how many processors there are.
_SYSTEM = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt", "/nix", "/gnu", "/snap"),
    *("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/localtime"),
    *("/etc/fonts", "/etc/libreoffice", "/etc/nsswitch.conf", "/etc/passwd", "/etc/group"),
    *(
        "/etc/os-release",
        "/etc/mime.types",
        "/var/cache/fontconfig",
        "/var/lib/libreoffice",
        "/var/spool/libreoffice",
    ),
    *("/dev/zero", "/dev/urandom", "/dev/random", "/sys/devices/system/cpu"),
    *("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/filesystems", "/proc/sys/vm"),
)

# What is said of each restriction where it holds, and where it does not.
_TOLD = {
    "limits": ("worker.limits_held", "worker.limits_free"),
    "files": ("worker.files_held", "worker.files_free"),
    "network": ("worker.network_held", "worker.network_free"),
    "privileges": ("worker.privileges_held", "worker.privileges_free"),
}

_CARD = landlock.READ | landlock.WRITE_FILE | landlock.IOCTL_DEVICE

_held: tuple[str, ...] = ()


def enter(
    *, memory: int, processor: int, reads: tuple[str, ...], sockets: bool = False, serves: bool = False
) -> None:
    """Give up what this process will not need, for good; call it while there is only one thread.

    `memory` is in bytes, `processor` in seconds of CPU time; `reads` are the files and folders it may
    read beside the system's own; with `sockets` it may make some in the system's temporary folder; one that
    `serves` may be called by TCP, but call nobody, and use a graphics card.
    What the system cannot restrict is left as it is.
    """
    global _held  # noqa: PLW0603 - what a process gave up is a fact of the process
    held = [name for name, holds in _restrictions(memory, processor, reads, sockets, serves) if holds]
    _held = tuple(held)


def bound(*, memory: int, processor: int) -> None:
    """Bound memory and time only, in a worker that touches nothing of a stranger's; what it writes may be large."""
    _limit(memory, processor, NO_LIMIT)


def serve(task: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bytes]]:  # noqa: ARG001 - every worker gets one
    """Say which restrictions hold in this worker."""
    yield {"held": list(_held)}, b""


def told(held: Collection[str]) -> tuple[Finding, ...]:
    """Return a finding for each restriction: whether it is among those a worker says are `held`."""
    return tuple(
        Finding(name in held, sentence(yes if name in held else no)) for name, (yes, no) in _TOLD.items()
    )


def sweep_sockets() -> None:
    """Remove the sockets that dead LibreOffices left: inside the sandbox they could not do it themselves."""
    if sys.platform == "win32":
        return
    for path in SHARED_FOLDER.glob(f"OSL_PIPE_{os.getuid()}_SingleOfficeIPC_*"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knock, contextlib.suppress(OSError):
            try:
                knock.connect(str(path))
            except ConnectionRefusedError:  # nobody is at home
                path.unlink()


def _restrictions(
    memory: int, processor: int, reads: tuple[str, ...], sockets: bool, serves: bool
) -> Iterator[tuple[str, bool]]:
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        # First, because mapping our user needs /proc, which is given up below.
        yield "network", not serves and _leave_network(libc)
        yield "privileges", libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0
        rights = [*_readable(reads), *([(SHARED_FOLDER, landlock.MAKE_SOCKET)] if sockets else [])]
        rights += _cards() if serves else ()
        yield "files", landlock.restrict(rights, writes=Path(tempfile.gettempdir()), listens=serves)
        libc.prctl(_DUMPABLE, 0, 0, 0, 0)
    yield "limits", _limit(memory, processor, FILE_LIMIT)


def _limit(memory: int, processor: int, file: int) -> bool:
    """Set the ceilings of the process; False where one of them cannot be set."""
    if sys.platform == "win32":
        return False
    limits = (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NOFILE, HANDLES, HANDLES),
        (resource.RLIMIT_FSIZE, file, file),
        # The lower one ends it with a signal that says why, the upper one in any case.
        (resource.RLIMIT_CPU, processor, processor + 5),
        (resource.RLIMIT_AS, memory, memory),
    )
    try:
        for kind, *wanted in limits:
            _, hard = resource.getrlimit(kind)
            low, high = wanted if hard == resource.RLIM_INFINITY else (min(value, hard) for value in wanted)
            resource.setrlimit(kind, (low, high))
    except (OSError, ValueError):  # macOS does not limit address space
        return False
    return True


def _leave_network(libc: ctypes.CDLL) -> bool:
    """Move into a network of our own that has no way out; True when that worked."""
    if libc.unshare(_NEW_NETWORK) == 0:
        return True
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_NEW_USER | _NEW_NETWORK) != 0:
        return False
    with contextlib.suppress(OSError):  # without names we are nobody, which still reads what we may read
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    _drop_capabilities(libc)
    return True


def _drop_capabilities(libc: ctypes.CDLL) -> None:
    """Give back the powers that a namespace of one's own brings."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION, 0)
    libc.capset(header, (ctypes.c_uint32 * 6)())


def _readable(reads: tuple[str, ...]) -> Iterator[tuple[Path, int]]:
    """Yield what may be read, with the rights to it."""
    for path in (*_SYSTEM, *reads):
        yield Path(path), landlock.READ
    yield Path("/dev/null"), landlock.READ | landlock.WRITE_FILE
    for path in (sys.prefix, sys.base_prefix):
        yield Path(path), landlock.READ
    if frozen := getattr(sys, "_MEIPASS", None):
        yield Path(frozen), landlock.READ
        yield Path(sys.executable).parent, landlock.READ
    root = Path(__file__).resolve().parents[1]
    yield root, landlock.READ_DIR  # so that imports find the rooms
    for room in ("app", "capture", "backends"):
        yield root / room, landlock.READ


def _cards() -> Iterator[tuple[Path, int]]:
    """Yield what the drivers of graphics cards open."""
    for name in ("dri", "kfd", "nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia-modeset"):
        yield Path("/dev", name), _CARD
    for card in Path("/dev").glob("nvidia[0-9]*"):
        yield card, _CARD
    for folder in ("/sys/bus", "/sys/class", "/sys/devices", "/sys/module", "/proc/driver", "/proc/devices"):
        yield Path(folder), landlock.READ
