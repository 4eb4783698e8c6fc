"""What is brought across from the network's loop; `test_remote` has whole replies."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncGenerator

import pytest

from app.ferry import ferry
from app.workers import Workers


async def test_everything_arrives_in_order_and_is_made_on_the_other_loop(workers: Workers) -> None:
    threads = set()

    async def count() -> AsyncGenerator[int, None]:
        for number in range(1000):
            threads.add(threading.current_thread().name)
            yield number

    batches = [batch async for batch in ferry(workers, count)]
    assert [number for batch in batches for number in batch] == list(range(1000))
    assert threads == {"network"}


async def test_what_was_made_before_a_fault_arrives_before_it(workers: Workers) -> None:
    async def break_down() -> AsyncGenerator[int, None]:
        yield 1
        raise ValueError("no more")

    batches = ferry(workers, break_down)
    assert await anext(batches) == [1]
    with pytest.raises(ValueError, match="no more"):
        await anext(batches)


async def test_closing_it_waits_until_the_other_end_is_closed(workers: Workers) -> None:
    closed = threading.Event()

    async def stay() -> AsyncGenerator[int, None]:
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            closed.set()

    async with contextlib.aclosing(ferry(workers, stay)) as batches:
        assert await anext(batches) == [1]
    assert closed.is_set()
