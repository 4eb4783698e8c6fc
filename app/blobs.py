"""Attachments as files named by their content: the same bytes are kept once and never change.

``ab/abcdef…`` under one folder.  A file is there whole or not at all.
"""

import contextlib
import hashlib
import logging
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from app.errors import Damaged, TooLarge, Unreadable
from app.files import make_folder, saving_as, settle, unwritable
from app.model.attachments import Blob

LIMIT = 2 * 2**30  # bytes of one attachment
GRACE = 24 * 3600  # seconds: what was just kept may not be referred to yet

_CHUNK = 2**20
_READ_ONLY = 0o400
_DIGEST = re.compile("[0-9a-f]{64}")
_TEMPORARY = ".tmp-"

_log = logging.getLogger(__name__)


class BlobStore:
    """Keeps bytes by content under `folder`, each at most `limit` bytes; see `app.ports.Blobs`."""

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        self._folder = folder
        self._limit = limit

    def path(self, blob: Blob) -> Path:
        """Return the file that holds the bytes; raises `Damaged` for a digest that is none."""
        # The digest may come from a row that a stranger made: it must not lead out of the folder.
        if not _DIGEST.fullmatch(blob.digest):
            raise Damaged("store.attachment_gone")
        return self._folder / blob.digest[:2] / blob.digest

    def read(self, blob: Blob) -> bytes:
        """Return the bytes; raises `Damaged` when they are gone or not as many as they were."""
        try:
            data = self.path(blob).read_bytes()
        except OSError as error:
            raise Damaged("store.attachment_gone") from error
        if len(data) != blob.size:
            raise Damaged("store.attachment_gone")
        return data

    def keep(self, data: bytes, mime: str) -> Blob:
        """Keep the bytes, durably; raises `Full`."""
        blob = Blob(hashlib.sha256(data).hexdigest(), len(data), mime)
        if not self._has(blob):
            with self._temporary() as (file, path):
                _write(file, data)
                self._settle(file, path, blob)
        return blob

    def keep_file(self, source: Path, mime: str) -> Blob:
        """Copy a user's file in, durably, a megabyte at a time.

        Raises `Unreadable` for what is no ordinary file, `TooLarge`, `Full`, and `OSError` when the file itself
        cannot be read.
        """
        with _open_ordinary(source) as user_file, self._temporary() as (file, path):
            digest, size = hashlib.sha256(), 0
            # Counted while reading: a file may grow, or lie about its size.
            while chunk := user_file.read(_CHUNK):
                size += len(chunk)
                if size > self._limit:
                    raise TooLarge("document.too_large", name=source.name, limit=_spelled(self._limit))
                digest.update(chunk)
                _write(file, chunk)
            blob = Blob(digest.hexdigest(), size, mime)
            if not self._has(blob):
                self._settle(file, path, blob)
        return blob

    def copy_out(self, blob: Blob, target: Path) -> None:
        """Write the bytes to a file of the user's, which is replaced whole or not at all; raises `StoreError`."""
        with self._stored(blob) as file, saving_as(target) as copy:
            shutil.copyfileobj(file, copy, _CHUNK)

    def drop(self, digest: str) -> None:
        """Delete what has this digest, whoever refers to it; what cannot be deleted stays, and the log says why."""
        file = self._folder / digest[:2] / digest
        if _is_mine(file):
            _delete(file)

    def digests(self) -> set[str]:
        """Return the digests of all that is kept."""
        return {file.name for file in self._folder.glob("*/*") if _DIGEST.fullmatch(file.name)}

    def sweep(self, keep: Iterable[str]) -> int:
        """Delete the files older than a day whose digest is not in `keep`, and return how many.

        Call it when the app starts, before anything new is kept, and never with what a `fresh` store refers to.
        A file that cannot be deleted stays; the log says why.
        """
        wanted = set(keep)
        files = [file for file in self._folder.glob("*/*") if file.name not in wanted]
        return sum(_delete_old(file) for file in files if _is_mine(file))

    def _stored(self, blob: Blob) -> BinaryIO:
        """Open the file that holds the bytes; raises `Damaged` when they are gone or not as many as they were."""
        try:
            file = self.path(blob).open("rb")
        except OSError as error:
            raise Damaged("store.attachment_gone") from error
        if os.fstat(file.fileno()).st_size != blob.size:
            file.close()
            raise Damaged("store.attachment_gone")
        return file

    def _has(self, blob: Blob) -> bool:
        """Say whether the bytes are there already, and if so let the day before they are swept begin anew."""
        try:
            if self.path(blob).stat().st_size != blob.size:
                return False
            os.utime(self.path(blob))
        except FileNotFoundError:
            return False
        except OSError as error:
            raise unwritable(error) from error
        return True

    @contextlib.contextmanager
    def _temporary(self) -> Iterator[tuple[BinaryIO, Path]]:
        """Give a file in our folder, that only we can read, for as long as it has no name of its own."""
        with _ours():
            make_folder(self._folder / "new")
            descriptor, name = tempfile.mkstemp(prefix=_TEMPORARY, dir=self._folder / "new")
        try:
            with os.fdopen(descriptor, "wb", buffering=0) as file:
                yield file, Path(name)
        finally:
            Path(name).unlink(missing_ok=True)  # when it was not renamed

    def _settle(self, file: BinaryIO, temporary: Path, blob: Blob) -> None:
        file.close()  # Windows renames nothing that is open
        with _ours():
            make_folder(self.path(blob).parent)
            settle(temporary, self.path(blob), _READ_ONLY)


def _is_mine(file: Path) -> bool:
    return bool(_DIGEST.fullmatch(file.name)) or file.name.startswith(_TEMPORARY)


def _delete_old(file: Path) -> bool:
    """Delete a file that is older than a day, and say whether it is gone."""
    try:
        if time.time() - file.lstat().st_mtime <= GRACE:
            return False
    except OSError as error:
        _log.warning("an attachment that nothing refers to cannot be looked at: %s", error)
        return False
    return _delete(file)


def _delete(file: Path) -> bool:
    """Delete a file, and say whether it is gone."""
    try:
        file.chmod(stat.S_IRUSR | stat.S_IWUSR)  # Windows deletes nothing that is read-only
        file.unlink()
    except OSError as error:
        _log.warning("an attachment that nothing refers to cannot be deleted: %s", error)
        return False
    return True


@contextlib.contextmanager
def _ours() -> Iterator[None]:
    """Translate the errors of our own files; those of the user's file are told apart by the caller."""
    try:
        yield
    except OSError as error:
        raise unwritable(error) from error


@contextlib.contextmanager
def _open_ordinary(source: Path) -> Iterator[BinaryIO]:
    """Open a user's file; raises `Unreadable` for a folder, pipe, device or socket, without waiting for it."""
    # A link is followed, people make them; what it leads to is looked at once it is open, so that it cannot
    # be exchanged in between.  Without O_NONBLOCK a pipe would wait for its other end.
    flags = (
        os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOCTTY", 0)
    )
    try:
        descriptor = os.open(source, flags)
    except OSError as error:
        if source.exists() and not source.is_file():  # a socket, or a folder on Windows, does not even open
            raise Unreadable("document.not_a_file", name=source.name) from error
        raise
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Unreadable("document.not_a_file", name=source.name)
        with open(descriptor, "rb", buffering=0, closefd=False) as file:
            yield file
    finally:
        os.close(descriptor)


def _write(file: BinaryIO, data: bytes) -> None:
    """Write all of it at once: nothing is left in a buffer, to fail when the file is closed."""
    rest = memoryview(data)
    with _ours():
        while rest:
            rest = rest[file.write(rest) :]


def _spelled(size: int) -> str:
    """Return a size as people say it: 2 GB, 512 MB."""
    for unit, name in ((2**30, "GB"), (2**20, "MB"), (2**10, "kB")):
        if size >= unit:
            return f"{size / unit:.3g} {name}"
    return f"{size} B"
