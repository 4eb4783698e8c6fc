"""Measure everything, each beside its peer or floor in the same run: `make bench`.

    python tests/bench/main.py [--strict] [MEASURE]

Prints one table and leaves the same in bench.json.  A measurement that could not be made is an error; a goal that is
missed is shown, and is an error with ``--strict``.  Each measure runs in a process of its own, so that none finds the
memory and the threads of another.
"""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.bench.figure import Figure, Held
from tests.bench.table import as_json, table

MEASURES = (
    "startup",
    "markdown_stream",
    "first_token",
    "stream_cpu",
    "long_reply",
    "stream_stall",
    "long_requests",
    "ocr_quality",
    "redaction",
    "repetition",
    "picker",
    "grab",
    "recording",
    "key_frames",
    "tokens",
)
PATIENCE = 600  # seconds for one of them: a busy machine is slow, not broken
RECORD = Path(__file__).parents[2] / "bench.json"


class NotMeasured(Exception):
    """A measurement could not be made; what went wrong stands above the table."""


def main() -> int:
    """Run what is asked for and return the exit code."""
    asked = _parser().parse_args()
    if asked.raw:
        found: list[Figure] = import_module(f"tests.bench.{asked.measure}").measure()
        print(json.dumps(list(map(asdict, found))))
        return 0
    figures: list[Figure] = []
    failed: dict[str, str] = {}
    load = [os.getloadavg()]
    for name in [asked.measure] if asked.measure else MEASURES:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        try:
            figures += _measured(name)
        except NotMeasured as error:
            failed[name] = str(error)
        load.append(os.getloadavg())
    machine = _machine(load)
    _keep({"machine": machine, "figures": list(map(as_json, figures)), "failed": failed})
    _show(figures, failed, machine)
    missed = any(not figure.met for figure in figures)
    return 1 if failed or (asked.strict and missed) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="The figures, beside their peers, as one table.")
    parser.add_argument("measure", nargs="?", choices=MEASURES, help="what to measure; everything by default")
    parser.add_argument("--strict", action="store_true", help="a missed goal is an error too")
    parser.add_argument("--raw", action="store_true", help=argparse.SUPPRESS)  # how each is started
    return parser


def _measured(name: str) -> list[Figure]:
    """Return what a measure found in a process of its own; raises `NotMeasured`."""
    process = subprocess.Popen(
        # -P: no measure here may stand in for a module of Python's that is called alike.
        [sys.executable, "-P", __file__, "--raw", name],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that a late one and its servers can be killed as one group
    )
    try:
        told, _ = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise NotMeasured(f"it took longer than {PATIENCE} s") from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if process.returncode:
        raise NotMeasured(f"it ended with {process.returncode}, for the reason told above")
    return [Figure(**{**row, "held": Held(row["held"])}) for row in json.loads(told)]


def _machine(load: Sequence[tuple[float, float, float]]) -> dict[str, Any]:
    """Return where and when this was, and how busy the machine: figures of two machines do not compare."""
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "system": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": [round(last_minute, 2) for last_minute, *_ in load],
    }


def _keep(record: dict[str, Any]) -> None:
    RECORD.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _show(figures: Sequence[Figure], failed: dict[str, str], machine: dict[str, Any]) -> None:
    print(table(figures))
    load = ", ".join(map(str, machine["load"]))
    print(
        f"\n{machine['cores']} cores, Python {machine['python']}; load before and after each measure: {load}"
    )
    for name, why in failed.items():
        print(f"NOT MEASURED: {name}: {why}")


if __name__ == "__main__":
    sys.exit(main())
