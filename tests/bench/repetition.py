"""How well loops are noticed: on the kept set, beside the compression ratio by which Whisper tells them.

Whisper calls a text a loop when zlib makes it smaller than 1 / 2.4; here it judges the last 2,000 characters.
"""

import statistics
import time
import zlib
from pathlib import Path

from app.repetition import RepetitionGuard
from tests.bench.figure import Figure, Held

KEPT = Path(__file__).parents[1] / "fixtures" / "repetition"
RATIO = 2.4
LAST = 2_000  # characters
PIECE = 5  # characters of a delta
ROUNDS = 50_000  # deltas
PART = 5_000
TURNS = 9


def measure() -> list[Figure]:
    """Return recall, false alarms, and what the last deltas of a long reply cost beside the first."""
    looping, sound = (
        [path.read_text(encoding="utf-8") for path in (KEPT / kind).glob("*.txt")]
        for kind in ("looping", "sound")
    )
    recall, peer_recall = sum(map(_guard, looping)), sum(map(_whisper, looping))
    alarms, peer_alarms = sum(map(_guard, sound)), sum(map(_whisper, sound))
    first, last = _costs()
    return [
        Figure(
            f"loops noticed, of {len(looping)}",
            recall,
            peer_recall,
            "Whisper's ratio",
            "texts",
            0.95 * len(looping),
            Held.OURS,
            at_least=True,
        ),
        Figure(
            f"false alarms, of {len(sound)}",
            alarms,
            peer_alarms,
            "Whisper's ratio",
            "texts",
            0.05 * len(sound),
            Held.OURS,
        ),
        Figure("repetition guard: cost of the last deltas", last, first, "the first", "µs", 1.1),
    ]


def _guard(text: str) -> bool:
    guard = RepetitionGuard()
    return any(guard.hear(text[at : at + PIECE]) for at in range(0, len(text), PIECE))


def _whisper(text: str) -> bool:
    parts = (text[max(0, end - LAST) : end].encode() for end in range(LAST // 4, len(text) + 1, LAST // 4))
    return any(len(part) / len(zlib.compress(part)) > RATIO for part in parts)


def _costs() -> tuple[float, float]:
    """Return what a delta costs early and late in a long reply, in µs of CPU: medians of turns taken."""
    words = [f" w{number * 7919 % 10_007}" for number in range(ROUNDS)]
    old = RepetitionGuard()
    _cost(old, words)
    first, last = [], []
    for _ in range(TURNS):
        young = RepetitionGuard()
        _cost(young, words[:PART])  # its memory is full from here on
        first.append(_cost(young, words[PART : 2 * PART]))
        last.append(_cost(old, words[PART : 2 * PART]))
    return statistics.median(first), statistics.median(last)


def _cost(guard: RepetitionGuard, words: list[str]) -> float:
    """Return what hearing a word costs on average."""
    began = time.process_time()
    for word in words:
        guard.hear(word)
    return (time.process_time() - began) / len(words) * 1e6
