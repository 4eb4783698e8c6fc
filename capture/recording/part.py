"""A recording in the making: a file that grows by whole fragments, so that what is there can always be played.

It is called ``NAME.mp4.part`` and held under a lock for as long as it is written, by which a start of Glimpse tells
one that was broken off from one that is being made.
"""

import contextlib
import errno
import os
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from app.files import PRIVATE_FILE, make_folder

if sys.platform == "win32":
    import msvcrt

    def _hold(descriptor: int) -> None:
        os.lseek(descriptor, _LOCK_PLACE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        os.lseek(descriptor, 0, os.SEEK_END)

    _sync: Callable[[int], None] = os.fsync
else:
    import fcntl

    def _hold(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    _sync = getattr(os, "fdatasync", os.fsync)

SUFFIX = ".mp4.part"

_LOCK_PLACE = 2**62  # a byte that no film reaches: Windows lets nobody read what is locked
_BOX = struct.Struct(">I4s")
_LARGE = struct.Struct(">Q")
_NO_ROOM = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


class Part:
    """The file of a recording that is being made; raises `OSError`."""

    def __init__(self, path: Path) -> None:
        """Begin an empty file that nobody else may read."""
        make_folder(path.parent)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        self.path = path
        self.size = 0
        self._descriptor = os.open(path, flags, PRIVATE_FILE)
        _hold(self._descriptor)
        self._syncing: threading.Thread | None = None

    def append(self, fragment: bytes | bytearray) -> None:
        """Add a fragment, all of it or nothing."""
        written = 0
        try:
            with memoryview(fragment) as view:
                while written < len(fragment):
                    written += os.write(self._descriptor, view[written:])
        except OSError:
            os.ftruncate(self._descriptor, self.size)
            os.lseek(self._descriptor, self.size, os.SEEK_SET)
            raise
        self.size += len(fragment)

    def sync(self) -> None:
        """Have the disk take what there is, beside the recording: some disks need longer than a frame lasts."""
        if self._syncing is None or not self._syncing.is_alive():
            self._syncing = threading.Thread(target=self._sync_quietly, name="sync")
            self._syncing.start()

    def close(self) -> None:
        """Let go of the file."""
        if self._syncing is not None:
            self._syncing.join()
        os.close(self._descriptor)

    def _sync_quietly(self) -> None:
        with contextlib.suppress(OSError):  # a disk that fails is told of by the next fragment
            _sync(self._descriptor)


def is_full(error: OSError) -> bool:
    """Tell whether a file could not be written because there is no room for it."""
    return error.errno in _NO_ROOM


def new_name(folder: Path, now: datetime) -> Path:
    """Return how a recording that begins now is called in the folder, where nothing has that name."""
    stem = f"Recording {now:%Y-%m-%d %H.%M.%S}"
    names = (stem, *(f"{stem} ({number})" for number in range(2, 1000)))
    for path in (folder / f"{name}{SUFFIX}" for name in names):
        if not path.exists() and not finished_name(path).exists():
            return path
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), stem)


def finished_name(part: Path) -> Path:
    """Return what the film of a part is called beside it."""
    return part.with_name(part.name.removesuffix(".part"))


def unfinished(folder: Path) -> tuple[Path, ...]:
    """Return the parts that nobody is writing, the oldest first; raises `OSError`."""
    if not folder.is_dir():
        return ()
    found = [part for part in folder.iterdir() if part.name.endswith(SUFFIX) and _is_ours(part)]
    return tuple(sorted(found, key=lambda part: (part.stat().st_mtime, part.name)))


def cut_to_whole(part: Path) -> int:
    """Cut off what a sudden end has left of a fragment, and return how many bytes can be played."""
    with part.open("rb+") as file:
        size = max(_fragment_ends(file.fileno()), default=0)
        file.truncate(size)
    return size


def _is_ours(part: Path) -> bool:
    """Tell whether this is a file that nobody holds."""
    try:
        descriptor = os.open(part, os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0))
    except OSError:  # a folder, a link, or not ours to open
        return False
    try:
        _hold(descriptor)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def _fragment_ends(descriptor: int) -> Iterator[int]:
    """Yield where each fragment of the file ends, the first with the head of the film."""
    whole = os.fstat(descriptor).st_size
    place = 0
    with open(descriptor, "rb", closefd=False) as file:
        while place + _BOX.size <= whole:
            file.seek(place)
            size, kind = _BOX.unpack(file.read(_BOX.size))
            if size == 1 and place + _BOX.size + _LARGE.size <= whole:
                (size,) = _LARGE.unpack(file.read(_LARGE.size))
            place += size
            if size < _BOX.size or place > whole:
                return
            if kind == b"mdat":
                yield place
