"""How many secrets in pictures are found before they are sent, and how much is taken for one that is none.

    python -m tests.bench.redaction

prints what was missed and what was a false alarm, picture by picture.  The pictures are read by the reader, as when
somebody sends them; those without secrets are the forty that the reader itself is judged on.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from PIL import Image

from app.blobs import BlobStore
from app.model.attachments import Picture
from app.model.screens import Box, Line
from app.secrets import Secret, find
from app.workers import Workers
from capture.ocr import WorkerOcr
from tests.bench import ocr_others, ocr_pictures, secret_pictures
from tests.bench.figure import Figure
from tests.bench.secret_pictures import Rect, Sheet

COVERED = 0.97  # of the area of its letters: then nobody reads it
FOUND = 0.95  # of the secrets
ALARMS = 0.05  # false ones a picture


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one picture: its secrets that are covered, those that are not, and boxes over nothing secret."""

    name: str
    hidden: tuple[str, ...]
    missed: tuple[str, ...]
    alarms: tuple[str, ...]


def measure() -> list[Figure]:
    """Return recall on both sets of pictures with secrets, and the false alarms on all."""
    kept, others, harmless = look()
    every = (*kept, *others, *harmless)
    alarms = sum(len(one.alarms) for one in every)
    return [
        _recall("kept", kept),
        _recall("other", others),
        Figure("boxes over nothing secret", alarms, len(every), "pictures", "", ALARMS),
    ]


def _recall(name: str, results: Sequence[Result]) -> Figure:
    hidden = sum(len(one.hidden) for one in results)
    total = hidden + sum(len(one.missed) for one in results)
    told = f"secrets in {len(results)} {name} pictures that are found and covered"
    return Figure(told, hidden, total, "all", "secrets", FOUND, at_least=True)


def look() -> tuple[list[Result], list[Result], list[Result]]:
    """Return what came of the kept pictures, of the others, and of those without a secret."""
    harmless = (*ocr_pictures.scenes(), *ocr_others.scenes())
    sets = (
        secret_pictures.kept(),
        secret_pictures.others(),
        tuple(Sheet(scene.name, scene.picture, ()) for scene in harmless),
    )
    lines = iter(asyncio.run(_read([sheet.picture for drawn in sets for sheet in drawn])))
    kept, others, none = ([_result(sheet, next(lines)) for sheet in drawn] for drawn in sets)
    return kept, others, none


async def _read(images: Sequence[Image.Image]) -> list[tuple[Line, ...]]:
    with tempfile.TemporaryDirectory() as name:
        workers, blobs = Workers(), BlobStore(Path(name) / "blobs")
        try:
            pictures = [_picture(blobs, image, Path(name) / "picture.png") for image in images]
            return [
                lines async for _, lines in WorkerOcr(blobs, workers, Path(name) / "cache").read(pictures)
            ]
        finally:
            workers.close()


def _picture(blobs: BlobStore, image: Image.Image, path: Path) -> Picture:
    image.save(path)
    return Picture(blobs.keep(path.read_bytes(), "image/png"), *image.size)


def _result(sheet: Sheet, lines: tuple[Line, ...]) -> Result:
    found = find(lines)
    covered = {secret: _covered(rect, found) >= COVERED for secret, rect in sheet.secrets}
    alarms = [one for one in found if not any(_shared(one.box, rect) for _, rect in sheet.secrets)]
    return Result(
        sheet.name,
        tuple(secret for secret, hidden in covered.items() if hidden),
        tuple(secret for secret, hidden in covered.items() if not hidden),
        tuple(f"{one.kind} {_nearest(one.box, lines)}" for one in alarms),
    )


def _covered(rect: Rect, found: Sequence[Secret]) -> float:
    """Return which part of a rectangle lies under the boxes, column by column."""
    left, top, right, bottom = rect
    hidden = 0
    for x in range(left, right):
        for one in found:
            box = one.box
            over = box.left <= x < box.left + box.width
            # A letter of which only the foot is left cannot be read.
            high = min(bottom, box.top + box.height) - max(top, box.top)
            if over and high >= 0.9 * (bottom - top):
                hidden += 1
                break
    return hidden / max(right - left, 1)


def _shared(box: Box, rect: Rect) -> bool:
    left, top, right, bottom = rect
    return (
        box.left < right and left < box.left + box.width and box.top < bottom and top < box.top + box.height
    )


def _nearest(box: Box, lines: Sequence[Line]) -> str:
    return min(lines, key=lambda line: abs(line.box.top - box.top)).text


def main() -> None:
    """Print what was missed and what was a false alarm."""
    for one in chain.from_iterable(look()):
        print(f"{one.name:14} {len(one.hidden):3} hidden")
        for secret in one.missed:
            print(f"{'':18} MISSED {secret}")
        for alarm in one.alarms:
            print(f"{'':18} ALARM {alarm}")


if __name__ == "__main__":
    main()
