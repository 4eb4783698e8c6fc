"""Which graphics processors this machine has, as the tools of their drivers tell."""

import csv
import io
import re
import shutil
import subprocess
from dataclasses import dataclass

from app.clean import visible

_PATIENCE = 10.0  # seconds: a driver that sleeps takes one or two
_LIMIT = 64 * 2**10  # characters of what a tool says
_MOST = 64  # in one machine
_NAME = 100  # characters
_LARGEST = 2**44  # bytes: no graphics processor has more
_MIB = 2**20
_BYTES = re.compile(r"\d{1,18}", re.ASCII)
_CAPABILITY = re.compile(r"\d{1,2}\.\d", re.ASCII)

_NVIDIA = ("nvidia-smi", "--query-gpu=name,memory.total,compute_cap", "--format=csv,noheader,nounits")
_AMD = ("rocm-smi", "--showproductname", "--showmeminfo", "vram", "--csv")


@dataclass(frozen=True, slots=True)
class Gpu:
    """A graphics processor: its memory in bytes, and NVIDIA's number for what it can do, 0 for others."""

    name: str
    memory: int
    capability: float = 0.0


def find() -> tuple[Gpu, ...]:
    """Return the graphics processors here, none where no tool tells of any.

    It runs a program, and so blocks for a second or two.
    """
    return nvidia(_said(*_NVIDIA)) or amd(_said(*_AMD))


def nvidia(text: str) -> tuple[Gpu, ...]:
    """Return what `nvidia-smi` lists: name, MiB and capability in each line."""
    rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text))]
    told = (
        _gpu(row[0], row[1], _MIB, float(row[2]) if _CAPABILITY.fullmatch(row[2]) else 0.0)
        for row in rows
        if len(row) == len(("name", "memory", "capability"))
    )
    return tuple(gpu for gpu in told if gpu)[:_MOST]


def amd(text: str) -> tuple[Gpu, ...]:
    """Return what `rocm-smi` lists: a table with headings, memory in bytes."""
    # Warnings may stand above the table.
    _, heading, table = text.partition("device,")
    rows = csv.DictReader(io.StringIO(heading + table))
    told = (
        _gpu(row.get("Card Series") or row.get("Card series") or "AMD", row.get("VRAM Total Memory (B)"), 1)
        for row in rows
    )
    return tuple(gpu for gpu in told if gpu)[:_MOST]


def _gpu(name: str, memory: str | None, unit: int, capability: float = 0.0) -> Gpu | None:
    """Return one whose memory makes sense; some that share the machine's say “[N/A]”."""
    size = int(memory) * unit if memory and _BYTES.fullmatch(memory) else 0
    return Gpu(visible(name)[:_NAME], size, capability) if 0 < size <= _LARGEST else None


def _said(tool: str, *words: str) -> str:
    """Return what a tool says, nothing when it is not there, fails or hangs."""
    program = shutil.which(tool)
    if program is None:
        return ""
    try:
        done = subprocess.run([program, *words], capture_output=True, timeout=_PATIENCE, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout[:_LIMIT].decode("utf-8", "replace")
