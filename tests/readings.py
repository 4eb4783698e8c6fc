"""Files as tests offer them: read to the end, by real workers or by ones that play what they are told."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Any

from app.errors import Unreadable
from app.i18n import catalogue, say
from app.intake import Intake
from app.model.attachments import Attachment, Progress
from app.ports import Blobs
from app.workers import Workers

DOCUMENTS = Path(__file__).parent / "fixtures" / "documents"

Frame = tuple[dict[str, Any], bytes]


async def steps(intake: Intake, path: Path) -> list[Attachment]:
    """Read a file and return every value of the attachment, after checking what holds for all."""
    async with aclosing(intake.open(path)) as values:
        found = [value async for value in values]
    assert found[0].progress is Progress.READING
    assert {value.id for value in found} == {found[0].id}
    assert all(value.progress is Progress.READING for value in found[:-1])
    last = found[-1]
    assert last.progress in {Progress.READY, Progress.FAILED}
    assert (last.fault is not None) == (last.progress is Progress.FAILED)
    for told in (last.fault, last.notice):
        assert told is None or told.key in catalogue("en")
    return found


async def read(intake: Intake, path: Path) -> Attachment:
    """Read a file and return the attachment it became."""
    return (await steps(intake, path))[-1]


async def fault(intake: Intake, path: Path) -> str:
    """Read a bad file and return the key of what is wrong with it."""
    last = await read(intake, path)
    assert last.progress is Progress.FAILED
    assert last.fault is not None
    assert last.pictures == ()
    assert "{" not in say(last.fault)
    return last.fault.key


class Played(Workers):
    """The port with workers that play: each name has a list of runs, a run is frames and maybe an error."""

    def __init__(self, runs: dict[str, list[list[Any]]]) -> None:
        super().__init__()
        self.runs = runs
        self.tasks: list[tuple[str, dict[str, Any]]] = []

    async def job(self, name: str, task: dict[str, Any]) -> AsyncGenerator[Frame, None]:
        self.tasks.append((name, task))
        for item in self.runs[name].pop(0):
            if isinstance(item, Exception):
                raise item
            yield item


async def played(blobs: Blobs, name: str, **runs: list[list[Any]]) -> tuple[Attachment, Played]:
    """Read a document while workers play these runs, and return what it became."""
    workers = Played(runs)
    try:
        return await read(Intake(blobs, workers), DOCUMENTS / name), workers
    finally:
        workers.close()


def total(n: int) -> Frame:
    """Return what a worker says first of a document."""
    return {"total": n, "last": n}, b""


def page(n: int, **more: Any) -> Frame:
    """Return a page as a worker sends it."""
    return {
        "number": n,
        "width": 10,
        "height": 10,
        "mime": "image/png",
        "text": f"text {n}",
        **more,
    }, b"\x89PNG\r\n\x1a\n"


def died() -> Unreadable:
    """Return what is raised when a worker has died."""
    return Unreadable("worker.died")


def late() -> Unreadable:
    """Return what is raised when a worker was late."""
    return Unreadable("worker.late")
