"""What the tests of the mind share: one thread for a store, and a store in it."""

from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.store import Store


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
