"""Waiting for what comes about by itself."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 30  # seconds: a busy machine is slow, not broken
_PULSE = 0.01

T = TypeVar("T")


async def until(look: Callable[[], T | None]) -> T:
    """Look again and again until there is something to see, and return it; fails when nothing comes."""
    async with asyncio.timeout(PATIENCE):
        while not (seen := look()):  # noqa: ASYNC110 - nobody tells when it is there
            await asyncio.sleep(_PULSE)
    return seen
