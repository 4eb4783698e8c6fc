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
    return (
        figure.name,
        f"{_number(figure.ours)} {figure.unit}",
        f"{_number(figure.peer)} {figure.unit} ({figure.peer_name})",
        f"{figure.ratio:.2f}",
        *_goal(figure),
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _goal(figure: Figure) -> tuple[str, str]:
    """Return the goal and whether it is met; dashes where there is none."""
    if figure.goal is None:
        return "-", "-"
    units = {Held.RATIO: "×", Held.DIFFERENCE: f"{figure.unit} more", Held.OURS: figure.unit}
    return (
        f"{'≥' if figure.at_least else '≤'} {figure.goal:g} {units[figure.held]}",
        "yes" if figure.met else "NO",
    )
