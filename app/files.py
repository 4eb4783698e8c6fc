"""Files that are whole or not there at all, and readable by nobody else."""

import contextlib
import errno
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from app.errors import Full, StoreError

PRIVATE_DIR = 0o700
PRIVATE_FILE = 0o600

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT) if sys.platform != "win32" else (errno.ENOSPC,)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, that only its owner can enter; raises `OSError`."""
    # Path.mkdir would make those above it open to all.
    for missing in reversed([place for place in (folder, *folder.parents) if not place.exists()]):
        missing.mkdir(mode=PRIVATE_DIR, exist_ok=True)
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))


def write_atomic(path: Path, data: bytes) -> None:
    """Replace the file by `data`: after a crash it holds the old bytes or the new; raises `OSError`."""
    make_folder(path.parent)
    # mkstemp makes it 0600, and in the same folder a rename cannot cross a file system.
    descriptor, temporary = tempfile.mkstemp(prefix=".tmp-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        settle(Path(temporary), path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise


def settle(temporary: Path, path: Path, mode: int = PRIVATE_FILE) -> None:
    """Give a finished temporary file its mode and its name, durably; raises `OSError`."""
    with temporary.open("rb+") as file:
        temporary.chmod(mode)
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system lets us."""
    if sys.platform == "win32":  # a folder cannot be opened there, and NTFS journals its names
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def unwritable(error: OSError) -> Full:
    """Return what to tell the user when one of our own files could not be written."""
    if error.errno in _NO_ROOM:
        return Full("store.disk_full")
    if error.errno == errno.EIO:
        return Full("store.disk_error")
    return Full("store.read_only")


def save_as(target: Path, data: bytes) -> None:
    """Write a file of the user's, which is replaced whole or not at all; raises `StoreError`."""
    with saving_as(target) as file:
        file.write(data)


@contextlib.contextmanager
def saving_as(target: Path) -> Iterator[BinaryIO]:
    """Give what to write a file of the user's to: it is replaced at the end of the block, whole or not at all.

    Raises `StoreError`, also for an `OSError` of the block.
    """
    # Not by mkstemp: it is to be as readable as all that they save.
    temporary = target.with_name(f".{os.urandom(8).hex()}.tmp")
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise StoreError("store.not_saved", name=target.name, reason=reason) from error
    finally:
        with contextlib.suppress(OSError):  # of a folder that cannot be written to
            temporary.unlink(missing_ok=True)
