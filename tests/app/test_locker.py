"""Blobs are there as long as one locker holds them, and no longer."""

from pathlib import Path

import pytest

from app.blobs import BlobStore
from app.errors import Damaged
from app.locker import Lockers


def files(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def test_what_two_hold_outlives_the_first(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "blobs")
    lockers = Lockers(store)
    with lockers.locker() as one:
        with lockers.locker() as other:
            blob = one.keep(b"bytes", "image/png")
            other.keep(b"bytes", "image/png")
            other.keep(b"bytes", "image/png")
            mine = other.keep(b"mine", "image/png")
        assert (one.read(blob), one.path(blob).exists()) == (b"bytes", True)
        with pytest.raises(Damaged):
            store.read(mine)
    assert files(tmp_path) == []


def test_a_file_is_kept_and_goes_too(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("mine")
    with Lockers(BlobStore(tmp_path / "blobs")).locker() as locker:
        blob = locker.keep_file(tmp_path / "notes", "text/plain")
        assert locker.read(blob) == b"mine"
    assert files(tmp_path) == ["notes"]


def test_a_digest_that_is_none_deletes_nothing(tmp_path: Path) -> None:
    (tmp_path / "blobs").mkdir()
    (tmp_path / "mine").write_text("x")
    BlobStore(tmp_path / "blobs").drop("../../mine")
    assert files(tmp_path) == ["mine"]
