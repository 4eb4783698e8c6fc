"""What the tests of the mind share: attachments and how they come in; one thread for a store, and a store in it."""

from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.blobs import BlobStore
from app.intake import Intake
from app.store import Store
from app.workers import Workers


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


@pytest.fixture
def intake(blobs: BlobStore, workers: Workers) -> Intake:
    return Intake(blobs, workers)


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(max_workers=1) as executor:
        yield executor


@pytest.fixture
def history(tmp_path: Path) -> Path:
    return tmp_path / "data" / "history.sqlite"


@pytest.fixture
async def store(history: Path, executor: ThreadPoolExecutor) -> AsyncIterator[Store]:
    store = await Store.open(history, executor)
    yield store
    await store.close()
