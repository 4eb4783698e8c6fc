"""Blobs for as long as somebody needs them: each user has a locker, and what no locker holds any more is deleted."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.blobs import BlobStore
from app.model.attachments import Blob


class Lockers:
    """Lockers over one store, from whose folder whatever is in one can be read."""

    def __init__(self, store: BlobStore) -> None:
        self._store = store
        # Held while something is kept, too: it must not be deleted by another user between being found and being held.
        self._lock = threading.Lock()
        self._holders: Counter[str] = Counter()

    @contextmanager
    def locker(self) -> Iterator["Locker"]:
        """Give a locker, which is emptied at the end of the block."""
        locker = Locker(self._store, self._lock, self._holders)
        try:
            yield locker
        finally:
            locker.empty()


class Locker:
    """Keeps bytes by content for one user: see `app.ports.Blobs`."""

    def __init__(self, store: BlobStore, lock: threading.Lock, holders: Counter[str]) -> None:
        """`holders` counts, for each digest, the lockers that hold it; `lock` guards it."""
        self._store = store
        self._lock = lock
        self._holders = holders
        self._held: set[str] = set()

    def read(self, blob: Blob) -> bytes:
        """Return the bytes; raises `StoreError` when they are gone."""
        return self._store.read(blob)

    def path(self, blob: Blob) -> Path:
        """Return the file that holds the bytes."""
        return self._store.path(blob)

    def keep(self, data: bytes, mime: str) -> Blob:
        """Keep the bytes and return their name; raises `StoreError`."""
        with self._lock:
            return self._hold(self._store.keep(data, mime))

    def keep_file(self, source: Path, mime: str) -> Blob:
        """Copy a user's file in and return its name; raises `StoreError`, `OSError`."""
        with self._lock:
            return self._hold(self._store.keep_file(source, mime))

    def empty(self) -> None:
        """Let go of everything."""
        with self._lock:
            for digest in self._held:
                self._holders[digest] -= 1
                if not self._holders[digest]:
                    del self._holders[digest]
                    self._store.drop(digest)
            self._held.clear()

    def _hold(self, blob: Blob) -> Blob:
        if blob.digest not in self._held:
            self._held.add(blob.digest)
            self._holders[blob.digest] += 1
        return blob
