"""The figures as people read them, and as a program does."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from tests.bench.figure import Figure, Held

HEAD = ("figure", "ours", "peer or floor", "ratio", "goal", "met?")


def table(figures: Sequence[Figure]) -> str:
    """Return one line for each figure, in columns."""
    rows = [HEAD, *map(_row, figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rows.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def as_json(figure: Figure) -> dict[str, Any]:
    """Return a figure and what follows from it."""
    return {**asdict(figure), "ratio": figure.ratio, "met": figure.met}


def _row(figure: Figure) -> tuple[str, ...]:
    unit = "×" if figure.held is Held.RATIO else figure.unit
    return (
        figure.name,
        f"{figure.ours:.3g} {figure.unit}",
        f"{figure.peer:.3g} {figure.unit} ({figure.peer_name})",
        f"{figure.ratio:.2f}",
        f"{'≥' if figure.at_least else '≤'} {figure.goal:g} {unit}",
        "yes" if figure.met else "NO",
    )
