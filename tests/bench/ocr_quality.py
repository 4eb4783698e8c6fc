"""How well Glimpse reads: character error rate beside Tesseract's, and whether the answer ranks first.

    python -m tests.bench.ocr_quality

prints it picture by picture.  Both read the same pictures in the same run, one after the other on one core: the
twenty that the reader was made with, and the twenty others that it is judged on.
"""

import asyncio
import shutil
import statistics
import subprocess
import tempfile
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.blobs import BlobStore
from app.model.attachments import Picture
from app.workers import Workers
from backends.ranking import rank
from capture.ocr import WorkerOcr
from tests.bench import ocr_others, ocr_pictures
from tests.bench.figure import Figure
from tests.bench.ocr_paper import Scene

ANSWERED = 0.9  # of the questions


@dataclass(frozen=True, slots=True)
class Reading:
    """How one picture was read: error rates (0…1), seconds, and at which place each answer ranks, from 1."""

    name: str
    ours: float
    tesseract: float
    seconds: float
    tesseract_seconds: float
    places: tuple[int | None, ...]


def measure() -> list[Figure]:
    """Return the mean error rates, and how often the answer comes first, of both sets."""
    kept, others = ocr_pictures.scenes(), ocr_others.scenes()
    return [*_figures("kept", read_all(kept)), *_figures("other", read_all(others))]


def _figures(name: str, readings: Sequence[Reading]) -> list[Figure]:
    ours = statistics.fmean(reading.ours for reading in readings) * 100
    peer = statistics.fmean(reading.tesseract for reading in readings) * 100
    places = [place for reading in readings for place in reading.places]
    rates = f"reading {len(readings)} {name} pictures: mean character error rate"
    first = f"of {len(places)} questions about them, the line that answers ranks first"
    return [
        Figure(rates, ours, peer, "Tesseract", "%", 1),
        Figure(first, places.count(1), len(places), "all", "questions", ANSWERED, at_least=True),
    ]


def read_all(drawn: Sequence[Scene]) -> list[Reading]:
    """Return how each picture was read; raises `FileNotFoundError` without Tesseract."""
    if shutil.which("tesseract") is None:
        raise FileNotFoundError("Tesseract is missing: sudo apt install tesseract-ocr tesseract-ocr-chi-sim")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for scene in drawn:
            scene.picture.save(folder / f"{scene.name}.png")
        ours = asyncio.run(_read_ours(drawn, folder))
        return [
            _compare(scene, lines, seconds, folder)
            for scene, (lines, seconds) in zip(drawn, ours, strict=True)
        ]


async def _read_ours(drawn: Sequence[Scene], folder: Path) -> list[tuple[list[str], float]]:
    workers = Workers()
    blobs = BlobStore(folder / "blobs")
    ocr = WorkerOcr(blobs, workers, folder / "cache")
    found = []
    try:
        pictures = [_picture(blobs, folder / f"{scene.name}.png", scene) for scene in drawn]
        began = time.monotonic()
        async for _, lines in ocr.read(pictures):
            found.append(([line.text for line in lines], time.monotonic() - began))
            began = time.monotonic()
    finally:
        workers.close()
    return found


def _picture(blobs: BlobStore, path: Path, scene: Scene) -> Picture:
    return Picture(blobs.keep(path.read_bytes(), "image/png"), *scene.picture.size)


def _compare(scene: Scene, lines: list[str], seconds: float, folder: Path) -> Reading:
    truth = "".join(scene.lines)
    began = time.monotonic()
    # It is given the better of two ways to look at a page, picture by picture: finding columns, or one block.
    columns = _tesseract(folder / f"{scene.name}.png", 3)
    spent = time.monotonic() - began
    block = _tesseract(folder / f"{scene.name}.png", 6)
    return Reading(
        name=scene.name,
        ours=error_rate("".join(lines), truth),
        tesseract=min(error_rate(columns, truth), error_rate(block, truth)),
        seconds=seconds,
        tesseract_seconds=spent,
        places=tuple(place_of(question, answer, lines) for question, answer in scene.asked),
    )


def _tesseract(path: Path, mode: int) -> str:
    command = ["tesseract", str(path), "-", "-l", "chi_sim+eng", "--psm", str(mode)]
    environment = {"OMP_THREAD_LIMIT": "1", "PATH": "/usr/bin:/bin:/usr/local/bin"}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout


def place_of(question: str, answer: str, lines: Sequence[str]) -> int | None:
    """Return at which place, from 1, the line nearest to the answer is ranked; None when it is not."""
    nearest = min(range(len(lines)), key=lambda at: distance(plain(lines[at]), plain(answer)))
    places = [match.index for match in rank(question, lines)]
    return places.index(nearest) + 1 if nearest in places else None


def error_rate(found: str, truth: str) -> float:
    """Return how many characters must be changed, for each that should be there; white space apart."""
    return distance(plain(found), plain(truth)) / len(plain(truth))


def plain(text: str) -> str:
    """Return the text without white space, wide and narrow forms alike."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def distance(one: str, two: str) -> int:
    """Return the least number of insertions, deletions and replacements between two texts."""
    row = list(range(len(two) + 1))
    for i, a in enumerate(one, 1):
        above, row[0] = row[0], i
        for j, b in enumerate(two, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (a != b))
    return row[-1]


def main() -> None:
    """Print how each picture was read."""
    print(f"{'picture':14} {'ours':>7} {'tesseract':>10} {'s':>6} {'s':>6} {'answers rank':>13}")
    for reading in read_all(ocr_pictures.scenes()) + read_all(ocr_others.scenes()):
        print(
            f"{reading.name:14} {reading.ours:7.2%} {reading.tesseract:10.2%} {reading.seconds:6.1f}"
            f" {reading.tesseract_seconds:6.1f} {' '.join(str(place or '-') for place in reading.places):>13}"
        )


if __name__ == "__main__":
    main()
