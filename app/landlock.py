"""Landlock: the Linux kernel's way for a process to give up files it does not need.

Spoken through raw system calls, because neither Python nor the C library has them.  What the running
kernel does not know is left out; `restrict` says whether anything holds.
"""

import contextlib
import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

# The same numbers on every architecture of Linux.
_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_VERSION_ONLY = 1
_PATH_BENEATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
MAKE_SOCKET = 1 << 9
_TRUNCATE, IOCTL_DEVICE = 1 << 14, 1 << 15
READ = EXECUTE | READ_FILE | READ_DIR
# Rights that make sense on a file; the kernel refuses the others there.
_ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | _TRUNCATE | IOCTL_DEVICE
# The first version knew rights 0 to 12; the later ones added REFER, TRUNCATE and IOCTL_DEV.
_ALL_BY_VERSION = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_ALL_NOW = (1 << 16) - 1
_BIND, _CONNECT = 0b01, 0b10  # by TCP, since version 4
_SCOPES = 0b11  # abstract sockets and signals to processes outside, since version 6


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scopes", ctypes.c_uint64),
    )


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version() -> int:
    """Return the version of Landlock the kernel speaks, 0 when it does not."""
    found = _call(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION_ONLY))
    return max(found, 0)


def restrict(allowed: Iterable[tuple[Path, int]], *, writes: Path, listens: bool = False) -> bool:
    """Give up every file but those `allowed`, with the rights beside them, and all below `writes`.

    Also gives up TCP, abstract sockets and signals to strangers where the kernel knows how; with `listens` it may be
    called by TCP, but call nobody.  Needs `PR_SET_NO_NEW_PRIVS`.  Returns whether it holds.
    """
    speaks = version()
    if not speaks:
        return False
    everything = _ALL_BY_VERSION.get(speaks, _ALL_NOW)
    tcp = _CONNECT if listens else _BIND | _CONNECT
    rules = _Ruleset(everything, tcp if speaks >= 4 else 0, _SCOPES if speaks >= 6 else 0)  # noqa: PLR2004 - versions
    # An older kernel wants the structure without the fields it has never heard of.
    size = 24 if speaks >= 6 else 16 if speaks >= 4 else 8  # noqa: PLR2004 - versions
    ruleset = _call(_CREATE, ctypes.byref(rules), ctypes.c_size_t(size), ctypes.c_uint32(0))
    if ruleset < 0:
        return False
    try:
        for path, rights in [*allowed, (writes, everything)]:
            _allow(ruleset, path, rights & everything)
        return _call(_RESTRICT, ctypes.c_int(ruleset), ctypes.c_uint32(0)) == 0
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    with contextlib.suppress(OSError):  # what is not there needs no rule
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not path.is_dir():
                rights &= _ON_FILES
            rule = _Beneath(rights, handle)
            _call(
                _ADD_RULE,
                ctypes.c_int(ruleset),
                ctypes.c_int(_PATH_BENEATH),
                ctypes.byref(rule),
                ctypes.c_uint32(0),
            )
        finally:
            os.close(handle)


def _call(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    return int(libc.syscall(ctypes.c_long(number), *arguments))
