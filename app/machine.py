"""What this machine has: memory, and cores to calculate with."""

import ctypes
import os
import sys
from pathlib import Path

_MEMORY = Path("/proc/meminfo")
_PROCESSORS = Path("/sys/devices/system/cpu")


def memory() -> int:
    """Return the memory of this machine in bytes, 0 where the system does not say."""
    if sys.platform == "win32":
        return _windows_memory()[0]
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return 0


def free_memory() -> int:
    """Return the bytes that a program could take now without swapping; all there are where the system does not say."""
    if sys.platform == "win32":
        return _windows_memory()[1]
    try:
        lines = _MEMORY.read_text("ascii").splitlines()
    except OSError:  # macOS gives memory back under pressure; what is free says nothing there
        return memory()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), memory())


def gb(size: int) -> str:
    """Return a number of bytes in gigabytes, as it is shown."""
    return f"{max(size, 0) / 1e9:.1f}"


def threads() -> int:
    """Return how many threads should calculate: one for each core but one, which stays with the rest of the machine.

    More are many times slower, not faster, as soon as anything else runs: the calculating ones spin while they wait.
    """
    return max(1, cores() - 1)


def cores() -> int:
    """Return the number of real cores; where the system tells only of logical ones, of those."""
    if sys.platform == "linux":
        mine = os.sched_getaffinity(0)
        return len({_core(number) for number in mine})
    if sys.platform == "darwin":
        return _sysctl("hw.physicalcpu") or os.cpu_count() or 1
    return os.cpu_count() or 1


def _core(processor: int) -> tuple[str, str]:
    """Return the package and core of a logical processor; itself where the system does not say."""
    folder = _PROCESSORS / f"cpu{processor}" / "topology"
    try:
        return (folder / "physical_package_id").read_text(), (folder / "core_id").read_text()
    except OSError:
        return "", str(processor)


def _sysctl(name: str) -> int:
    value, size = ctypes.c_int(0), ctypes.c_size_t(4)
    failed = ctypes.CDLL(None).sysctlbyname(name.encode(), ctypes.byref(value), ctypes.byref(size), None, 0)
    return 0 if failed else value.value


class _Status(ctypes.Structure):
    """MEMORYSTATUSEX of Windows."""

    _fields_ = (
        ("length", ctypes.c_ulong),
        ("load", ctypes.c_ulong),
        ("total", ctypes.c_ulonglong),
        ("available", ctypes.c_ulonglong),
        ("others", ctypes.c_ulonglong * 5),
    )


def _windows_memory() -> tuple[int, int]:
    """Return all memory and what is free of it."""
    if sys.platform != "win32":
        raise NotImplementedError
    status = _Status(length=ctypes.sizeof(_Status))
    if not ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return 0, 0
    return status.total, status.available
